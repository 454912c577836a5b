/**
 * Which record header a pcap file has. Kuznetzov's patches to libpcap (Linux, 1999) made records longer, first under the
 * standard magic number, then in two ways under the modified one, so the magic does not tell. As Wireshark 4.0 does, the
 * first two records are read with each layout in turn: the first that makes sense throughout is taken, else the one with
 * the fewest faults. So a standard file whose second record is damaged may be taken for a patched one, in both programs.
 */
export const recordLayout = {
  standard: 16,
  /** An interface index (4 octets), the Ethernet protocol (2), the packet type (1) and one of padding more. */
  patched: 24,
  /** Five octets more than `patched` has without its padding. */
  patchedDebug: 28,
} as const;

const recordsTried = 2;
/** A guess is made on what is there when the two records are longer than this. */
const enough = 1024 * 1024;
/**
 * Faults of the fields that only patched records have count when all else is equal, and so does an end inside a record:
 * whole files of other kinds are rarer than files that are cut.
 */
const minor = 1 / 64;

export interface VariantFile {
  little: boolean;
  snaplen: number;
  caplenLimit: number;
}

/**
 * The length of the record headers in `view` from `at`, out of `candidates` (the likeliest first), or 0 when more than
 * the octets up to `end` have to be seen.
 */
export function chooseRecordLayout(
  view: DataView,
  at: number,
  end: number,
  final: boolean,
  file: VariantFile,
  candidates: readonly number[],
): number {
  const mayWait = !final && end - at < enough;
  let best = candidates[0]!;
  let fewest = Infinity;
  for (const layout of candidates) {
    const faults = countFaults(view, at, end, mayWait, file, layout);
    if (faults === 0) return layout;
    if (faults < 0) return 0;
    if (faults < fewest) {
      fewest = faults;
      best = layout;
    }
  }
  return best;
}

/** Faults of the first records read with a layout, or -1 when their octets are not all there yet. */
function countFaults(
  view: DataView,
  start: number,
  end: number,
  mayWait: boolean,
  file: VariantFile,
  layout: number,
): number {
  let faults = 0;
  let at = start;
  for (let i = 0; i < recordsTried; i++) {
    if (at + layout > end) {
      if (mayWait) return -1;
      return at === end ? faults : faults + minor;
    }
    const caplen = view.getUint32(at + 8, file.little);
    const len = view.getUint32(at + 12, file.little);
    if (view.getUint32(at + 4, file.little) >= 1_000_000) faults++;
    if (caplen > file.snaplen) faults++;
    if (len > 128 * 1024 * 1024) faults++;
    if (caplen > len) faults++;
    if (layout > recordLayout.standard) faults += patchedFaults(view, at + 16, file.little);
    if (caplen > file.caplenLimit) return faults;
    at += layout + caplen;
    if (at > end) return mayWait ? -1 : faults + minor;
  }
  return faults;
}

/** In 1999 no Linux host had 10,000 interfaces; the protocol is an Ethertype or one of Linux's own numbers. */
function patchedFaults(view: DataView, at: number, little: boolean): number {
  const protocol = view.getUint16(at + 4, little);
  const known = protocol >= 0x600 || protocol <= 0x17 || protocol === 0x60 || protocol === 0x200 || protocol === 0x400;
  const faults = (view.getUint32(at, little) > 10_000 ? 1 : 0) + (known ? 0 : 1) + (view.getUint8(at + 6) > 4 ? 1 : 0);
  return faults * minor;
}
