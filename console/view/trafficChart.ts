import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { coverageRuns } from '../state/traffic.ts';
import type { SiteTraffic, Traffic } from '../state/traffic.ts';
import { siteColour } from './siteColour.ts';

export interface TrafficChartProps {
  traffic: Traffic;
  /** All sites, for their colours. */
  names: readonly string[];
  formatValue: (value: number) => string;
  /** The step under the pointer, or null. */
  onHover: (index: number | null) => void;
  /** A span that was drawn across, seconds since 1970. */
  onSelect: (from: number, to: number) => void;
}

/** Height of a site's lane of coverage under the chart, and of the space between them: CSS pixels. */
const laneHeight = 5;
const laneGap = 3;
const axisHeight = 24;
/** What the axis reaches to when there is no traffic: one kbit/s. */
const idle = 125;

/**
 * The chart of traffic by site, on a canvas. A gap is a gap; under the time axis each site has a lane that is filled
 * where it was watched, and marked where packets were lost.
 */
export class TrafficChart {
  readonly #plot: uPlot;
  /** The palette as it was when the chart was made: another theme makes another chart. */
  readonly #colours = new Map<string, string>();
  #props: TrafficChartProps;

  constructor(element: HTMLElement, props: TrafficChartProps) {
    this.#props = props;
    const { width, height } = element.getBoundingClientRect();
    this.#plot = new uPlot(this.#options(element, width, height), dataOf(props.traffic), element);
  }

  /** Shows other data of the same sites. */
  update(props: TrafficChartProps): void {
    this.#props = props;
    this.#plot.setData(dataOf(props.traffic));
  }

  resize(width: number, height: number): void {
    if (width > 0 && height > 0) this.#plot.setSize({ width, height });
  }

  /** Moves the cursor by so many steps, for keys; from the newest on when it is nowhere. */
  move(by: number): void {
    const last = this.#props.traffic.starts.length - 1;
    if (last < 0) return;
    const at = this.#plot.cursor.idx;
    const next = Math.max(0, Math.min(last, typeof at === 'number' ? at + by : last));
    const start = this.#props.traffic.starts[next] ?? 0;
    this.#plot.setCursor({ left: this.#plot.valToPos(start, 'x'), top: 10 });
  }

  leave(): void {
    this.#plot.setCursor({ left: -10, top: -10 });
  }

  destroy(): void {
    this.#plot.destroy();
  }

