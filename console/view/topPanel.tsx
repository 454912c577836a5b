import type { TopRow } from '../../proto/api.ts';
import type { Metric, Side } from '../../proto/routes.ts';
import { formatCount, formatOctets, formatShare, formatShortCount } from '../text/numbers.ts';
import { Bar } from './bar.tsx';
import { Choice } from './choice.tsx';
import { Panel } from './panel.tsx';
import type { PanelState } from './panel.tsx';

export interface TopPanelProps {
  state: PanelState;
  rows: readonly TopRow[] | undefined;
  /** What all sensors in scope counted together. */
  total: { octets: number; packets: number } | undefined;
  side: Side;
  chooseSide: (side: Side) => void;
  order: Metric;
  chooseOrder: (order: Metric) => void;
  /** Rows that the list has room for: it keeps its height while it loads. */
  places: number;
}

const sides = [
  { value: 'all' as const, label: 'all' },
  { value: 'local' as const, label: 'local', title: 'Addresses of the local networks' },
  { value: 'remote' as const, label: 'remote', title: 'All other addresses' },
];
const orders = [
  { value: 'octets' as const, label: 'octets' },
  { value: 'packets' as const, label: 'packets' },
];

/** The hosts with most traffic, all sites merged. */
export function TopPanel(props: TopPanelProps) {
  const { state, rows, total, side, chooseSide, order, chooseOrder, places } = props;
  const tools = (
    <>
      <Choice class="small" label="Which addresses" options={sides} isChosen={(v) => v === side} choose={chooseSide} />
      <Choice class="small" label="Ordered by" options={orders} isChosen={(v) => v === order} choose={chooseOrder} />
    </>
  );
  const scale = Math.max(1, ...(rows ?? []).map((row) => row[order] + row.error[order]));
  return (
    <Panel title="Top hosts" state={state} tools={tools} id="top" class="top-hosts">
      <div class="scroll">
        <table data-testid="top">
          <thead>
            <tr>
              <th scope="col" class="wide">
                <span class="sr">Rank</span>
              </th>
              <th scope="col">Host</th>
              <th scope="col" class="share wide">
                <span class="sr">Drawn</span>
              </th>
              <th scope="col" class="right">
                Octets
              </th>
              <th scope="col" class="right" title="Of all octets or packets that were seen">
                Share
              </th>
              <th scope="col" class="right wide">
                Packets
              </th>
            </tr>
          </thead>
          <tbody>
            {rows === undefined && <Places count={places} />}
            {rows?.map((row, i) => (
              <tr key={row.key}>
                <td class="place right wide">{i + 1}</td>
                <td class="address" title={row.key}>
                  {row.key}
                </td>
                <td class="share wide">
                  <Bar
                    value={row[order]}
                    lower={row[order] - row.error[order]}
                    upper={row[order] + row.error[order]}
                    scale={scale}
                  />
                </td>
                <td class="right">
                  {formatOctets(row.octets)} <Error value={row.error.octets} text={formatOctets(row.error.octets)} />
                </td>
                <td class="right">{total === undefined ? '' : formatShare(row[order], total[order])}</td>
                <td class="right wide" title={formatCount(row.packets)}>
                  {formatShortCount(row.packets)}{' '}
                  <Error value={row.error.packets} text={formatShortCount(row.error.packets)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {rows?.length === 0 && <p class="nothing">No {side === 'all' ? '' : `${side} `}hosts in this span.</p>}
      </div>
    </Panel>
  );
}

function Error({ value, text }: { value: number; text: string }) {
  return <small>{value > 0 ? `± ${text}` : ''}</small>;
}

/** Rows that hold the place of those to come. */
function Places({ count }: { count: number }) {
  return (
    <>
      {Array.from({ length: count }, (_, i) => (
        <tr key={i} aria-hidden="true">
          <td class="wide" />
          <td>
            <span class="skeleton" />
          </td>
          <td class="wide" />
          <td />
          <td />
          <td class="wide">&nbsp;</td>
        </tr>
      ))}
    </>
  );
}
