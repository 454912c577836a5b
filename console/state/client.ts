import type { Answer, ApiError } from '../../proto/api.ts';
import { routes } from '../../proto/routes.ts';
import type { RouteName } from '../../proto/routes.ts';

export type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Why there is no answer: nobody answered, or the manager refused and said why. */
export type Failure =
  | { readonly kind: 'away'; readonly message: string }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

export interface ClientDeps {
  fetch: (path: string, init: { signal: AbortSignal; headers: Record<string, string> }) => Promise<Response>;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** Milliseconds that a question may take. */
const timeoutMillis = 30_000;

export interface Client {
  ask<Name extends RouteName>(name: Name, parameters: Parameters, signal: AbortSignal): Promise<Answer<Name> | Failure>;
  /** Milliseconds that the manager's clock is ahead of this one, as far as its answers have told. */
  clockOffset(): number;
}

export function isFailure(answer: object): answer is Failure {
  return 'kind' in answer && 'message' in answer;
}

/** Asks the manager that the page came from. Never throws, but for a question that was called off. */
export function createClient(deps: ClientDeps): Client {
  let offset = 0;
  return {
    clockOffset: () => offset,
    async ask<Name extends RouteName>(name: Name, parameters: Parameters, signal: AbortSignal) {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMillis)]);
      try {
        const response = await deps.fetch(address(name, parameters), {
          signal: limit,
          headers: { accept: 'application/json' },
        });
        const told = Date.parse(response.headers.get('date') ?? '');
        // The header has whole seconds, and the answer took its time: smaller differences say nothing.
        if (Number.isFinite(told)) offset = Math.abs(told - deps.now()) > 3000 ? told - deps.now() : 0;
        const body = (await response.json()) as Answer<Name> | ApiError;
        if (response.ok && !isError(body)) return body;
        const { code, message } = isError(body)
          ? body.error
          : { code: 'http.failed', message: `status ${response.status}` };
        return { kind: 'refused' as const, code, message };
      } catch (error) {
        if (signal.aborted) throw error;
        const message = limit.aborted ? `no answer in ${timeoutMillis / 1000} s` : 'the manager does not answer';
        return { kind: 'away' as const, message };
      }
    },
  };
}

/** Path and query of a question: parameters fill the path's `:name`s, the others follow it. */
export function address(name: RouteName, parameters: Parameters): string {
  const left = new Map(Object.entries(parameters));
  const path = routes[name].path.replaceAll(/:([a-z]+)/gi, (_, key: string) => {
    const value = left.get(key);
    left.delete(key);
    return encodeURIComponent(typeof value === 'string' ? value : '');
  });
  const query = new URLSearchParams();
  for (const [key, value] of left) for (const one of [value ?? []].flat()) query.append(key, one);
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

function isError(body: object): body is ApiError {
  return 'error' in body;
}
