export interface BarProps {
  /** The value and, where it is known, the bounds of it; all in the unit of `scale`. */
  value: number;
  lower?: number;
  upper?: number;
  scale: number;
}

/** A bar with its error: the whisker is where the truth is. Numbers stand beside it, so it is drawn for the eye only. */
export function Bar({ value, lower, upper, scale }: BarProps) {
  const percent = (amount: number) => `${Math.max(0, Math.min(100, (amount / scale) * 100)).toFixed(3)}%`;
  const hasBounds = lower !== undefined && upper !== undefined && upper > lower;
  return (
    <div class="track" aria-hidden="true">
      <span class="fill" style={{ width: percent(value) }} />
      {hasBounds && (
        <span class="whisker" style={{ left: percent(lower), width: percent(upper - Math.max(0, lower)) }} />
      )}
    </div>
  );
}
