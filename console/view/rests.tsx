import type { Coverage } from '../../proto/api.ts';
import { lostOf } from '../state/traffic.ts';
import { formatCount, formatDuration, formatNoun, formatShare } from '../text/numbers.ts';

export interface RestsProps {
  coverage: Coverage | undefined;
  notes: readonly string[];
  /** The span of the data, when all of it is outside of the span that is shown; and how to show it. */
  elsewhere: { span: string; show: () => void } | undefined;
}

/** Missing sensors that are named; the others are counted. */
const named = 6;

/** What every number of the page rests on: sensors, seconds, losses, and who is missing and why. */
export function Rests({ coverage, notes, elsewhere }: RestsProps) {
  if (coverage === undefined) {
    return (
      <section class="panel rests whole" aria-label="Coverage">
        <span class="skeleton" />
      </section>
    );
  }
  const { sensors, seconds, packets } = coverage;
  const lost = lostOf(packets);
  const isWhole = seconds.present >= seconds.expected;
  return (
    <section class="panel rests whole" aria-label="Coverage" data-testid="coverage">
      <dl>
        <div>
          <dt>Sensors</dt>
          <dd class={sensors.answered < sensors.asked ? 'warn' : ''}>
            {formatCount(sensors.answered)} of {formatCount(sensors.asked)}
          </dd>
        </div>
        <div>
          <dt>Watched</dt>
          <dd class={isWhole ? '' : 'warn'}>{formatShare(seconds.present, seconds.expected)}</dd>
          <span class={`meter ${isWhole ? '' : 'part'}`} aria-hidden="true">
            <i
              style={{
                width: `${seconds.expected > 0 ? Math.min(100, (seconds.present / seconds.expected) * 100) : 0}%`,
              }}
            />
          </span>
          <span class="dim">
            {formatDuration(seconds.present)} of {formatDuration(seconds.expected)}
          </span>
        </div>
        <div>
          <dt>Packets</dt>
          <dd>{formatCount(packets.seen)}</dd>
        </div>
        <div>
          <dt>Lost</dt>
          <dd class={lost > 0 ? 'bad' : ''}>
            {lost === 0 ? 'none' : `${formatCount(lost)} (${formatShare(lost, packets.seen + lost)})`}
          </dd>
          {lost > 0 && <span class="dim">{describeLayers(packets)}</span>}
        </div>
        {packets.unrecorded > 0 && (
          <div>
            <dt>Not recorded</dt>
            <dd>{formatCount(packets.unrecorded)}</dd>
          </div>
        )}
      </dl>
      {sensors.missing.length > 0 && (
        <p class="missing">
          <span class="warn">Not in these numbers:</span>
          {sensors.missing.slice(0, named).map(({ sensor, why }) => (
            <span key={sensor}>
              <b>{sensor}</b> <span class="dim">{why}</span>
            </span>
          ))}
          {sensors.missing.length > named && (
            <span class="dim">and {formatNoun(sensors.missing.length - named, 'other')}</span>
          )}
        </p>
      )}
      {elsewhere !== undefined && (
        <p class="missing">
          <span>There is nothing in this span. What there is, is of {elsewhere.span}.</span>
          <button type="button" class="plain" onClick={elsewhere.show}>
            Show all
          </button>
        </p>
      )}
      {notes.length > 0 && <p class="missing warn">{notes.join(' ')}</p>}
    </section>
  );
}

function describeLayers({ nic, kernel, shed }: Coverage['packets']): string {
  const layers = [
    ['card', nic],
    ['kernel', kernel],
    ['shed', shed],
  ] as const;
  return layers
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name} ${formatCount(count)}`)
    .join(', ');
}
