import { AppError } from '../../runtime/error.ts';

/** A question that can't be answered as it stands: status 400. */
export class QueryError extends AppError {}
