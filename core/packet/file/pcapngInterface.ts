import { canonicalLinkType } from '../linkType.ts';
import { InterfaceOption } from './pcapngWriter.ts';
import { TimeScale } from './timeScale.ts';

/** An interface of a section: what a packet block needs to know of it. */
export interface SectionInterface {
  /** `PacketBatch.interface`. */
  number: number;
  linkType: number;
  snaplen: number;
  /** A longer frame is damage. */
  maxCaplen: number;
  scale: TimeScale;
}

/** What an interface description block says. */
export interface DescribedInterface {
  name: string;
  linkType: number;
  snaplen: number;
  scale: TimeScale;
}

const maxNameOctets = 256;
const microseconds = 6;

/**
 * Reads an interface description block of `length` octets at `at`, or says in a sentence why it can't be used. A wrong
 * resolution or offset is an error and not ignored: every time of the interface would be wrong.
 */
export function readInterface(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  length: number,
  little: boolean,
): DescribedInterface | string {
  if (length < 20) return 'an interface description block is too short';
  let name = '';
  let resolution = microseconds;
  let offset = 0;
  const end = at + length - 4;
  for (let option = at + 16; option + 4 <= end;) {
    const code = view.getUint16(option, little);
    const size = view.getUint16(option + 2, little);
    const value = option + 4;
    if (code === InterfaceOption.END) break;
    if (size > end - value) return 'an option of an interface description passes the end of its block';
    if (code === InterfaceOption.NAME) {
      name = new TextDecoder().decode(bytes.subarray(value, value + Math.min(size, maxNameOctets))).replace(/\0+$/, '');
    } else if (code === InterfaceOption.RESOLUTION) {
      if (size !== 1) return `if_tsresol has ${size} octets, not 1`;
      resolution = bytes[value]!;
      if (!TimeScale.isValid(resolution)) return `a time resolution of ${resolution} is not read`;
    } else if (code === InterfaceOption.OFFSET) {
      if (size !== 8) return `if_tsoffset has ${size} octets, not 8`;
      const high = view.getInt32(little ? value + 4 : value, little);
      offset = high * 0x1_0000_0000 + view.getUint32(little ? value : value + 4, little);
      if (Math.abs(offset) > 2 ** 53) return 'if_tsoffset is beyond 2^53 seconds';
    }
    option = value + ((size + 3) & ~3);
  }
  return {
    name,
    linkType: canonicalLinkType(view.getUint16(at + 8, little)),
    snaplen: view.getUint32(at + 12, little),
    scale: new TimeScale(resolution, offset),
  };
}
