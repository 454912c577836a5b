/**
 * What a flow slot's `STATE`, `HISTORY_SEEN` and `HISTORY_LENGTH` words hold for TCP, and the cold words beside the slot.
 *
 * `STATE`: low 16 bits are flags (`StateBit` in `layout.ts` and `TcpBit` here); then four bits each: state of A, state of
 * B, state before of A, state before of B. `HISTORY_SEEN`: one half an end (A low), ten bits of letters and six `EndBit`s.
 */

/** The states of an end of a connection, with Zeek's numbers and meaning. */
export const TcpState = {
  /** Nothing was seen from this end. */
  INACTIVE: 0,
  /** It sent a SYN. */
  SYN_SENT: 1,
  /** It sent a SYN with ACK though it is the originator: the SYN itself was not seen. */
  SYN_ACK_SENT: 2,
  /** It sent something, but never a SYN. */
  PARTIAL: 3,
  /** The handshake is done as far as this end is concerned. */
  ESTABLISHED: 4,
  /** It sent a FIN. */
  CLOSED: 5,
  /** It sent a RST. */
  RESET: 6,
} as const;

/** Flags of `STATE` that only TCP uses; above those of `StateBit`. */
export const TcpBit = {
  /** The cold words of the slot are in use (else they hold another connection's leftovers). */
  COLD: 0x20,
  /** A close is waiting until the closing end's data have been acknowledged. */
  DEFERRED: 0x40,
  /** The connection is over; `EXPIRES` does not move any more. */
  ENDING: 0x80,
  /** A SYN or SYN-ACK was sent again, so the handshake's round trip can't be told (Karn's rule). */
  NO_RTT: 0x100,
  /** The handshake's time-out has made way for that of a connection. */
  LONG: 0x200,
} as const;

/** Flags of an end, in its half of `HISTORY_SEEN`, above the letters. */
export const EndBit = {
  /** It sent a FIN, whatever state that led to. */
  FIN: 0x400,
  /** Its close was noticed (all its data delivered). */
  CLOSED: 0x800,
  /** It sent a packet. */
  ACTIVE: 0x1000,
  /** Its contiguous data end elsewhere than its highest sequence number: see `ColdWord.EDGE`. */
  HOLE: 0x2000,
  /** The end of its data was reached after a FIN or RST. */
  EOF: 0x4000,
  /** Too much data came without an acknowledgement: holes are not counted any more. */
  BLIND: 0x8000,
} as const;

/** Words beside the slot that few packets need: 32 a slot, 16 an end. */
export const COLD_WORDS = 32;
export const COLD_END = 16;
/** Data ranges above a hole that an end's cold words have room for; `tcpRanges.ts` has some for those with more. */
export const COLD_RANGES = 4;

export const ColdWord = {
  /** Sequence numbers (relative to the initial one) of the last SYN, FIN and RST: a letter again only for another one. */
  LAST_SYN: 0,
  LAST_FIN: 1,
  LAST_RST: 2,
  /** Sequence number after the last FIN. */
  FIN_END: 3,
  /** Zero windows after the first in the low, holes in the upper half; each stays at 65,535. */
  COUNTS: 4,
  /** Where the contiguous data of this end stop; holds when `EndBit.HOLE` is set. */
  EDGE: 5,
  /** Bytes in holes. */
  MISSED: 6,
  /** Number of ranges, then (low, high) of each, in order. */
  RANGES: 7,
  RANGE: 8,
} as const;
