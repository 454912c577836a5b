import { framesOf } from './pcapBytes.ts';

/** Writes frame number `n` at `at` and gives its length, at most `room`. */
export interface Frames {
  room: number;
  write(memory: Uint8Array, at: number, n: number): number;
}

const HEADERS = 42;

/** The frames of a pattern of `sender.ts`; their serial numbers begin at `first`. */
export function arrangement(
  kind: string,
  rest: string[],
  size: number,
  first: number,
  read: (file: string) => Uint8Array,
): Frames {
  switch (kind) {
    case 'addresses':
      return addresses(size, first, Number(rest[0] ?? 1), Number(rest[1] ?? 1));
    case 'flows':
      return flows(size, first);
    case 'pcap':
      return pcapFrames(read(rest.join(':')));
    default:
      throw new Error(`unknown pattern ${kind}`);
  }
}

/** UDP from 10.x.x.x, `senders` of them in turn, to `receivers` addresses of 192.168.0.0/16. */
function addresses(size: number, first: number, senders: number, receivers: number): Frames {
  const template = udpFrame(size);
  const view = new DataView(template.buffer);
  return {
    room: template.length,
    write(memory, at, n) {
      view.setUint32(26, 0x0a00_0001 + (n % senders));
      view.setUint32(30, 0xc0a8_0001 + (n % receivers));
      view.setUint32(HEADERS, first + n);
      sumHeader(view);
      memory.set(template, at);
      return template.length;
    },
  };
}

/** A new flow for each packet: 64,000 ports, then the next address. */
function flows(size: number, first: number): Frames {
  const template = udpFrame(size);
  const view = new DataView(template.buffer);
  return {
    room: template.length,
    write(memory, at, n) {
      const serial = first + n;
      view.setUint32(26, 0x0a00_0001 + Math.floor(serial / 64_000));
      view.setUint32(30, 0xc0a8_0001);
      view.setUint16(34, 1024 + (serial % 64_000));
      view.setUint32(HEADERS, serial);
      sumHeader(view);
      memory.set(template, at);
      return template.length;
    },
  };
}

/** An Ethernet frame of `size` bytes with IPv4 and UDP (no UDP checksum). */
export function udpFrame(size: number): Uint8Array {
  const frame = new Uint8Array(Math.max(size, HEADERS + 4));
  const view = new DataView(frame.buffer);
  frame.set([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1]);
  view.setUint16(12, 0x0800);
  view.setUint16(14, 0x4500);
  view.setUint16(16, frame.length - 14);
  view.setUint16(22, 0x4011);
  view.setUint16(34, 4000);
  view.setUint16(36, 5000);
  view.setUint16(38, frame.length - 34);
  sumHeader(view);
  return frame;
}

function sumHeader(view: DataView): void {
  view.setUint16(24, 0);
  let sum = 0;
  for (let at = 14; at < 34; at += 2) sum += view.getUint16(at);
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  view.setUint16(24, ~sum & 0xffff);
}

function pcapFrames(file: Uint8Array): Frames {
  const frames = framesOf(file);
  if (frames.length === 0) throw new Error('the capture has no packets');
  return {
    room: Math.max(...frames.map((frame) => frame.length)),
    write(memory, at, n) {
      const frame = frames[n % frames.length]!;
      memory.set(frame, at);
      return frame.length;
    },
  };
}
