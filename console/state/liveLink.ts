/** How the stream of arriving windows is. `retryAt`: milliseconds since 1970 of the next attempt. */
export type LiveState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  | { readonly kind: 'waiting'; readonly retryAt: number };

/** What is needed of a WebSocket. */
export interface LiveSocket {
  addEventListener(type: 'open' | 'close' | 'message', listener: (event: { data?: unknown }) => void): void;
  close(): void;
}

export interface LiveLinkDeps {
  open: () => LiveSocket;
  /** Milliseconds since 1970. */
  now: () => number;
  random: () => number;
  setTimer: (action: () => void, millis: number) => number;
  clearTimer: (timer: number) => void;
  /** One message of the stream, parsed. What is no JSON is passed over. */
  onMessage: (message: unknown) => void;
  onState: (state: LiveState) => void;
}

const firstMillis = 500;
const longestMillis = 15_000;

/** Milliseconds before attempt `failures` + 1: doubling up to 15 s, half of it by chance, so that pages do not come all at once. */
export function backoffMillis(failures: number, random: number): number {
  const full = Math.min(longestMillis, firstMillis * 2 ** Math.max(0, failures - 1));
  return Math.round(full / 2 + (full / 2) * random);
}

export interface LiveLink {
  start(): void;
  /** Tries at once when it is waiting: the network is back, or somebody looks again. */
  hurry(): void;
  stop(): void;
}

/** Keeps one WebSocket to the manager open. */
export function createLiveLink(deps: LiveLinkDeps): LiveLink {
  let socket: LiveSocket | undefined;
  let timer: number | undefined;
  let failures = 0;
  let running = false;

  function connect(): void {
    timer = undefined;
    deps.onState({ kind: 'connecting' });
    const current = deps.open();
    socket = current;
    current.addEventListener('open', () => {
      failures = 0;
      deps.onState({ kind: 'open' });
    });
    current.addEventListener('message', ({ data }) => {
      const message = parse(data);
      if (message !== undefined) deps.onMessage(message);
    });
    current.addEventListener('close', () => {
      if (socket !== current) return;
      socket = undefined;
      if (running) wait();
    });
  }

  function wait(): void {
    failures += 1;
    const millis = backoffMillis(failures, deps.random());
    deps.onState({ kind: 'waiting', retryAt: deps.now() + millis });
    timer = deps.setTimer(connect, millis);
  }

  return {
    start() {
      running = true;
      connect();
    },
    hurry() {
      if (!running || timer === undefined) return;
      deps.clearTimer(timer);
      connect();
    },
    stop() {
      running = false;
      if (timer !== undefined) deps.clearTimer(timer);
      timer = undefined;
      const current = socket;
      socket = undefined;
      current?.close();
    },
  };
}

function parse(data: unknown): unknown {
  if (typeof data !== 'string') return undefined;
  try {
    return JSON.parse(data) as unknown;
  } catch {
    // A stream that says something else is not worth losing the page for; the next question gets the numbers all the same.
    return undefined;
  }
}
