import { plain } from './protobufRuntime.ts';
import { picket } from './gen/picket.js';
import { isName, linkLimits } from './link.ts';
import type { LinkFault } from './linkMessages.ts';
import { countFields } from './wireScan.ts';

/** A section of a part, still encoded: what is in `body` is known to the code of its kind only. */
export interface WireSection {
  kind: number;
  version: number;
  parameters: Uint8Array;
  seedHash: Uint8Array;
  body: Uint8Array;
}

/** What was lost on the way to a part: packets; `freezes` in times, `blindMillis` in milliseconds. */
export interface WireLoss {
  kernel: number;
  nic: number;
  shed: number;
  unrecorded: number;
  freezes: number;
  blindMillis: number;
}

/** A window part as it travels (`core/summary` says what it means). */
export interface WirePart {
  type: 'part';
  tap: string;
  start: number;
  seconds: number;
  /** Length of the tap's windows: less than `seconds` in a part of a longer period. */
  windowSeconds: number;
  coveredFrom: number;
  coveredTo: number;
  packets: number;
  octets: number;
  loss: WireLoss;
  sections: readonly WireSection[];
}

/** A part to encode. */
export type OutgoingPart = Readonly<Omit<WirePart, 'type' | 'sections'>> & {
  readonly sections: readonly Readonly<WireSection>[];
};

/** The loss and the sections of a part have fields: five a section. */
const isMessage = (field: number, inside: number): boolean => inside === 0 && (field === 8 || field === 9);
const mostFields = 8 * linkLimits.sections + 256;

/**
 * A part as protobuf bytes. The answer's memory is its own. Zeros are left out, as proto3 has it: a window without
 * packets takes about 30 bytes.
 */
export function encodePart(part: OutgoingPart): Uint8Array<ArrayBuffer> {
  const { windowSeconds, loss, sections, ...rest } = part;
  const message = {
    ...withoutZeros(rest),
    ...(windowSeconds === part.seconds ? {} : { windowSeconds }),
    ...(Object.values(loss).some((count) => count !== 0) ? { loss: withoutZeros(loss) } : {}),
    sections: [...sections],
  };
  return new Uint8Array(picket.Part.encode(message).finish());
}

function withoutZeros<Fields extends object>(fields: Fields): Partial<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== 0)) as Partial<Fields>;
}

/** Reads a part. Numbers outside 0..2^53-1 and unfit names are a fault. Bytes of sections share `bytes`' memory. */
export function decodePart(bytes: Uint8Array): WirePart | LinkFault {
  if (countFields(bytes, mostFields, isMessage) === Infinity) return fault('not a part, or too many fields');
  let raw: picket.Part;
  try {
    raw = picket.Part.decode(bytes);
  } catch (error) {
    return fault(error instanceof Error ? error.message : 'not a part');
  }
  const { tap, start, seconds, coveredFrom, coveredTo, packets, octets } = raw;
  const { sections } = raw;
  const { kernel, nic, shed, unrecorded, freezes, blindMillis } = new picket.Loss(raw.loss ?? {});
  if (!isName(tap)) return fault('part without a fit tap');
  if (!Number.isSafeInteger(start) || seconds < 1 || seconds > 86_400) return fault('window out of range');
  const windowSeconds = raw.windowSeconds === 0 ? seconds : raw.windowSeconds;
  if (windowSeconds > seconds || seconds % windowSeconds !== 0) return fault('a period that windows do not fill');
  if (!(Number.isFinite(coveredFrom) && Number.isFinite(coveredTo) && coveredFrom <= coveredTo))
    return fault('covered span out of order');
  for (const count of [packets, octets, kernel, nic, shed, unrecorded, freezes, blindMillis]) {
    if (!Number.isSafeInteger(count) || count < 0) return fault('count above 2^53-1');
  }
  if (sections.length > linkLimits.sections) return fault('too many sections');
  return {
    type: 'part',
    tap,
    start,
    seconds,
    windowSeconds,
    coveredFrom,
    coveredTo,
    packets,
    octets,
    loss: { kernel, nic, shed, unrecorded, freezes, blindMillis },
    sections: sections.map((raw) => {
      const { kind, version, parameters, seedHash, body } = new picket.Section(raw);
      return { kind, version, parameters: plain(parameters), seedHash: plain(seedHash), body: plain(body) };
    }),
  };
}

function fault(reason: string): LinkFault {
  return { type: 'fault', reason };
}
