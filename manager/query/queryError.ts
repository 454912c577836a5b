import { AppError } from '../../runtime/error.ts';

/** A question that can't be answered as it stands: status 400. */
export class QueryError extends AppError {}

/** No room for another question now: status 503. */
export class BusyError extends AppError {
  constructor(message: string) {
    super('query.busy', message);
  }
}

/**
 * Rows of the span became longer since the question was begun: retention removed its windows, or longer ones came. Cut as
 * it was it would lose rows; begun anew it is widened.
 */
export class ScopeMoved extends BusyError {
  constructor() {
    const message = 'rows of the span are being replaced by longer ones: ask again in some seconds';
    super(message);
  }
}
