import { useComputed } from '@preact/signals';
import type { Signal } from '@preact/signals';
import { distinctKinds } from '../../proto/routes.ts';
import { siteNames, spanOf } from '../state/dashboard.ts';
import type { Dashboard } from '../state/dashboard.ts';
import type { Shown } from '../state/resource.ts';
import type { Theme } from '../state/theme.ts';
import { toTraffic } from '../state/traffic.ts';
import { formatDuration } from '../text/numbers.ts';
import { formatSpan } from '../text/times.ts';
import { DistinctPanel } from './distinctPanel.tsx';
import { EmptyPage } from './emptyPage.tsx';
import { Header } from './header.tsx';
import type { PanelState } from './panel.tsx';
import { Rests } from './rests.tsx';
import { SensorsPanel } from './sensorsPanel.tsx';
import { TopPanel } from './topPanel.tsx';
import { TrafficPanel } from './trafficPanel.tsx';
import { topRows } from '../state/questions.ts';

export interface AppProps {
  dashboard: Dashboard;
  theme: Signal<Theme>;
  /** The theme in effect, whoever chose it. */
  effectiveTheme: Signal<'light' | 'dark'>;
  origin: string;
}

/** Kinds that there are numbers of: names come with the DNS analyser. */
const kinds = distinctKinds.filter((kind) => kind !== 'names');

export function App({ dashboard, theme, effectiveTheme, origin }: AppProps) {
  const sensors = dashboard.sensors.shown.value;
  const keys = dashboard.keys.value;
  const now = dashboard.now.value;
  const rows = sensors.value?.rows;
  const names = siteNames(sensors.value);
  const live = rows?.filter((row) => row.connected && !row.replay) ?? [];
  const away = sensors.failure?.kind === 'away' ? sensors.failure : undefined;
  return (
    <>
      <Header
        range={dashboard.range.value}
        choose={(range) => {
          dashboard.range.value = range;
        }}
        span={spanOf(sensors.value)}
        theme={theme.value}
        chooseTheme={(chosen) => {
          theme.value = chosen;
        }}
        now={now}
        live={dashboard.live.value}
        arrived={dashboard.arrived.value}
        isExpected={rows === undefined ? undefined : live.length > 0}
        windowSeconds={Math.max(10, ...live.map((row) => row.windowSeconds ?? 0))}
      />
      <main class="page">
        {away !== undefined && <Away message={away.message} since={sensors.value && now - dashboard.sensorsAt.value} />}
        {rows?.length === 0 ? (
          <EmptyPage origin={origin} />
        ) : (
          <>
            <Rests
              coverage={sensors.value?.coverage}
              notes={sensors.value?.notes ?? []}
              elsewhere={elsewhereOf(dashboard, now)}
            />
            <Distinct dashboard={dashboard} names={names} />
            <TrafficOfSites dashboard={dashboard} names={names} theme={effectiveTheme.value} />
            <TopHosts dashboard={dashboard} />
            <SensorsPanel
              state={stateOf(sensors, keys.sensors)}
              rows={rows}
              names={names}
              now={now}
              toldAt={dashboard.sensorsAt.value}
            />
          </>
        )}
      </main>
    </>
  );
}

/** Where the data is, when no sensor has any in the span: replays of old captures are not found by chance. */
function elsewhereOf(dashboard: Dashboard, now: number): { span: string; show: () => void } | undefined {
  const { value, key } = dashboard.sensors.shown.value;
  const data = spanOf(value?.data);
  const isOld = key !== dashboard.keys.value.sensors;
  if (value === undefined || data === undefined || isOld || value.coverage.sensors.answered > 0) return undefined;
  return {
    span: formatSpan(data.from, data.to, now),
    show: () => {
      dashboard.range.value = { kind: 'all' };
    },
  };
}

/** The manager is away: said once, across the page; what was known stays, dimmed. */
function Away({ message, since }: { message: string; since: number | undefined }) {
  return (
    <div class="banner whole" role="alert" data-testid="away">
      <strong>No answer: {message}.</strong>
      <span>
        {since === undefined ? 'Nothing is known yet.' : `What is shown is ${formatDuration(since)} old.`} It is tried
        again every few seconds.
      </span>
    </div>
  );
}

function Distinct({ dashboard, names }: { dashboard: Dashboard; names: readonly string[] }) {
  const shown = dashboard.distinct.shown.value;
  return (
    <DistinctPanel
      state={stateOf(shown, dashboard.keys.value.distinct)}
      what={dashboard.what.value}
      choose={(what) => {
        dashboard.what.value = what;
      }}
      kinds={kinds}
      answer={shown.value?.answer}
      sites={shown.value?.sites ?? []}
      overlaps={shown.value?.overlaps ?? []}
      names={names}
    />
  );
}

function TrafficOfSites(props: { dashboard: Dashboard; names: readonly string[]; theme: string }) {
  const { dashboard, names, theme } = props;
  const shown = dashboard.traffic.shown.value;
  // The chart is drawn when the answer is another one, not each second.
  const traffic = useComputed(() => {
    const { value } = dashboard.traffic.shown.value;
    return value === undefined ? undefined : toTraffic(value);
  });
  return (
    <TrafficPanel
      state={stateOf(shown, dashboard.keys.value.traffic)}
      metric={dashboard.metric.value}
      chooseMetric={(metric) => {
        dashboard.metric.value = metric;
      }}
      traffic={traffic.value}
      names={names}
      now={dashboard.now.value}
      theme={theme}
      select={(from, to) => {
        dashboard.range.value = { kind: 'span', from, to };
      }}
    />
  );
}

function TopHosts({ dashboard }: { dashboard: Dashboard }) {
  const shown = dashboard.top.shown.value;
  const sensors = dashboard.sensors.shown.value.value;
  const total = sensors && {
    octets: sensors.rows.reduce((sum, row) => sum + row.octets, 0),
    packets: sensors.coverage.packets.seen,
  };
  return (
    <TopPanel
      state={stateOf(shown, dashboard.keys.value.top)}
      rows={shown.value?.rows}
      total={total}
      side={dashboard.side.value}
      chooseSide={(side) => {
        dashboard.side.value = side;
      }}
      order={dashboard.order.value}
      chooseOrder={(order) => {
        dashboard.order.value = order;
      }}
      places={topRows}
    />
  );
}

function stateOf(shown: Shown<unknown>, key: string): PanelState {
  return { failure: shown.failure, isOld: shown.value !== undefined && shown.key !== key };
}
