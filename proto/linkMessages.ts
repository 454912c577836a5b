/** The messages of the link as plain values. What they mean stands in `picket.proto`. */

/** Sequence numbers from first to last, both included. */
export interface Interval {
  first: number;
  last: number;
}

export interface Hello {
  type: 'hello';
  versionMin: number;
  versionMax: number;
  site: string;
  name: string;
  software: string;
  stream: Uint8Array;
  replay: boolean;
}

export interface Welcome {
  type: 'welcome';
  version: number;
  seed: Uint8Array;
  received: Interval[];
  credit: { messages: number; bytes: number };
}

export interface Durable {
  type: 'durable';
  stream: Uint8Array;
  seq: number;
  kind: number;
  bytes: Uint8Array;
  /** Length of the body before it was deflated, or 0 when it is plain. */
  inflated: number;
}

export interface Ack {
  type: 'ack';
  stream: Uint8Array;
  received: Interval[];
}

export interface Request {
  type: 'request';
  id: Uint8Array;
  kind: number;
  deadline: number;
  bytes: Uint8Array;
  /** Pieces of the answer that the asker has already. */
  have: number;
}

export interface Response {
  type: 'response';
  id: Uint8Array;
  state: 'done' | 'part' | 'refused' | 'failed';
  code: string;
  bytes: Uint8Array;
  /** Number of this piece of the answer, from 0. */
  index: number;
}

export interface Credit {
  type: 'credit';
  messages: number;
  bytes: number;
}

/** Times are milliseconds since 1970 with fractions. */
export interface ClockQuestion {
  type: 'clockQuestion';
  asked: number;
  /** Seconds that the sensor's clock is ahead of the manager's as far as it knows, and how far that may be off: 0 = unknown. */
  offset: number;
  uncertainty: number;
}

export interface ClockAnswer {
  type: 'clockAnswer';
  asked: number;
  received: number;
  answered: number;
}

export type LinkMessage = Hello | Welcome | Durable | Ack | Request | Response | Credit | ClockQuestion | ClockAnswer;

/** Bytes that are no message, and why. A verdict, not an exception. */
export interface LinkFault {
  type: 'fault';
  reason: string;
}
