import { promisify } from 'node:util';
import { deflateRaw, deflateRawSync, inflateRaw } from 'node:zlib';
import type { WindowPart } from '../../core/summary/part.ts';
import { DurableKind, linkLimits } from '../../proto/link.ts';
import { decodePart, encodePart } from '../../proto/partCodec.ts';
import type { SpoolMessage } from './spoolRecord.ts';

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** Bodies below this are sent as they are: deflating them gains nothing. */
const deflateFrom = 128;

/** A part as a durable message; undefined when it is larger than the link takes. */
export async function packPart(part: WindowPart): Promise<Required<SpoolMessage> | undefined> {
  if (part.sections.length > linkLimits.sections) return undefined;
  const plain = encodePart(part);
  return messageOf(part, plain, plain.length < deflateFrom ? plain : await deflate(plain));
}

/** The same in the calling thread: for one of its own, which must not wait for what the others do with the disk. */
export function packPartHere(part: WindowPart): Required<SpoolMessage> | undefined {
  if (part.sections.length > linkLimits.sections) return undefined;
  const plain = encodePart(part);
  return messageOf(part, plain, plain.length < deflateFrom ? plain : deflateRawSync(plain));
}

function messageOf(part: WindowPart, plain: Uint8Array, bytes: Uint8Array): Required<SpoolMessage> | undefined {
  if (bytes.length > linkLimits.body || plain.length > linkLimits.inflated) return undefined;
  const longer = part.seconds > part.windowSeconds;
  return { kind: DurableKind.PART, inflated: plain === bytes ? 0 : plain.length, bytes, longer };
}

/** The part in a message of ours; undefined when it can't be read. */
export async function unpackPart({ inflated, bytes }: SpoolMessage): Promise<WindowPart | undefined> {
  try {
    const part = decodePart(inflated === 0 ? bytes : await inflate(bytes, { maxOutputLength: inflated }));
    return part.type === 'fault' ? undefined : part;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return undefined;
  }
}
