/** What reassembly did, since the start. */
export interface StreamCounters {
  /** Segments with payload that were looked at, and octets handed on. */
  segments: number;
  octets: number;
  /** Segments that came above a hole and had to wait. */
  outOfOrder: number;
  /** Segments that brought nothing new. */
  retransmitted: number;
  /** Octets that had come before, whole retransmissions included. */
  overlapOctets: number;
  /** Overlaps with octets that still waited, and were other ones: the first stay. */
  inconsistent: number;
  /** Holes that were given up, and their octets. */
  gaps: number;
  gapOctets: number;
  /** Of the gaps: because too much waited above (a flow, an address, in all), or for too long; the others were acknowledged. */
  overflowed: number;
  expired: number;
  /** Segments of which less was captured than was sent: none of it is used (Zeek's rule). */
  truncated: number;
  /** Segments further ahead than a window reaches. */
  outOfWindow: number;
  /** Segments after the end of their side's data. */
  afterEnd: number;
  /** Octets that waited when their flow was over or dropped. */
  dropped: number;
}

export function newStreamCounters(): StreamCounters {
  return {
    segments: 0,
    octets: 0,
    outOfOrder: 0,
    retransmitted: 0,
    overlapOctets: 0,
    inconsistent: 0,
    gaps: 0,
    gapOctets: 0,
    overflowed: 0,
    expired: 0,
    truncated: 0,
    outOfWindow: 0,
    afterEnd: 0,
    dropped: 0,
  };
}
