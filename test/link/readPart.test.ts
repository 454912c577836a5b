import { expect, test } from 'vitest';
import { readPart } from '../../manager/ingest/readPart.ts';
import { DurableKind } from '../../proto/link.ts';
import { encodePart } from '../../proto/partCodec.ts';

const owner = { site: 's', sensor: 'a', replay: false };

function read(start: number, seconds: number, windowSeconds: number): string {
  const loss = { kernel: 0, nic: 0, shed: 0, unrecorded: 0, freezes: 0, blindMillis: 0 };
  const covered = { coveredFrom: start, coveredTo: start + seconds };
  const bytes = encodePart({
    tap: 't',
    start,
    seconds,
    windowSeconds,
    ...covered,
    packets: 1,
    octets: 60,
    loss,
    sections: [],
  });
  const row = readPart(
    { type: 'durable', stream: new Uint8Array(16), seq: 1, kind: DurableKind.PART, inflated: 0, bytes },
    owner,
  );
  return row === undefined
    ? 'nothing'
    : 'type' in row
      ? row.reason
      : `${row.start}+${row.seconds}/${row.windowSeconds}`;
}

test('windows, periods and what a full spool makes of windows are rows', () => {
  for (const [start, seconds, window] of [
    [-10, 10, 10],
    [1_700_000_040, 60, 60],
    [1_700_000_040, 60, 2],
    [3600, 600, 600],
    [3600, 3600, 10],
  ] as const)
    expect(read(start, seconds, window)).toBe(`${start}+${seconds}/${window}`);
});

test('a part that would make the answers of others coarse is no row', () => {
  for (const [start, seconds, window] of [
    [7, 7, 7],
    [5, 10, 10],
    [0, 7200, 10],
    [600, 3600, 3600],
    [0, 86_400, 86_400],
    [0, 3600, 36],
  ] as const)
    expect(read(start, seconds, window)).toBe('not a window or period that sensors make');
  expect(read(9e15, 10, 10)).toBe('at a time that cannot be asked for');
});
