/** Tunnels decoded on the way to the innermost IP header; a packet with more is `unsupported`. */
export const MAX_TUNNELS = 4;

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
  /** Where the transport header begins. */
  transportOffset = 0;
  /** Transport payload: where it starts, bytes that the headers declare, bytes that were captured. */
  payloadOffset = 0;
  payloadLength = 0;
  payloadCaptured = 0;
  /** 1 when the transport header was whole (or the protocol has none we read), so that ports and TCP's fields hold. */
  transport = 0;
  tcpFlags = 0;
  tcpSequence = 0;
  tcpAcknowledgement = 0;
  tcpWindow = 0;

  /** 1 when the innermost IP packet is a fragment that needs others, 2 when it is an atomic fragment (RFC 6946), whole. */
  fragment = 0;
  fragmentId = 0;
  /** Offset of the fragment's first byte in the datagram's payload, in bytes. */
  fragmentOffset = 0;
  fragmentMore = 0;
  /** Where the innermost IP header begins in `bytes`, and where a fragment's payload begins. */
  fragmentHeader = 0;
  fragmentPayload = 0;

  /** The outermost VLAN id and the next inner one, or -1; how many tags there were. */
  vlan = -1;
  innerVlan = -1;
  vlanDepth = 0;
  /** EtherType (or PPP's, LLC's equivalent of it) that the next layer is chosen by. */
  etherType = 0;
  /** What a frame without an IP header was: a number of `linkKinds` (`linkKind.ts`), 0 = nothing that is counted. */
  linkKind = 0;

  /** IP headers outside the innermost one, outermost first: `outerCount` of them, each a tunnel. */
  outerCount = 0;
  readonly outerAddress: Uint32Array = new Uint32Array(8 * MAX_TUNNELS);
  readonly outerProtocol: Uint8Array = new Uint8Array(MAX_TUNNELS);
  /** Source and destination port of the carrier, 0 where it has none. */
  readonly outerPorts: Uint16Array = new Uint16Array(2 * MAX_TUNNELS);
  readonly outerIpLength: Uint32Array = new Uint32Array(MAX_TUNNELS);
  /** Id of the innermost tunnel that has one (VXLAN, Geneve, key of GRE, TEID of GTP-U), or -1. */
  tunnelId = -1;
  /** The id of a tunnel's header that was read, before its content was. */
  tunnelIdAhead = -1;

  /** Number of the realm that the innermost addresses are of, set by who knows realms (`sensor/flow/realms.ts`). */
  realm = 0;

  /** Forgets the last packet and points the cursor at `bytes[offset .. offset + caplen)`, `len` octets on the wire. */
  reset(offset: number, caplen: number, len: number): void {
    this.pos = offset;
    this.end = offset + caplen;
    this.wireEnd = offset + (len > caplen ? len : caplen);
    this.verdict = 0;
    this.reason = 0;
    this.ipVersion = 0;
    this.protocol = 0;
    this.sourcePort = 0;
    this.destinationPort = 0;
    this.transport = 0;
    this.fragment = 0;
    this.payloadLength = 0;
    this.payloadCaptured = 0;
    this.vlan = -1;
    this.innerVlan = -1;
    this.vlanDepth = 0;
    this.linkKind = 0;
    this.outerCount = 0;
    this.tunnelId = -1;
    this.tunnelIdAhead = -1;
    this.realm = 0;
  }
}
