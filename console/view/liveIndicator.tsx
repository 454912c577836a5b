import type { LiveState } from '../state/liveLink.ts';
import { formatDuration } from '../text/numbers.ts';

export interface LiveIndicatorProps {
  live: LiveState;
  /** Seconds since 1970: now, and when the newest window arrived. */
  now: number;
  arrived: number | undefined;
  /** A live sensor is connected, so that windows should come; undefined while that is not known. */
  isExpected: boolean | undefined;
  /** Longest window of the connected sensors, seconds. */
  windowSeconds: number;
}

/** Whether the page is told of new windows, and how long ago the last one came. */
export function LiveIndicator(props: LiveIndicatorProps) {
  const { colour, words } = describeLive(props);
  return (
    <span class="live" data-testid="live">
      {/* Made anew by each window, so that it plays once. */}
      <span key={props.arrived} class={`dot ${colour} ${props.arrived === undefined ? '' : 'arrived'}`} />
      {words}
    </span>
  );
}

export function describeLive(props: LiveIndicatorProps): { colour: 'good' | 'warn' | 'bad' | ''; words: string } {
  const { live, now, arrived, isExpected, windowSeconds } = props;
  if (live.kind === 'connecting') return { colour: 'warn', words: 'connecting' };
  if (live.kind === 'waiting') {
    const seconds = Math.max(0, Math.ceil(live.retryAt / 1000 - now));
    return { colour: 'bad', words: `not live, again in ${formatDuration(seconds)}` };
  }
  if (isExpected === false) return { colour: '', words: 'live, no sensor sends' };
  if (arrived === undefined) return { colour: 'good', words: 'live' };
  const age = Math.max(0, now - arrived);
  if (age > windowSeconds * 2 + 5) return { colour: 'warn', words: `stale, ${formatDuration(age)} old` };
  return { colour: 'good', words: `live, ${formatDuration(age)} ago` };
}
