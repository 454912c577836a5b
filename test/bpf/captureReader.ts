import { PacketBatch } from '../../core/packet/batch.ts';
import { canonicalLinkType } from '../../core/packet/linkType.ts';

/** Where one packet lies in a capture file. */
interface Place {
  linkType: number;
  offset: number;
  caplen: number;
  len: number;
}

/**
 * At most `limit` packets of a pcap or pcapng file, evenly spread, as one batch over the file's bytes (without times).
 * What comes after damage is left out. A small reader of the tests' own, apart from the product's.
 */
export function readBatch(file: Uint8Array, limit: number): PacketBatch {
  const places = placesIn(file);
  const step = Math.max(1, places.length / limit);
  const chosen = Array.from({ length: Math.min(limit, places.length) }, (_, i) => places[Math.floor(i * step)]!);
  const batch = new PacketBatch(chosen.length);
  batch.setBytes(file);
  batch.count = chosen.length;
  for (const [i, place] of chosen.entries()) {
    batch.offset[i] = place.offset;
    batch.caplen[i] = place.caplen;
    batch.len[i] = place.len;
    batch.linkType[i] = place.linkType;
  }
  return batch;
}

function placesIn(file: Uint8Array): Place[] {
  if (file.length < 24) return [];
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const pcapngMagic = 0x0a0d0d0a;
  return view.getUint32(0) === pcapngMagic ? pcapngPlaces(view) : pcapPlaces(view);
}

function pcapPlaces(view: DataView): Place[] {
  const little = [0xa1b2c3d4, 0xa1b23c4d].includes(view.getUint32(0, true));
  if (!little && ![0xa1b2c3d4, 0xa1b23c4d].includes(view.getUint32(0))) return [];
  if (view.getUint16(4, little) !== 2 || view.getUint16(6, little) !== 4) return [];
  const linkType = canonicalLinkType(view.getUint32(20, little) & 0xffff);
  const places: Place[] = [];
  for (let at = 24; at + 16 <= view.byteLength;) {
    const caplen = view.getUint32(at + 8, little);
    if (at + 16 + caplen > view.byteLength) break;
    places.push({ linkType, offset: at + 16, caplen, len: view.getUint32(at + 12, little) });
    at += 16 + caplen;
  }
  return places;
}

function pcapngPlaces(view: DataView): Place[] {
  const places: Place[] = [];
  let little = true;
  let linkTypes: number[] = [];
  for (let at = 0; at + 12 <= view.byteLength;) {
    if (view.getUint32(at) === 0x0a0d0d0a) {
      little = view.getUint32(at + 8, true) === 0x1a2b3c4d;
      linkTypes = [];
    }
    const kind = view.getUint32(at, little);
    const length = view.getUint32(at + 4, little);
    if (length < 12 || length % 4 !== 0 || at + length > view.byteLength) break;
    if (kind === 1) linkTypes.push(canonicalLinkType(view.getUint16(at + 8, little)));
    const linkType = kind === 6 && length >= 32 ? linkTypes[view.getUint32(at + 8, little)] : undefined;
    if (linkType !== undefined) {
      const caplen = view.getUint32(at + 20, little);
      if (caplen > length - 32) break;
      places.push({ linkType, offset: at + 28, caplen, len: view.getUint32(at + 24, little) });
    }
    at += length;
  }
  return places;
}
