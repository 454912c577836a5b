/**
 * What decoding one packet yields: one object, reused for every packet, so that nothing is allocated.
 *
 * The upper half is the cursor that the protocol decoders share; the lower half is the result for the innermost IP
 * header that decoded. All numbers; ports and lengths in host order; addresses as eight 32-bit words, each the
 * big-endian reading of four bytes, IPv4 as v4-mapped (`0, 0, 0xffff, a.b.c.d`).
 */
export class PacketFields {
  /** The frame's memory and the same as a view: `PacketBatch`'s, or the reassembled datagram's. */
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(this.bytes.buffer);
  /** Next byte to read, and the first that must not be read: the captured bytes, cut to what outer headers declare. */
  pos = 0;
  end = 0;
  /** Where the layer would end if everything had been captured (`end <= wireEnd`): tells `truncated` from `malformed`. */
  wireEnd = 0;

  /** A `Verdict` (0 = decoded to its innermost header) and its reason's number (`verdict.ts`). */
  verdict = 0;
  reason = 0;

  /** Sender in words 0-3, receiver in words 4-7. */
  readonly address: Uint32Array = new Uint32Array(8);
  /** 4 or 6 of the innermost IP header, 0 when there is none (ARP, STP, undecodable). */
  ipVersion = 0;
  /** Length of the innermost IP packet as its header declares it, headers included. */
  ipLength = 0;
  ttl = 0;
  /** The transport protocol (IANA number) after extension headers. */
  protocol = 0;
  /** ICMP and ICMPv6 put their type and code here, as Zeek and Community ID do. */
  sourcePort = 0;
  destinationPort = 0;
  /** Transport payload: where it starts, bytes that the headers declare, bytes that were captured. */
  payloadOffset = 0;
  payloadLength = 0;
  payloadCaptured = 0;
  /** 1 when the transport header was whole, so that ports (and TCP's fields) hold. */
  transport = 0;
  tcpFlags = 0;
  tcpSequence = 0;
  tcpAcknowledgement = 0;
  tcpWindow = 0;

  /** 1 when the innermost IP packet is a fragment that needs others (an atomic fragment is none). */
  fragment = 0;
  fragmentId = 0;
  /** Offset of the fragment's first byte in the datagram's payload, in bytes. */
  fragmentOffset = 0;
  fragmentMore = 0;
  /** Where the fragment's IP header begins in `bytes` and where its fragmented payload begins. */
  fragmentHeader = 0;
  fragmentPayload = 0;

  /** The outermost VLAN id and the next inner one, or -1. */
  vlan = -1;
  innerVlan = -1;
  /** Tunnels passed on the way to the innermost header, and the last one's kind (`TunnelKind`). */
  tunnelDepth = 0;
  tunnelKind = 0;
}