  #options(element: HTMLElement, width: number, height: number): uPlot.Options {
    const { names, traffic } = this.#props;
    const { sites } = traffic;
    const colours = getComputedStyle(element);
    const colour = (name: string): string => {
      const known = this.#colours.get(name) ?? resolveColour(element, name);
      this.#colours.set(name, known);
      return known;
    };
    const ofSite = (site: string) => colour(`--site-${siteColour(site, names)}`);
    const grid = { stroke: colour('--line'), width: 1 };
    const font = `11px ${colours.fontFamily}`;
    const axis = { stroke: colour('--dim'), font, ticks: { show: false }, grid };
    return {
      width,
      height,
      padding: [8, 18, sites.length * (laneHeight + laneGap) + 4, 0],
      legend: { show: false },
      scales: { x: { time: true }, y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.08 : idle] } },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: axisHeight,
          space: 70,
          values: (_plot, splits, _index, _space, step) => splits.map((at, i) => timeLabel(at, splits[i - 1], step)),
        },
        {
          ...axis,
          size: (_plot, values) => 14 + 6.3 * Math.max(4, ...(values ?? []).map((value) => value.length)),
          space: 34,
          values: (_plot, splits) =>
            splits.map((value) => (value === 0 ? '0' : trimZeros(this.#props.formatValue(value)))),
        },
      ],
      series: [
        {},
        ...sites.map(({ site }) => ({
          label: site,
          stroke: ofSite(site),
          width: 1.5,
          spanGaps: false,
          points: { size: 4, fill: ofSite(site), filter: alonePoints },
        })),
      ],
      cursor: {
        y: false,
        drag: { x: true, y: false, dist: 6 },
        points: { size: 7 },
      },
      hooks: {
        draw: [(plot) => this.#drawLanes(plot, colour)],
        setCursor: [(plot) => this.#props.onHover(plot.cursor.idx ?? null)],
        setSelect: [(plot) => this.#select(plot)],
      },
    };
  }

  #select(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < 6) return;
    const { step } = this.#props.traffic;
    const from = Math.floor(plot.posToVal(left, 'x') / step) * step;
    const to = Math.ceil(plot.posToVal(left + width, 'x') / step) * step;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#props.onSelect(from, to);
  }

  #drawLanes(plot: uPlot, colour: (name: string) => string): void {
    const { traffic, names } = this.#props;
    const { ctx } = plot;
    const ratio = uPlot.pxRatio;
    const { left, top, width, height } = plot.bbox;
    const place = (index: number): number => {
      const start = traffic.starts[index] ?? (traffic.starts.at(-1) ?? 0) + traffic.step;
      return Math.max(left, Math.min(left + width, plot.valToPos(start, 'x', true)));
    };
    ctx.save();
    for (const [row, line] of traffic.sites.entries()) {
      const y = top + height + (axisHeight + row * (laneHeight + laneGap)) * ratio;
      for (const { from, to, kind } of coverageRuns(line)) {
        const [x, end] = [place(from), place(to)];
        ctx.globalAlpha = kind === 'whole' ? 0.9 : kind === 'part' ? 0.4 : 1;
        ctx.fillStyle = kind === 'none' ? colour('--line') : colour(`--site-${siteColour(line.site, names)}`);
        const thin = kind === 'none' ? laneHeight - 1 : 0;
        ctx.fillRect(x, y + (thin / 2) * ratio, Math.max(1, end - x), (laneHeight - thin) * ratio);
      }
      ctx.globalAlpha = 1;
      this.#drawLoss(ctx, line, y - ratio, ratio, place, colour('--bad'));
    }
    ctx.restore();
  }

  #drawLoss(
    ctx: CanvasRenderingContext2D,
    line: SiteTraffic,
    y: number,
    ratio: number,
    place: (index: number) => number,
    colour: string,
  ): void {
    ctx.fillStyle = colour;
    for (const [i, lost] of line.lost.entries()) {
      if (lost > 0) ctx.fillRect(place(i), y, Math.max(2.5 * ratio, place(i + 1) - place(i)), (laneHeight + 2) * ratio);
    }
  }
}

/** `80.0 Mbit/s` on an axis is `80 Mbit/s`. */
function trimZeros(text: string): string {
  return text.replace(/\.(\d*?)0+(?= )/, (_, digits: string) => (digits === '' ? '' : `.${digits}`));
}

function dataOf({ starts, sites }: Traffic): uPlot.AlignedData {
  return [starts, ...sites.map(({ rates }) => rates)];
}

/** A value between two gaps has no line: it gets a point. */
function alonePoints(plot: uPlot, series: number): number[] {
  const values = plot.data[series] ?? [];
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const none = (at: number) => values[at] === null || values[at] === undefined;
    if (!none(i) && none(i - 1) && none(i + 1)) found.push(i);
  }
  return found;
}

/** What a custom property is as a colour that a canvas takes: of a pair for light and dark the one in effect. */
function resolveColour(element: HTMLElement, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

const clockLabel = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const secondLabel = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayLabel = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** The time of a tick; its date where a day begins, or where ticks are days. */
function timeLabel(at: number, before: number | undefined, step: number): string {
  const date = new Date(at * 1000);
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0;
  if (step >= 86_400 || (isMidnight && before !== undefined)) return dayLabel.format(date);
  return (step < 60 ? secondLabel : clockLabel).format(date);
}
