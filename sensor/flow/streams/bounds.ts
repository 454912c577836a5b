/** How much the reassembly of TCP streams may hold, and how long a hole may keep a stream waiting. */
export interface StreamBounds {
  /** Octets that may wait above a hole of one direction, the overhead of each segment included. */
  readonly perFlow: number;
  /** The same of all flows of one address, as either end. */
  readonly perAddress: number;
  /** The same of all flows. */
  readonly total: number;
  /** Octets from a hole to the highest above it while the other side acknowledged nothing: its packets are not in sight. */
  readonly unacknowledged: number;
  /** Seconds after which a hole is given up, once more comes above it, or once room is needed. */
  readonly seconds: number;
}

export const STREAM_BOUNDS: StreamBounds = {
  perFlow: 4_194_304,
  perAddress: 8_388_608,
  total: 12_582_912,
  unacknowledged: 16_384,
  seconds: 30,
};

/** What a waiting segment is taken to cost beside its octets: object, array and its place in the list. */
export const SEGMENT_OVERHEAD = 256;
