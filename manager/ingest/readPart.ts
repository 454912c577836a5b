import { inflateRawSync } from 'node:zlib';
import { isRegular } from '../../core/summary/period.ts';
import { DurableKind } from '../../proto/link.ts';
import type { Durable, LinkFault } from '../../proto/linkMessages.ts';
import { decodePart } from '../../proto/partCodec.ts';
import type { WindowRow } from '../store/summaryStore.ts';

/** Seconds from 1970 that times of questions go up to. */
const farthest = 1e15;

/** The row of a part, undefined for kinds that are not known, or a fault when the body can't be read. */
export function readPart(
  message: Durable,
  owner: { site: string; sensor: string; replay: boolean },
): WindowRow | undefined | LinkFault {
  if (message.kind !== DurableKind.PART) return undefined;
  const body = inflated(message);
  if (!(body instanceof Uint8Array)) return body;
  const part = decodePart(body);
  if (part.type === 'fault') return part;
  // A part across the others' bounds would make answers of all sensors as coarse as it takes to hold it.
  if (!isRegular(part)) return { type: 'fault', reason: 'not a window or period that sensors make' };
  if (Math.abs(part.start) > farthest) return { type: 'fault', reason: 'at a time that cannot be asked for' };
  const { tap, start, seconds, windowSeconds, coveredFrom, coveredTo, packets, octets, loss } = part;
  return { ...owner, tap, start, seconds, windowSeconds, coveredFrom, coveredTo, packets, octets, loss };
}

/** The codec has checked `inflated` against the limit; no more memory than that is ever taken. */
function inflated(message: Durable): Uint8Array | LinkFault {
  if (message.inflated === 0) return message.bytes;
  try {
    const body = inflateRawSync(message.bytes, { maxOutputLength: message.inflated });
    return body.length === message.inflated
      ? body
      : { type: 'fault', reason: 'inflates to another length than it says' };
  } catch (error) {
    return { type: 'fault', reason: error instanceof Error ? error.message : 'does not inflate' };
  }
}
