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

/**
 * Merges messages of parts into windows of `seconds`, as far as they can be. Messages of one window, or of several that
 * lie in one longer window of the same tap, become one, together with the parts of that period (`coarsen`). What can't
 * be read, can't be merged, or gains nothing is not among the answers: it stays as it is.
 */
export async function mergeMessages(stored: readonly StoredMessage[], seconds: number): Promise<MergedMessage[]> {
  const groups = new Map<string, { start: number; seqs: number[]; parts: WindowPart[]; bytes: number }>();
  for (const { seq, message } of stored) {
    const part = await unpackPart(message);
    if (part === undefined || !fits(part, seconds)) continue;
    const start = Math.floor(part.start / seconds) * seconds;
    const key = `${start} ${part.tap}`;
    const group = groups.get(key) ?? { start, seqs: [], parts: [], bytes: 0 };
    if (group.parts.length >= mostParts) continue;
    groups.set(key, group);
    group.seqs.push(seq);
    group.parts.push(part);
    group.bytes += message.bytes.length;
  }
  const merged: MergedMessage[] = [];
  for (const { start, seqs, parts, bytes } of groups.values()) {
    // A part of a longer period alone has nothing to go with; a single window gains nothing.
    if (parts.length < 2 || parts.every((part) => part.seconds > part.windowSeconds)) continue;
    const whole = coarsen(parts, start, seconds);
    const message = whole instanceof Refusal ? undefined : await packPart(whole);
    if (message !== undefined && message.bytes.length < bytes + parts.length * 16) merged.push({ message, seqs });
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
