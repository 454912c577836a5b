/** Writes frames as a nanosecond pcap file (Ethernet), a millisecond apart. */
export function pcapOf(frames: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(24 + frames.reduce((sum, frame) => sum + 16 + frame.length, 0));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xa1b2_3c4d, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, 262_144, true);
  view.setUint32(20, 1, true);
  let at = 24;
  for (const [i, frame] of frames.entries()) {
    view.setUint32(at, 1_700_000_000 + Math.floor(i / 1000), true);
    view.setUint32(at + 4, (i % 1000) * 1_000_000, true);
    view.setUint32(at + 8, frame.length, true);
    view.setUint32(at + 12, frame.length, true);
    bytes.set(frame, at + 16);
    at += 16 + frame.length;
  }
  return bytes;
}

/** Packets of a little-endian pcap file by whole second, and how many of each come at a time or later. */
export class PacketTimes {
  readonly #seconds: number[] = [];
  readonly #micros: number[] = [];
  readonly #counts = new Map<number, number>();

  constructor(pcap: Uint8Array) {
    const view = new DataView(pcap.buffer, pcap.byteOffset, pcap.byteLength);
    const nanos = view.getUint32(0, true) === 0xa1b2_3c4d;
    for (let at = 24; at + 16 <= pcap.length; at += 16 + view.getUint32(at + 8, true)) {
      const second = view.getUint32(at, true);
      this.#seconds.push(second);
      this.#micros.push(view.getUint32(at + 4, true) / (nanos ? 1000 : 1));
      this.#counts.set(second, (this.#counts.get(second) ?? 0) + 1);
    }
  }

  get total(): number {
    return this.#seconds.length;
  }

  in(second: number): number {
    return this.#counts.get(second) ?? 0;
  }

  /** Packets of [from, to), seconds with fractions. */
  between(from: number, to: number): number {
    let count = 0;
    for (const [i, second] of this.#seconds.entries()) {
      const time = second + this.#micros[i]! / 1e6;
      if (time >= from && time < to) count++;
    }
    return count;
  }
}

/** The frames of a little-endian pcap file. For what a test wrote, or tcpdump on this machine; nothing is checked. */
export function framesOf(pcap: Uint8Array): Uint8Array[] {
  const view = new DataView(pcap.buffer, pcap.byteOffset, pcap.byteLength);
  const frames: Uint8Array[] = [];
  for (let at = 24; at + 16 <= pcap.length;) {
    const length = view.getUint32(at + 8, true);
    frames.push(pcap.subarray(at + 16, at + 16 + length));
    at += 16 + length;
  }
  return frames;
}
