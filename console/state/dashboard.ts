import { computed, effect, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { Answer, LiveMessage } from '../../proto/api.ts';
import type { DistinctKind, Metric, Side } from '../../proto/routes.ts';
import { compareNames } from '../text/names.ts';
import { readTime } from '../text/times.ts';
import { createClient } from './client.ts';
import type { ClientDeps } from './client.ts';
import { createLiveLink } from './liveLink.ts';
import type { LiveSocket, LiveState } from './liveLink.ts';
import { askDistinct, askTop, askTraffic, rangeParameters } from './questions.ts';
import type { DistinctAnswer } from './questions.ts';
import { follows, formatRange } from './range.ts';
import type { Range } from './range.ts';
import { createRefresher } from './refresher.ts';
import { createResource } from './resource.ts';
import type { Resource } from './resource.ts';
import { refreshGap } from './refreshGap.ts';

export interface DashboardDeps extends ClientDeps {
  openSocket: () => LiveSocket;
  elapsed: () => number;
  random: () => number;
  setTimer: (action: () => void, millis: number) => number;
  clearTimer: (timer: number) => void;
  /** Whether anybody can see the page. */
  isVisible: () => boolean;
}

/** What the page shows, and what can be chosen on it. */
export interface Dashboard {
  readonly range: Signal<Range>;
  readonly what: Signal<DistinctKind>;
  readonly metric: Signal<Metric>;
  readonly side: Signal<Side>;
  readonly order: Signal<Metric>;
  /** Seconds since 1970 by the manager's clock, each second anew. */
  readonly now: ReadonlySignal<number>;
  readonly live: ReadonlySignal<LiveState>;
  /** When the newest window arrived (as `now`), or undefined. */
  readonly arrived: ReadonlySignal<number | undefined>;
  readonly sensors: Resource<Answer<'sensors'>>;
  readonly distinct: Resource<DistinctAnswer>;
  readonly traffic: Resource<Answer<'series'>>;
  readonly top: Resource<Answer<'top'>>;
  /** The key that a resource's answer has when it is of what is chosen now. */
  readonly keys: ReadonlySignal<{ sensors: string; distinct: string; traffic: string; top: string }>;
  /** When the sensors were last heard about (as `now`). */
  readonly sensorsAt: ReadonlySignal<number>;
  start(): void;
  /** Somebody looks again, or the network is back. */
  wake(): void;
  stop(): void;
}

const secondMillis = 1000;
/** Seconds between two looks at the sensors: a stopped one must not stay unseen, and it sends nothing that would tell. */
const sensorSeconds = 5;
/** Seconds after which everything is asked again though no window arrived: a span that ends now goes on all the same. */
const idleSeconds = 30;

export function createDashboard(range: Signal<Range>, deps: DashboardDeps): Dashboard {
  const client = createClient(deps);
  const what = signal<DistinctKind>('hosts');
  const metric = signal<Metric>('octets');
  const side = signal<Side>('all');
  const order = signal<Metric>('octets');
  const clock = (): number => (deps.now() + client.clockOffset()) / 1000;
  const now = signal(clock());
  const live = signal<LiveState>({ kind: 'connecting' });
  const arrived = signal<number | undefined>(undefined);
  const sensorsAt = signal(clock());
  const span = () => rangeParameters(range.peek(), clock());

  const sensors = createResource<Answer<'sensors'>>(async (abort) => {
    const answer = await client.ask('sensors', span(), abort);
    sensorsAt.value = clock();
    return answer;
  });
  const sites = computed(() => siteNames(sensors.shown.value.value));
  const distinct = createResource<DistinctAnswer>((abort) =>
    askDistinct(
      client,
      { what: what.peek(), span: span(), sites: sites.peek(), compare: range.peek().kind === 'last' },
      abort,
    ),
  );
  const traffic = createResource((abort) => askTraffic(client, { metric: metric.peek(), span: span() }, abort));
  const top = createResource((abort) => askTop(client, { by: order.peek(), side: side.peek(), span: span() }, abort));
  const keys = computed(() => {
    const key = formatRange(range.value);
    return {
      sensors: key,
      distinct: `${key} ${what.value} ${sites.value.join(' ')}`,
      traffic: `${key} ${metric.value}`,
      top: `${key} ${order.value} ${side.value}`,
    };
  });

  // Each is asked anew by itself when its own choice changes; a question that is open already is joined.
  const parts = (['distinct', 'traffic', 'top'] as const).map((name) => {
    const key = computed(() => keys.value[name]);
    return { key, load: () => ({ distinct, traffic, top })[name].load(key.peek()) };
  });

  let lastRefresh = deps.elapsed();
  let lastTook = 0;
  async function refresh(): Promise<void> {
    lastRefresh = deps.elapsed();
    const told = sensors.load(keys.peek().sensors);
    // Which sites there are says what is asked of each.
    if (sites.peek().length === 0) await told;
    await Promise.all([told, ...parts.map(({ load }) => load())]);
    lastTook = deps.elapsed() - lastRefresh;
  }
  const refresher = createRefresher({
    ...deps,
    refresh,
    gapMillis: () => refreshGap(range.peek(), lastTook),
  });

  let wasAway = false;
  const link = createLiveLink({
    ...deps,
    open: deps.openSocket,
    onState(state) {
      live.value = state;
      // What came while the stream was away is not told again.
      if (state.kind === 'waiting') wasAway = true;
      if (state.kind === 'open' && wasAway) refresher.want();
    },
    onMessage(message) {
      if (typeof message !== 'object' || message === null) return;
      const { type } = message as LiveMessage;
      if (type !== 'window' && type !== 'dropped') return;
      if (type === 'window') arrived.value = clock();
      if (deps.isVisible() && follows(range.peek())) refresher.want();
    },
  });

  let ticks = 0;
  let timer: number | undefined;
  let stopEffects: (() => void)[] = [];
  function tick(): void {
    now.value = clock();
    ticks += 1;
    if (deps.isVisible()) {
      if (ticks % sensorSeconds === 0) void sensors.load(keys.peek().sensors);
      if (deps.elapsed() - lastRefresh > idleSeconds * 1000 && follows(range.peek())) refresher.want();
    }
    timer = deps.setTimer(tick, secondMillis);
  }

  return {
    range,
    what,
    metric,
    side,
    order,
    now,
    live,
    arrived,
    sensors,
    distinct,
    traffic,
    top,
    keys,
    sensorsAt,
    start() {
      stopEffects = [
        effect(() => {
          void range.value;
          refresher.now();
        }),
        ...parts.map(({ key, load }) => {
          let isFirst = true;
          return effect(() => {
            void key.value;
            if (!isFirst) void load();
            isFirst = false;
          });
        }),
      ];
      link.start();
      tick();
    },
    wake() {
      link.hurry();
      refresher.want();
    },
    stop() {
      if (timer !== undefined) deps.clearTimer(timer);
      for (const stop of stopEffects) stop();
      refresher.stop();
      link.stop();
    },
  };
}

/** Names of the sites that any sensor is of, in order. */
export function siteNames(answer: Answer<'sensors'> | undefined): string[] {
  return [...new Set(answer?.rows.map(({ site }) => site) ?? [])].toSorted(compareNames);
}

/** The span of an answer, seconds since 1970. */
export function spanOf(
  answer: { from: string | null; to: string | null } | undefined,
): { from: number; to: number } | undefined {
  const from = readTime(answer?.from ?? null);
  const to = readTime(answer?.to ?? null);
  return from === undefined || to === undefined ? undefined : { from, to };
}
