import { coarsen } from '../../core/summary/coarsen.ts';
import type { WindowPart } from '../../core/summary/part.ts';
import { periods } from '../../core/summary/period.ts';
import { Refusal } from '../../core/sketch/refusal.ts';
import { packPart, unpackPart } from './partBytes.ts';
import type { SpoolMessage } from './spoolRecord.ts';

/** Lengths that windows are merged to, one after the other, while the spool is full. */
export const mergeSteps: readonly number[] = periods;

/** Parts that become one at most: bounds the memory of a step. */
const mostParts = 1024;

export interface StoredMessage {
  seq: number;
  message: SpoolMessage;
}

/** A message and those that it stands for from now on. */
export interface MergedMessage {
  message: Required<SpoolMessage>;
  seqs: number[];
}

interface Member {
  seq: number;
  /** Of the longer window. */
  start: number;
  part: WindowPart;
  bytes: number;
}

/**
 * Merges messages of parts into windows of `seconds`, as far as they can be. Messages of one window, or of several that
 * lie in one longer window of the same tap, become one, together with the parts of that period (`coarsen`). What can't
 * be read, can't be merged, or gains nothing is not among the answers: it stays as it is.
 */
export async function mergeMessages(stored: readonly StoredMessage[], seconds: number): Promise<MergedMessage[]> {
  const groups = new Map<string, Member[]>();
  for (const { seq, message } of stored) {
    const part = await unpackPart(message);
    if (part === undefined || !fits(part, seconds)) continue;
    const start = Math.floor(part.start / seconds) * seconds;
    const key = `${start} ${part.tap}`;
    const group = groups.get(key) ?? [];
    if (group.length >= mostParts) continue;
    groups.set(key, group);
    group.push({ seq, start, part, bytes: message.bytes.length });
  }
  const merged: MergedMessage[] = [];
  for (const run of [...groups.values()].flatMap(runsOf)) {
    const parts = run.map(({ part }) => part);
    const bytes = run.reduce((sum, one) => sum + one.bytes, 0);
    // A part of a longer period alone has nothing to go with; a single window gains nothing.
    if (parts.length < 2 || parts.every(isLonger)) continue;
    const whole = coarsen(parts, run[0]!.start, seconds);
    const message = whole instanceof Refusal ? undefined : await packPart(whole);
    if (message !== undefined && message.bytes.length < bytes + parts.length * 16)
      merged.push({ message, seqs: run.map(({ seq }) => seq) });
    // Nothing else of this thread waits longer than one group takes.
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
  return merged;
}

/** Windows that are not longer than the step and lie within one of its steps, and parts of its period. */
function fits({ start, seconds, windowSeconds }: WindowPart, step: number): boolean {
  if (seconds > windowSeconds && seconds !== step) return false;
  return seconds <= step && Math.floor(start / step) === Math.floor((start + seconds - 1) / step);
}

function isLonger({ seconds, windowSeconds }: WindowPart): boolean {
  return seconds > windowSeconds;
}

/**
 * Cuts a group where its windows leave a gap: what lies in it may be on its way already, and told as not watched it would be
 * missing from what was. Parts that cover nothing of their own go with the first run.
 */
function runsOf(group: readonly Member[]): Member[][] {
  const isSpan = ({ part }: Member): boolean => !isLonger(part) && part.coveredTo > part.coveredFrom;
  const runs: Member[][] = [[]];
  let until = Number.POSITIVE_INFINITY;
  for (const member of group.filter(isSpan).sort((a, b) => a.part.coveredFrom - b.part.coveredFrom)) {
    const { coveredFrom, coveredTo } = member.part;
    if (coveredFrom > until) runs.push([]);
    until = runs.at(-1)!.length === 0 ? coveredTo : Math.max(until, coveredTo);
    runs.at(-1)!.push(member);
  }
  runs[0]!.push(...group.filter((member) => !isSpan(member)));
  return runs;
}
