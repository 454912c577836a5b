/**
 * The seam between flows and application protocols: what a protocol declares, what an analyser of one flow is told, and
 * what it may do to the flow. Rows leave by `emit`, declared in `core/records/`.
 */
import type { Log, Row } from '../../core/records/record.ts';
import type { StreamSink } from '../flow/streams/streamSink.ts';

export type { StreamSink } from '../flow/streams/streamSink.ts';

/** What identifies a flow in its rows. */
export interface FlowId {
  readonly uid: string;
  readonly 'id.orig_h': string;
  readonly 'id.orig_p': number;
  readonly 'id.resp_h': string;
  readonly 'id.resp_p': number;
}

/** DNS over TLS, over HTTPS, over QUIC. */
export type EncryptedDns = 'dot' | 'doh' | 'doq';

/** Takes rows of any log. `row` fits `log`; it is not changed afterwards. */
export type Emit = (log: Log, row: Row & { readonly ts: number }) => void;

/** A flow as its analysers see it: one object from its first payload to its end. */
export interface ProtocolFlow {
  /** The flow table's slot; names the flow until it is over. */
  readonly slot: number;
  readonly transport: 'tcp' | 'udp';
  /** TCP that was picked up in the middle: Zeek's HTTP, TLS and SSH analysers leave such a stream alone. */
  readonly isPartial: boolean;
  /** The protocol was confirmed, maybe to an analyser before this one that went while it had nothing to wait for. */
  readonly isConfirmed?: boolean;
  /** By the roles as they are now: read it when a row is made. Made once, and anew after `turnRound`. */
  readonly id: FlowId;
  readonly isOrigLocal: boolean;
  readonly isRespLocal: boolean;
  /** An end's port, by the roles as they are now: of `id`, without making it. */
  port(isOrig: boolean): number;
  /** An end's address, copied as four words (`core/packet/address.ts`) to `words[at ..]`: of `id`, without making it. */
  address(isOrig: boolean, words: Uint32Array, at: number): void;
  /** Payload octets of both directions so far, as packets announce them: what `orig_bytes` and `resp_bytes` would say. */
  payload?(): number;
  readonly emit: Emit;
  /** The flow does speak that protocol: its name joins `service`. */
  confirm(service: string): void;
  /** Questions of DNS go through it that nobody can read: by `dot`, `doh` or `doq`. */
  hidesDns(kind: EncryptedDns): void;
  /** After all it does not: its name leaves `service`. */
  retract(service: string): void;
  /** What was taken for the protocol is none of it: `X` in the history, once a flow. The analyser says itself that it is done. */
  violation(): void;
  /** Originator and responder are the other way round; false where they can't be (a group). Directions told later follow. */
  turnRound(): boolean;
  /** A row of `weird.log`, under Zeek's name where it has one. Once a name and flow. */
  weird(name: string, addl?: string): void;
  /**
   * TCP: what goes on in this stream after a CONNECT or STARTTLS, looked at as a new stream of this flow (same id), with
   * protocols found by content. Feed it what comes from here on.
   */
  inner(): StreamSink;
}

/** An analyser of one TCP flow. */
export interface StreamAnalyser extends StreamSink {
  /** It wants nothing more: `finish` is called and it is let go. */
  readonly isDone: boolean;
  /**
   * It is the protocol beyond doubt, though `service` wants more of it. While neither this nor `confirm` says so, it is
   * given `MOST_UNSURE` octets a direction and then let go.
   */
  readonly isSure?: boolean;
  /** Octets of memory that it keeps beside itself, about: what it waits with. The stage bounds those of all flows. */
  readonly held?: number;
}

/** An analyser of one UDP flow. */
export interface DatagramAnalyser {
  /** As of `StreamAnalyser`. */
  readonly isDone: boolean;
  readonly isSure?: boolean;
  /** Octets that it has looked at, where it keeps account of that itself; absent = all that it was given. */
  readonly looked?: number;
  /** As of `StreamAnalyser`. */
  readonly held?: number;
  /** It knows nothing that another one made for the next datagram would not: it may go when room is needed. */
  readonly isIdle?: boolean;
  datagram(isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number): void;
  finish(time: number): void;
}

/** What the start of a stream (or a datagram) says of a protocol. */
export const Sign = {
  /** It is not. */
  NO: 0,
  /** More is needed to tell. */
  MORE: 1,
  /** It looks like it. */
  YES: 2,
} as const;
export type Sign = (typeof Sign)[keyof typeof Sign];

interface ProtocolBase {
  /** As counters and documents call it. */
  readonly name: string;
  /** Responder's ports at which it is expected: there it is tried with the first payload. */
  readonly ports: ReadonlySet<number>;
  /** Told the time of each packet of the tap, before the packet: for what waits beside its flows. */
  readonly tick?: (time: number) => void;
}

/** Connections that others have announced. */
export interface Expected {
  /** Those that are waited for. */
  readonly size: number;
  /** Whether that is one, by its responder; then it is waited for no longer. */
  take(words: Uint32Array, port: number, time: number): boolean;
}

/** A protocol over TCP. */
export interface StreamProtocol extends ProtocolBase {
  readonly transport: 'tcp';
  /**
   * By content, on any port: looks at `bytes[0 .. length)`, the first octets of a direction (up to `LOOKED` of them).
   * Pure. Where it is absent, only ports tell. Both directions must say yes, unless `oneSided`.
   */
  recognise?(isOrig: boolean, bytes: Uint8Array, length: number): Sign;
  /** Connections that are of it, though neither port nor content says so. */
  readonly expected?: Expected;
  /** The side whose yes alone is enough; absent = both are needed. */
  readonly oneSided?: 'orig' | 'resp' | 'either';
  create(flow: ProtocolFlow): StreamAnalyser;
}

/** A protocol over UDP. */
export interface DatagramProtocol extends ProtocolBase {
  readonly transport: 'udp';
  /** By content: looks at a whole datagram. Pure. A yes of either direction is enough. */
  recognise?(isOrig: boolean, bytes: Uint8Array, from: number, to: number): Sign;
  create(flow: ProtocolFlow): DatagramAnalyser;
}

export type Protocol = StreamProtocol | DatagramProtocol;

/** Octets a flow and direction that recognition by content may look at, and that wait for it. */
export const LOOKED = 4096;
/** Octets a flow and direction that an analyser is given before it is sure. */
export const MOST_UNSURE = 8192 - LOOKED;
