import { ipv4 } from '../../core/packet/build/ipv4.ts';
import { tcp } from '../../core/packet/build/transport.ts';
import { Decoder } from '../../core/packet/decoder.ts';
import { FlowClock } from '../../sensor/flow/clock.ts';
import { Flows } from '../../sensor/flow/flows.ts';
import type { StreamBounds } from '../../sensor/flow/streams/bounds.ts';
import type { StreamSink } from '../../sensor/flow/streams/streamSink.ts';
import { Streams } from '../../sensor/flow/streams/streams.ts';

const flagBits: Record<string, number> = { F: 1, S: 2, R: 4, P: 8, A: 16 };

export interface WireSegment {
  /** Seconds. */
  time: number;
  isClient: boolean;
  /** Letters of `FSRPA`. */
  flags: string;
  sequence: number;
  acknowledgement?: number;
  payload?: Uint8Array;
  /** Octets of the payload that were not captured. */
  cut?: number;
  /** The client's port: names the connection. */
  port?: number;
  client?: string;
}

/** What a stream told: `data` and `gap` in order, the originator's and the responder's apart. */
export class StreamLog implements StreamSink {
  readonly orig: (Uint8Array | number)[] = [];
  readonly resp: (Uint8Array | number)[] = [];
  readonly ends: boolean[] = [];
  /** Called with each piece, before it is noted. */
  onData: (() => void) | undefined;

  data(isOrig: boolean, bytes: Uint8Array, from: number, to: number): void {
    this.onData?.();
    (isOrig ? this.orig : this.resp).push(bytes.slice(from, to));
  }

  gap(isOrig: boolean, length: number): void {
    (isOrig ? this.orig : this.resp).push(length);
  }

  endOfData(isOrig: boolean): void {
    this.ends.push(isOrig);
  }

  finish(): void {
    throw new Error('streams never finish a sink');
  }

  /** The pieces of a side as text, holes as `[length]`. */
  text(isOrig: boolean): string {
    return (isOrig ? this.orig : this.resp)
      .map((piece) => (typeof piece === 'number' ? `[${piece}]` : Buffer.from(piece).toString('latin1')))
      .join('');
  }
}

/** TCP segments, through decoder and flow table to `Streams`; one log a flow. */
export class StreamWire {
  readonly flows: Flows;
  readonly streams: Streams;
  /** Logs of the flows in the order in which they began. */
  readonly logs: StreamLog[] = [];
  readonly #bySlot = new Map<number, StreamLog>();
  readonly #clock = new FlowClock();
  readonly #decoder = new Decoder();

  constructor(bounds: Partial<StreamBounds> = {}, capacity = 1024) {
    const seed = Uint32Array.from({ length: 20 }, (_, i) => Math.imul(i + 1, 0x9e3779b1));
    this.flows = new Flows(capacity, seed, this.#clock, {
      feed: () => undefined,
      ended: (slot) => {
        this.streams.end(slot, this.#clock.now[0]!, this.#logOf(slot));
        this.#bySlot.delete(slot);
      },
    });
    this.streams = new Streams(this.flows, bounds);
  }

  send(segment: WireSegment): this {
    const { isClient, time, port = 40_000, client = '192.0.2.9' } = segment;
    const server = '198.51.100.1';
    const header = {
      sourcePort: isClient ? port : 80,
      destinationPort: isClient ? 80 : port,
      flags: segment.flags.split('').reduce((bits, flag) => bits | flagBits[flag]!, 0),
      sequence: segment.sequence >>> 0,
      acknowledgement: (segment.acknowledgement ?? 0) >>> 0,
    };
    const addresses = { source: isClient ? client : server, destination: isClient ? server : client, protocol: 6 };
    const packet = ipv4(addresses, tcp(header, segment.payload));
    const seconds = Math.floor(time);
    const nanos = Math.round((time - seconds) * 1e9);
    this.#clock.advance(seconds, nanos);
    const { flows } = this;
    flows.frame.seconds[0] = seconds;
    flows.frame.nanos = nanos;
    flows.frame.octets = packet.length + 14;
    this.#decoder.decodeDatagram(packet, new DataView(packet.buffer), packet.length);
    const { fields } = this.#decoder;
    fields.payloadCaptured -= segment.cut ?? 0;
    flows.packet(fields);
    this.streams.packet(flows.slot, fields, flows.table.direction, time, this.#logOf(flows.slot));
    return this;
  }

  /** The flow's end by time: all flows are over. */
  end(): this {
    this.flows.table.flush();
    return this;
  }

  get log(): StreamLog {
    return this.logs[0] ?? new StreamLog();
  }

  #logOf(slot: number): StreamLog {
    let log = this.#bySlot.get(slot);
    if (log === undefined) {
      log = new StreamLog();
      this.#bySlot.set(slot, log);
      this.logs.push(log);
    }
    return log;
  }
}
