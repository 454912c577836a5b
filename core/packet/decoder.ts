import type { PacketBatch } from './batch.ts';
import { etherType, ethernet } from './ethernet.ts';
import { PacketFields } from './fields.ts';
import { ieee80211, radiotap } from './ieee80211.ts';
import { ipv4 } from './ipv4.ts';
import { ipv6 } from './ipv6.ts';
import { Layer, refuse } from './layer.ts';
import { LinkType } from './linkType.ts';
import { llc } from './llc.ts';
import { loopback, raw } from './loopback.ts';
import { mpls } from './mpls.ts';
import { nflog } from './nflog.ts';
import { ppp } from './ppp.ts';
import { sll, sll2 } from './sll.ts';
import { transport } from './transport.ts';
import { Reason } from './verdict.ts';

/** Layers of one frame before it is given up: far above what any bound inside lets through, so never met by accident. */
const MAX_LAYERS = 64;

/**
 * Decodes one packet at a time into `fields`, to the innermost IP header that holds. Never throws, never reads outside
 * the captured bytes, allocates nothing; a packet that can't be decoded gets a verdict (`verdict.ts`).
 */
export class Decoder {
  readonly fields: PacketFields = new PacketFields();

  /** Decodes packet `i` of a batch. */
  decode(batch: PacketBatch, i: number): void {
    const { fields } = this;
    if (fields.bytes !== batch.plain) {
      fields.bytes = batch.plain;
      fields.view = batch.view;
    }
    fields.reset(batch.offset[i]!, batch.caplen[i]!, batch.len[i]!);
    const linkType = batch.linkType[i]!;
    let next = linkType === LinkType.EN10MB ? ethernet(fields) : this.#link(linkType);
    // What most packets are, without the loop.
    if (next === Layer.IPV4) next = ipv4(fields);
    if (next === Layer.TRANSPORT) next = transport(fields);
    if (next !== Layer.DONE) this.#run(next);
  }

  /** Decodes an IP datagram in memory of its own (a reassembled one): `bytes[0 .. length)`. */
  decodeDatagram(bytes: Uint8Array, view: DataView, length: number): void {
    const { fields } = this;
    fields.bytes = bytes;
    fields.view = view;
    const { vlan, innerVlan } = fields;
    fields.reset(0, length, length);
    fields.vlan = vlan;
    fields.innerVlan = innerVlan;
    this.#run(raw(fields));
  }

  #run(first: number): void {
    const { fields } = this;
    let next = first;
    for (let layers = 0; next !== Layer.DONE; layers++) {
      if (layers === MAX_LAYERS) {
        refuse(fields, Reason.TUNNEL_DEPTH);
        return;
      }
      next = this.#layer(next);
    }
  }

  #layer(layer: number): number {
    const { fields } = this;
    switch (layer) {
      case Layer.IPV4:
        return ipv4(fields);
      case Layer.TRANSPORT:
        return transport(fields);
      case Layer.IPV6:
        return ipv6(fields);
      case Layer.ETHERTYPE:
        return etherType(fields);
      case Layer.ETHERNET:
        return ethernet(fields);
      case Layer.LLC:
        return llc(fields);
      case Layer.MPLS:
        return mpls(fields);
      default:
        return ppp(fields);
    }
  }

  #link(linkType: number): number {
    const { fields } = this;
    switch (linkType) {
      case LinkType.RAW:
        return raw(fields);
      case LinkType.IPV4:
        return Layer.IPV4;
      case LinkType.IPV6:
        return Layer.IPV6;
      case LinkType.LINUX_SLL:
        return sll(fields);
      case LinkType.LINUX_SLL2:
        return sll2(fields);
      case LinkType.NULL:
      case LinkType.LOOP:
        return loopback(fields);
      case LinkType.PPP:
        return ppp(fields);
      case LinkType.NFLOG:
        return nflog(fields);
      case LinkType.IEEE802_11:
        return ieee80211(fields);
      case LinkType.IEEE802_11_RADIO:
        return radiotap(fields);
      default:
        return refuse(fields, Reason.LINK_TYPE);
    }
  }
}
