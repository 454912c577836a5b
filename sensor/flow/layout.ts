/**
 * A flow slot: 64 words (256 bytes) in one ArrayBuffer, seen as `Uint32Array` (index = slot * 64 + a word below) and as
 * `Float64Array` (index = slot * 32 + a double below). No object a flow, so a million flows cost no collection.
 *
 * The key is canonical: end A is the bytewise smaller of (address, port). Which end opened the connection is a bit of
 * `STATE`. "A" counters count what A sent.
 */
export const SLOT_WORDS = 64;
export const SLOT_DOUBLES = SLOT_WORDS / 2;

/** Words. */
export const Word = {
  /** Addresses of end A (0-3) and end B (4-7). */
  A: 0,
  B: 4,
  /** Port of A in the upper, of B in the lower half. */
  PORTS: 8,
  /** IP protocol in the low 8 bits, then `KIND_` bits, realm number in the upper 16. */
  KIND: 9,
  HASH: 10,
  /** `StateBit`s in the low 16 bits; the ends' TCP states (`sensor/flow/tcp.ts`) in bits 16-19 (A) and 20-23 (B). */
  STATE: 11,
  LAST_NANOS: 14,
  FIRST_NANOS: 15,
  /** Packets since the slot was last fed to the summaries of `Double.WINDOW`. */
  DELTA_PACKETS_A: 42,
  DELTA_PACKETS_B: 43,
  /** Next sequence number expected from each end, and its initial one. */
  SEQUENCE_A: 44,
  SEQUENCE_B: 45,
  INITIAL_A: 46,
  INITIAL_B: 47,
  /** Highest acknowledgement that each end sent. */
  ACKNOWLEDGED_BY_A: 48,
  ACKNOWLEDGED_BY_B: 49,
  /** Handshake round trip in microseconds, 0 = not known. */
  RTT_MICROS: 50,
  /** Segments sent again, A's in the upper, B's in the lower half; each stays at 65,535. */
  RETRANSMITS: 51,
  /** Clock of the first SYN in microseconds modulo 2^32, for the handshake's round trip. */
  SYN_MICROS: 52,
  /** VLAN ids and tunnel of the first packet, as `LinkBit` says. */
  LINKS: 53,
  /** Length of the history in the low 8 bits; above it how often TCP's sequence numbers went round (`tcp.ts`). */
  HISTORY_LENGTH: 54,
  /** Letters seen from A (low half) and B (upper half), and other bits of the ends (`history.ts`, `tcpState.ts`). */
  HISTORY_SEEN: 55,
  /** 32 bytes of history, as Zeek's letters in ASCII. */
  HISTORY: 56,
} as const;

/** Doubles. */
export const Double = {
  /**
   * The clock (seconds, with fraction) at which the connection is over if no packet comes; infinite while the slot is
   * free. In the cache line of the key: a lookup and a sweep need no other.
   */
  EXPIRES: 6,
  FIRST_SECONDS: 8,
  LAST_SECONDS: 9,
  PACKETS_A: 10,
  PACKETS_B: 11,
  /** Octets of frames. */
  OCTETS_A: 12,
  OCTETS_B: 13,
  /** Octets of IP packets (Zeek's `ip_bytes`). */
  IP_A: 14,
  IP_B: 15,
  /** Transport payload (Zeek's `bytes`); for TCP by sequence numbers. */
  PAYLOAD_A: 16,
  PAYLOAD_B: 17,
  /** Number of the window that the deltas belong to. */
  WINDOW: 18,
  DELTA_OCTETS_A: 19,
  DELTA_OCTETS_B: 20,
} as const;

export const KIND_PROTOCOL = 0xff;
/** Above it the number of the realm (`realms.ts`). */
export const KIND_REALM_SHIFT = 16;
/** An outer tunnel flow: counts as a flow and as tunnelled, and in no list. */
export const KIND_OUTER = 0x100;
/** Frames of fragments: counts for their addresses and pair, and is no flow. */
export const KIND_FRAGMENT = 0x200;

export const StateBit = {
  USED: 1,
  /** End B opened the connection (else A did). */
  ORIG_B: 2,
  /** The roles were turned round by the likely server port (Zeek's `^`). */
  FLIPPED: 4,
  /** A TCP connection that was picked up in the middle. */
  PARTIAL: 8,
  /** The connection is established. */
  ESTABLISHED: 16,
  /** Nobody looks at the connection's data any more (`streams.ts`); above the bits of TCP. */
  DROPPED: 0x400,
  /** An analyser gave up: it is not what it was taken for (Zeek's `X`). */
  REFUSED: 0x800,
  /** A packet came after that. */
  RELEASED: 0x1000,
} as const;

/** `Word.LINKS`: outer VLAN id in bits 0-11 and inner one in bits 16-27, where the bits below say so. */
export const LinkBit = {
  VLAN: 0x1000,
  TUNNEL: 0x2000,
  INNER_VLAN: 0x1000_0000,
} as const;
