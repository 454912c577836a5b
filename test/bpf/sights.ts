import type { PacketBatch } from '../../core/packet/batch.ts';
import { LinkType } from '../../core/packet/linkType.ts';

/** What occurs in a capture, each value as often as it occurs, to draw filters from. */
export interface Sights {
  linkType: number;
  addresses4: string[];
  addresses6: string[];
  protocols4: number[];
  protocols6: number[];
  /** Of TCP and UDP over IPv4 and IPv6. */
  ports: number[];
  macs: string[];
  etherTypes: number[];
  vlans: number[];
  labels: number[];
  lengths: number[];
  /** Where the packets of `linkType` are, and where their network header begins (-1 = not IP). */
  packets: { offset: number; caplen: number; network: number }[];
  bytes: Uint8Array;
}

/** Bytes before the network header, and where the EtherType is; `undefined` for what is not looked into. */
const shapes = new Map<number, { header: number; etherType: number }>([
  [LinkType.EN10MB, { header: 14, etherType: 12 }],
  [LinkType.LINUX_SLL, { header: 16, etherType: 14 }],
  [LinkType.LINUX_SLL2, { header: 20, etherType: 0 }],
]);

/** A look through the packets of a batch's first link type. */
export function look(batch: PacketBatch): Sights {
  const sights: Sights = {
    linkType: batch.linkType[0] ?? LinkType.EN10MB,
    addresses4: [],
    addresses6: [],
    protocols4: [],
    protocols6: [],
    ports: [],
    macs: [],
    etherTypes: [],
    vlans: [],
    labels: [],
    lengths: [],
    packets: [],
    bytes: batch.bytes,
  };
  for (let i = 0; i < batch.count; i++) if (batch.linkType[i] === sights.linkType) lookAt(batch, i, sights);
  return sights;
}

function lookAt(batch: PacketBatch, i: number, sights: Sights): void {
  const offset = batch.offset[i]!;
  const caplen = batch.caplen[i]!;
  const frame = batch.bytes.subarray(offset, offset + caplen);
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  sights.lengths.push(batch.len[i]!);
  const network = networkHeader(view, sights);
  const version = network < caplen ? frame[network]! >>> 4 : 0;
  const isIp = (version === 4 && network + 24 <= caplen) || (version === 6 && network + 44 <= caplen);
  sights.packets.push({ offset, caplen, network: isIp ? network : -1 });
  if (isIp && version === 4) lookAtIpv4(view, network, sights);
  if (isIp && version === 6) lookAtIpv6(view, network, sights);
}

function networkHeader(view: DataView, sights: Sights): number {
  const shape = shapes.get(sights.linkType);
  if (shape === undefined) return sights.linkType === LinkType.NULL || sights.linkType === LinkType.LOOP ? 4 : 0;
  let { header } = shape;
  if (view.byteLength < header + 4) return view.byteLength;
  let type = view.getUint16(shape.etherType);
  sights.etherTypes.push(type);
  if (sights.linkType === LinkType.EN10MB) sights.macs.push(mac(view, 0), mac(view, 6));
  while ((type === 0x8100 || type === 0x88a8) && view.byteLength >= header + 8) {
    sights.vlans.push(view.getUint16(header) & 0xfff);
    type = view.getUint16(header + 2);
    header += 4;
  }
  if (type === 0x8847) sights.labels.push(view.getUint32(header) >>> 12);
  return type === 0x800 || type === 0x86dd ? header : view.byteLength;
}

function lookAtIpv4(view: DataView, at: number, sights: Sights): void {
  const dotted = (place: number): string => [0, 1, 2, 3].map((n) => view.getUint8(place + n)).join('.');
  sights.addresses4.push(dotted(at + 12), dotted(at + 16));
  const protocol = view.getUint8(at + 9);
  sights.protocols4.push(protocol);
  const first = (view.getUint16(at + 6) & 0x1fff) === 0;
  if (first) lookAtPorts(view, at + (view.getUint8(at) & 15) * 4, protocol, sights);
}

function lookAtIpv6(view: DataView, at: number, sights: Sights): void {
  const words = (place: number): string =>
    Array.from({ length: 8 }, (_, n) => view.getUint16(place + n * 2).toString(16)).join(':');
  sights.addresses6.push(words(at + 8), words(at + 24));
  const protocol = view.getUint8(at + 6);
  sights.protocols6.push(protocol);
  lookAtPorts(view, at + 40, protocol, sights);
}

function lookAtPorts(view: DataView, at: number, protocol: number, sights: Sights): void {
  if ((protocol !== 6 && protocol !== 17) || at + 4 > view.byteLength) return;
  sights.ports.push(view.getUint16(at), view.getUint16(at + 2));
}

function mac(view: DataView, at: number): string {
  return Array.from({ length: 6 }, (_, n) =>
    view
      .getUint8(at + n)
      .toString(16)
      .padStart(2, '0'),
  ).join(':');
}
