import { formatAddress } from '../../core/packet/address.ts';
import { PacketBatch } from '../../core/packet/batch.ts';
import { Decoder } from '../../core/packet/decoder.ts';
import { readCapture } from '../captures/readCapture.ts';

export interface Count {
  packets: number;
  octets: number;
}

/** What a capture holds, counted in maps of strings, one packet after another. */
export interface NaiveCounts {
  packets: number;
  octets: number;
  tunnelled: number;
  fragments: number;
  verdicts: Map<number, number>;
  hosts: Map<string, Count>;
  sources: Map<string, Count>;
  destinations: Map<string, Count>;
  pairs: Map<string, Count>;
  /** Protocol and both ends, in either order, of packets with ports that are no fragments. */
  flows: Set<string>;
}

/**
 * The decoder's fields, added up naively: no flow table, windows, sketches or workers. Fragments count for the addresses in
 * their own headers, so captures in which a tunnel's carrier is in fragments come out otherwise.
 */
export function countNaively(capture: Uint8Array): NaiveCounts {
  const counts: NaiveCounts = {
    packets: 0,
    octets: 0,
    tunnelled: 0,
    fragments: 0,
    verdicts: new Map(),
    hosts: new Map(),
    sources: new Map(),
    destinations: new Map(),
    pairs: new Map(),
    flows: new Set(),
  };
  const decoder = new Decoder();
  const batch = new PacketBatch(1);
  for (const { bytes, len, linkType } of readCapture(capture).packets) {
    batch.setBytes(bytes);
    batch.caplen[0] = bytes.length;
    batch.len[0] = len;
    batch.linkType[0] = linkType;
    decoder.decode(batch, 0);
    counts.packets++;
    counts.octets += len;
    const { fields } = decoder;
    if (fields.verdict !== 0) counts.verdicts.set(fields.verdict, (counts.verdicts.get(fields.verdict) ?? 0) + 1);
    if (fields.ipVersion === 0) continue;
    if (fields.outerCount > 0) counts.tunnelled++;
    if (fields.fragment !== 0) counts.fragments++;
    const source = formatAddress(fields.address, 0);
    const destination = formatAddress(fields.address, 4);
    add(counts.sources, source, len);
    add(counts.destinations, destination, len);
    add(counts.pairs, `${source} ${destination}`, len);
    add(counts.hosts, source, len);
    if (source !== destination) add(counts.hosts, destination, len);
    if (fields.transport !== 1 || fields.fragment === 1) continue;
    const ends = [`${source} ${fields.sourcePort}`, `${destination} ${fields.destinationPort}`].sort();
    counts.flows.add([fields.protocol, ...ends].join(' '));
  }
  return counts;
}

function add(map: Map<string, Count>, key: string, octets: number): void {
  const count = map.get(key);
  if (count === undefined) map.set(key, { packets: 1, octets });
  else {
    count.packets++;
    count.octets += octets;
  }
}
