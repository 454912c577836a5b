import { AppError } from '../../runtime/error.ts';

/** A question that can't be answered as it stands: status 400. */
export class QueryError extends AppError {}

/** No room for another question now: status 503. */
export class BusyError extends AppError {
  constructor(message: string) {
    super('query.busy', message);
  }
}
