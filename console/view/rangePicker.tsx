import { useState } from 'preact/hooks';
import { presets, sameRange } from '../state/range.ts';
import type { Range } from '../state/range.ts';
import { Choice } from './choice.tsx';

type Option = Range | 'custom';

export interface RangePickerProps {
  range: Range;
  choose: (range: Range) => void;
  isCustomOpen: boolean;
  openCustom: (open: boolean) => void;
}

/** Which span the page is about. */
export function RangePicker({ range, choose, isCustomOpen, openCustom }: RangePickerProps) {
  const options: { value: Option; label: string; title?: string }[] = [
    ...presets.map(({ seconds, label, title }) => ({ value: { kind: 'last' as const, seconds }, label, title })),
    { value: { kind: 'all' }, label: 'All', title: 'All data that there is, whatever its time' },
    { value: 'custom', label: 'Custom', title: 'From and to' },
  ];
  return (
    <Choice
      class="ranges"
      label="Span"
      options={options}
      isChosen={(option) => (option === 'custom' ? isCustomOpen || range.kind === 'span' : sameRange(option, range))}
      choose={(option) => {
        openCustom(option === 'custom' && !isCustomOpen);
        if (option !== 'custom') choose(option);
      }}
    />
  );
}

/** Both ends by hand, in the zone of the browser. */
export function CustomRange(props: { from: number; to: number; choose: (range: Range) => void }) {
  const [from, setFrom] = useState(localInput(props.from));
  const [to, setTo] = useState(localInput(props.to));
  const [first, last] = [Date.parse(from) / 1000, Date.parse(to) / 1000];
  const isRange = first < last;
  const apply = (): void => {
    if (isRange) props.choose({ kind: 'span', from: Math.floor(first), to: Math.floor(last) });
  };
  const input = (value: string, set: (text: string) => void) => (
    <input
      type="datetime-local"
      step={1}
      value={value}
      onInput={({ currentTarget }) => set(currentTarget.value)}
      onKeyDown={({ key }) => {
        if (key === 'Enter') apply();
      }}
    />
  );
  return (
    <div class="custom" role="group" aria-label="Custom span">
      <label>from {input(from, setFrom)}</label>
      <label>to {input(to, setTo)}</label>
      <button type="button" class="plain" disabled={!isRange} onClick={apply}>
        Show
      </button>
      {!isRange && <span class="warn">The end must be after the start.</span>}
    </div>
  );
}

/** Seconds since 1970 as the input takes them. */
function localInput(seconds: number): string {
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.getTime())) return '';
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
