import type { SensorRow } from '../../proto/api.ts';
import { countKinds, viewRow } from '../state/sensorState.ts';
import type { SensorView } from '../state/sensorState.ts';
import { lostOf } from '../state/traffic.ts';
import { formatCount, formatDuration, formatNoun, formatOctets, formatShortCount } from '../text/numbers.ts';
import { formatTime, readTime } from '../text/times.ts';
import { Panel } from './panel.tsx';
import type { PanelState } from './panel.tsx';
import { siteClass } from './siteColour.ts';

export interface SensorsPanelProps {
  state: PanelState;
  rows: readonly SensorRow[] | undefined;
  names: readonly string[];
  /** Seconds since 1970: now, and when `rows` were told. */
  now: number;
  toldAt: number;
}

const dots = { connected: 'good', waiting: 'warn', silent: 'bad', replay: 'replay' };

/** Every sensor by site, sites with silent ones first: whether it is there, how far behind, what was lost where. */
export function SensorsPanel({ state, rows, names, now, toldAt }: SensorsPanelProps) {
  const views = (rows ?? []).map((row) => ({ site: row.site, ...viewRow(row, toldAt, now) }));
  const kinds = countKinds(views);
  // Of many sites those with somebody silent must not be below the edge of the screen.
  const silent = new Set(views.filter(({ kind }) => kind === 'silent').map(({ site }) => site));
  const sites = [...names.filter((site) => silent.has(site)), ...names.filter((site) => !silent.has(site))];
  const summary = (
    <p class="summary" role="status" data-testid="sensor-summary">
      {kinds.map(({ kind, count }) => (
        <span key={kind} class={`state ${kind}`}>
          <span class={`dot ${dots[kind]}`} />
          {formatCount(count)} {kind}
        </span>
      ))}
    </p>
  );
  return (
    <Panel title="Sites and sensors" state={state} tools={summary} id="sensors" class="sensors">
      <div class="scroll">
        <table data-testid="sensors">
          <thead>
            <tr>
              <th scope="col">Sensor</th>
              <th scope="col">State</th>
              <th scope="col" class="right" title="From the end of the newest window until now">
                Lag
              </th>
              <th scope="col" class="right wide">
                Windows
              </th>
              <th scope="col" class="right wide">
                Packets
              </th>
              <th scope="col" class="right roomy">
                Octets
              </th>
              <th scope="col" class="right" title="Packets lost at the card, in the kernel, or shed by the sensor">
                Lost
              </th>
            </tr>
          </thead>
          <tbody>
            {sites.map((site) => (
              <Site key={site} site={site} names={names} rows={rows ?? []} now={now} toldAt={toldAt} />
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Site(props: {
  site: string;
  names: readonly string[];
  rows: readonly SensorRow[];
  now: number;
  toldAt: number;
}) {
  const { site, names, rows, now, toldAt } = props;
  const own = rows.filter((row) => row.site === site);
  return (
    <>
      <tr class={`site-row ${siteClass(site, names)}`}>
        <td colSpan={7}>
          <span class="swatch" />
          {site} <small>{formatNoun(own.length, 'sensor')}</small>
        </td>
      </tr>
      {own.map((row) => (
        <Sensor key={row.sensor} row={row} now={now} toldAt={toldAt} />
      ))}
    </>
  );
}

function Sensor({ row, now, toldAt }: { row: SensorRow; now: number; toldAt: number }) {
  const view = viewRow(row, toldAt, now);
  return (
    <tr data-sensor={row.sensor} data-state={view.kind}>
      <td class="sensor-name" title={`${row.software}, ${row.taps.join(', ') || 'no tap'}`}>
        {row.name} <small class="roomy">{row.taps.join(', ')}</small>
      </td>
      <td>
        <State view={view} lastSeen={readTime(row.lastSeen)} now={now} />
      </td>
      <td class="right">{row.replay || view.lagSeconds === null ? '–' : formatDuration(view.lagSeconds)}</td>
      <td class="right wide">{formatShortCount(row.windows)}</td>
      <td class="right wide" title={formatCount(row.packets.seen)}>
        {formatShortCount(row.packets.seen)}
      </td>
      <td class="right roomy">{formatOctets(row.octets)}</td>
      <Lost packets={row.packets} />
    </tr>
  );
}

function State({ view, lastSeen, now }: { view: SensorView; lastSeen: number | undefined; now: number }) {
  const title = lastSeen === undefined ? '' : `last heard of at ${formatTime(lastSeen, now)}`;
  return (
    <span class={`state ${view.kind}`} title={title}>
      <span class={`dot ${dots[view.kind]}`} />
      {view.words}
      {view.silentSeconds !== undefined && ` for ${formatDuration(view.silentSeconds)}`}
      {view.isConnected === true && <small>connected</small>}
    </span>
  );
}

/** Packets that were lost, and at which layers: a number alone would not say where to look. */
function Lost({ packets }: { packets: SensorRow['packets'] }) {
  const lost = lostOf(packets);
  const layers = [
    ['card', packets.nic],
    ['kernel', packets.kernel],
    ['shed', packets.shed],
  ] as const;
  const where = layers.filter(([, count]) => count > 0).map(([name, count]) => `${name} ${formatShortCount(count)}`);
  if (lost === 0) return <td class="right dim">none</td>;
  return (
    <td class="right bad" title={`${formatCount(lost)} packets: ${where.join(', ')}`}>
      {where.join(', ')}
    </td>
  );
}
