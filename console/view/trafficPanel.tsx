import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Metric } from '../../proto/routes.ts';
import { meanOf } from '../state/traffic.ts';
import type { SiteTraffic, Traffic } from '../state/traffic.ts';
import { formatBitRate, formatDuration, formatNoun, formatPacketRate, formatShare } from '../text/numbers.ts';
import { formatTime } from '../text/times.ts';
import { Choice } from './choice.tsx';
import { Panel } from './panel.tsx';
import type { PanelState } from './panel.tsx';
import { siteClass } from './siteColour.ts';
import { TrafficChart } from './trafficChart.ts';
import type { TrafficChartProps } from './trafficChart.ts';

export interface TrafficPanelProps {
  state: PanelState;
  metric: Metric;
  chooseMetric: (metric: Metric) => void;
  traffic: Traffic | undefined;
  /** All sites, for their colours. */
  names: readonly string[];
  /** Seconds since 1970. */
  now: number;
  /** Changes with what colours there are: the chart is made anew. */
  theme: string;
  select: (from: number, to: number) => void;
}

const notWatched = 'not watched';

const metrics = [
  { value: 'octets' as const, label: 'bit/s', title: 'Octets of frames, shown as bits a second' },
  { value: 'packets' as const, label: 'packets/s', title: 'Packets a second' },
];

/** Each site's traffic over time, with what was not watched and what was lost. */
export function TrafficPanel(props: TrafficPanelProps) {
  const { state, metric, chooseMetric, traffic, names, now, theme, select } = props;
  const [hovered, setHovered] = useState<number | null>(null);
  const format = metric === 'octets' ? formatBitRate : formatPacketRate;
  const tools = (
    <Choice
      class="small"
      label="Unit of traffic"
      options={metrics}
      isChosen={(value) => value === metric}
      choose={chooseMetric}
    />
  );
  return (
    <Panel title="Traffic by site" state={state} tools={tools} id="traffic" class="traffic">
      <Readout traffic={traffic} names={names} index={hovered} format={format} now={now} />
      {traffic === undefined || traffic.sites.length === 0 ? (
        <div class="plot">
          <p class="nothing">{traffic === undefined ? '' : 'No traffic in this span.'}</p>
        </div>
      ) : (
        <Plot
          key={`${theme} ${traffic.sites.map(({ site }) => site).join(' ')} ${metric}`}
          traffic={traffic}
          names={names}
          formatValue={format}
          onHover={setHovered}
          onSelect={select}
        />
      )}
      <p class="key">
        <span>
          <i />
          watched
        </span>
        <span>
          <i class="part" />
          in part
        </span>
        <span>
          <i class="gap" />
          not watched
        </span>
        <span>
          <i class="loss" />
          packets lost
        </span>
        {traffic !== undefined && <span>steps of {formatDuration(traffic.step)}</span>}
        <span class="roomy">Draw across the chart to look closer.</span>
      </p>
    </Panel>
  );
}

/** The values of the step under the pointer; without one the means over the span. */
function Readout(props: {
  traffic: Traffic | undefined;
  names: readonly string[];
  index: number | null;
  format: (rate: number) => string;
  now: number;
}) {
  const { traffic, names, index, format, now } = props;
  const start = index === null ? undefined : traffic?.starts[index];
  return (
    <div class="readout" data-testid="readout" aria-live={start === undefined ? 'off' : 'polite'}>
      <span class="at">
        {start === undefined ? 'Mean over the span' : formatTime(start, now)}
        <span>{start === undefined || traffic === undefined ? '' : `and ${formatDuration(traffic.step)} on`}</span>
      </span>
      {traffic?.sites.map((line) => (
        <span key={line.site} class={`of-site ${siteClass(line.site, names)}`} title={line.site}>
          <span class="name">
            <span class="swatch" />
            {line.site}
          </span>
          <Rate text={describeRate(line, start === undefined ? null : index, format)} />
          <Watched line={line} index={start === undefined ? null : index} />
        </span>
      ))}
    </div>
  );
}

function Rate({ text }: { text: string }) {
  return text === notWatched ? <span class="dim">{text}</span> : <b>{text}</b>;
}

function describeRate(line: SiteTraffic, index: number | null, format: (rate: number) => string): string {
  const rate = index === null ? meanOf(line.rates) : (line.rates[index] ?? undefined);
  return rate === undefined ? notWatched : format(rate);
}

/** How much of a step was watched and what was lost of it; over the whole span the loss only. */
function Watched({ line, index }: { line: SiteTraffic; index: number | null }) {
  const lost = index === null ? line.lost.reduce((sum, one) => sum + one, 0) : (line.lost[index] ?? 0);
  const covered = index === null ? null : (line.covered[index] ?? null);
  return (
    <span class="watched">
      {covered !== null && `${formatShare(covered, 1)} watched `}
      {lost > 0 && <span class="bad">{formatNoun(lost, 'packet')} lost</span>}
    </span>
  );
}

function Plot(props: TrafficChartProps) {
  const surface = useRef<HTMLDivElement>(null);
  const chart = useRef<TrafficChart>();
  useLayoutEffect(() => {
    const element = surface.current;
    if (element === null) return;
    const made = new TrafficChart(element, props);
    chart.current = made;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) made.resize(entry.contentRect.width, entry.contentRect.height);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      props.onHover(null);
    };
  }, []);
  useEffect(() => chart.current?.update(props), [props.traffic]);
  const { traffic, formatValue } = props;
  return (
    <div
      class="plot"
      role="img"
      tabIndex={0}
      aria-label={describeChart(traffic, formatValue)}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        chart.current?.move(by);
      }}
      onBlur={() => chart.current?.leave()}
    >
      <div class="surface" ref={surface} />
    </div>
  );
}

function describeChart(traffic: Traffic, format: (rate: number) => string): string {
  const means = traffic.sites.map((line) => `${line.site} ${describeRate(line, null, format)}`);
  return `Traffic over time, mean of each site: ${means.join(', ')}. Left and right arrow read single steps.`;
}
