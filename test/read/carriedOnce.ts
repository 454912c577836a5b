import { PacketBatch } from '../../core/packet/batch.ts';
import { Decoder } from '../../core/packet/decoder.ts';
import { LinkType } from '../../core/packet/linkType.ts';
import { spread } from '../../core/packet/spread.ts';
import type { CapturedPacket } from '../captures/captureBytes.ts';

/**
 * Ethernet packets without those whose inner pair of hosts was seen before with another outer pair: packets are split over
 * workers by the outermost addresses, so a flow that is carried in two ways lives on two workers, which is a stated limit.
 */
export function carriedOnce(packets: readonly CapturedPacket[]): CapturedPacket[] {
  const decoder = new Decoder();
  const batch = new PacketBatch(1);
  const carriers = new Map<string, number>();
  return packets.filter(({ bytes, len }) => {
    batch.setBytes(bytes);
    batch.caplen[0] = bytes.length;
    batch.len[0] = len;
    batch.linkType[0] = LinkType.EN10MB;
    decoder.decode(batch, 0);
    const { fields } = decoder;
    if (fields.ipVersion === 0) return true;
    const ends = [String(fields.address.subarray(0, 4)), String(fields.address.subarray(4))].sort().join(' ');
    const share = spread(batch.bytes, batch.view, 0, bytes.length, LinkType.EN10MB);
    if (!carriers.has(ends)) carriers.set(ends, share);
    return carriers.get(ends) === share;
  });
}
