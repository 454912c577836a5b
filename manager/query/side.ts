import type { Side } from '../../proto/routes.ts';
import { QueryError } from './queryError.ts';

/** Refuses a side of what has none. */
export function checkSide(what: string, side: Side): void {
  if (side !== 'all' && (what === 'services' || what === 'names'))
    throw new QueryError('query.side', `${what} are neither local nor remote: ask for hosts, pairs or flows by side`);
}
