/**
 * Takes the data of both directions of a stream, in order, each octet once. `bytes[from .. to)` is borrowed: keep copies.
 * Times are seconds with fraction, of the packet that let the octets go.
 */
export interface StreamSink {
  data(isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number): void;
  /** Octets that never came and are given up. */
  gap(isOrig: boolean, length: number, time: number): void;
  /** No more comes from that side: FIN or RST, once all before it was told. May not come at all. */
  endOfData(isOrig: boolean, time: number): void;
  /** Either side reset the connection; octets may come all the same. */
  reset?(time: number): void;
  /** The flow is over: what waits is handed out. Called once, last. */
  finish(time: number): void;
}
