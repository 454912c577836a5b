import fc from 'fast-check';
import type { StreamBounds } from '../../sensor/flow/streams/bounds.ts';
import { StreamWire } from './streamWire.ts';

/** A stream by single octets: the first at each place stays, what is acknowledged and did not come is a hole. */
class OctetStream {
  readonly told: (number | string)[] = [];
  readonly #octets = new Map<number, number>();
  #next = 0;

  segment(offset: number, payload: Uint8Array): void {
    payload.forEach((octet, i) => {
      if (offset + i >= this.#next && !this.#octets.has(offset + i)) this.#octets.set(offset + i, octet);
    });
    while (this.#octets.has(this.#next)) this.#tell();
  }

  acknowledge(to: number): void {
    while (this.#next < to || this.#octets.has(this.#next)) this.#tell();
  }

  #tell(): void {
    this.told.push(this.#octets.get(this.#next) ?? 'hole');
    this.#next++;
  }
}

/** What a log says, octet by octet, in the reference's terms. */
function octets(pieces: readonly (Uint8Array | number)[]): (number | string)[] {
  return pieces.flatMap((piece): (number | string)[] =>
    typeof piece === 'number' ? Array.from({ length: piece }, () => 'hole') : Array.from(piece),
  );
}

/** The octet that belongs at an offset, where contents agree. */
export function octetAt(offset: number): number {
  return (Math.imul(offset + 7, 0x9e37_79b1) >>> 24) & 0xff;
}

export function payloadAt(offset: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => octetAt(offset + i));
}

const MOST_OFFSET = 400;

const step = fc.record({
  isClient: fc.boolean(),
  offset: fc.nat(MOST_OFFSET),
  length: fc.nat(60),
  /** How much of the other side's octets is acknowledged, if anything new is. */
  acknowledged: fc.option(fc.nat(MOST_OFFSET), { freq: 3, nil: 0 }),
  salt: fc.nat(3),
});
const isn = fc.oneof(
  fc.constantFrom(0, 0xffff_ffff, 0xffff_ff80, 0x7fff_ffff, 0x7fff_ff00),
  fc.integer({ min: 0, max: 0xffff_ffff }),
);

export const anyExchange = fc.record({
  client: isn,
  server: isn,
  steps: fc.array(step, { minLength: 1, maxLength: 60 }),
});
export type Exchange = typeof anyExchange extends fc.Arbitrary<infer T> ? T : never;

/** Opens a connection whose data begin after these initial sequence numbers. */
export function openConnection(wire: StreamWire, client: number, server: number): void {
  wire.send({ time: 1, isClient: true, flags: 'S', sequence: client });
  wire.send({ time: 1, isClient: false, flags: 'SA', sequence: server, acknowledgement: client + 1 });
  wire.send({ time: 1, isClient: true, flags: 'A', sequence: client + 1, acknowledgement: server + 1 });
}

/** Plays segments that overlap, contradict each other and acknowledge what was not seen: `[ours, reference's]` a side. */
export function playExchange({ client, server, steps }: Exchange): {
  wire: StreamWire;
  ours: (number | string)[][];
  reference: (number | string)[][];
} {
  const wire = new StreamWire({ unacknowledged: 1_000_000 });
  const streams = { client: new OctetStream(), server: new OctetStream() };
  openConnection(wire, client, server);
  let hasData = false;
  const acknowledged = { client: 0, server: 0 };
  for (const { isClient, offset, length, acknowledged: to, salt } of steps) {
    const payload = payloadAt(offset, length).map((octet) => (salt === 3 ? octet ^ 0x55 : octet));
    const [own, other] = isClient ? (['client', 'server'] as const) : (['server', 'client'] as const);
    const [ownStart, otherStart] = isClient ? [client, server] : [server, client];
    // Acknowledgements go on, or are old; what is acknowledged before any payload is no stream's yet.
    hasData ||= length > 0;
    const ack = hasData ? Math.max(acknowledged[other], to ?? 0) : 0;
    acknowledged[other] = ack;
    wire.send({
      time: 2,
      isClient,
      flags: 'A',
      sequence: ownStart + 1 + offset,
      acknowledgement: otherStart + 1 + ack,
      payload,
    });
    streams[other].acknowledge(ack);
    streams[own].segment(offset, payload);
  }
  const { log } = wire;
  return {
    wire,
    ours: [octets(log.orig), octets(log.resp)],
    reference: [streams.client.told, streams.server.told],
  };
}

export const anyTransfer = fc.record({
  start: isn,
  /** Lengths of the segments that the data are cut into. */
  lengths: fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 120 }),
  seed: fc.integer(),
  /** Chances in 100 that a segment is lost, sent twice, or delayed. */
  loss: fc.constantFrom(0, 0, 5, 30),
  copies: fc.constantFrom(0, 20),
  delay: fc.constantFrom(0, 10, 100),
  acknowledges: fc.boolean(),
  closes: fc.boolean(),
});
export type Transfer = typeof anyTransfer extends fc.Arbitrary<infer T> ? T : never;

/**
 * Sends one side's data, cut, shuffled, lost and doubled, over a wire with those bounds. `problem` names the first octet
 * that is not the one of its place; `most` is the most that was ever held.
 */
export function playTransfer(
  transfer: Transfer,
  bounds: Partial<StreamBounds> = {},
): { wire: StreamWire; total: number; lost: number; told: number; holes: number; most: number; problem: string } {
  const { start, lengths, seed, loss, copies, delay, acknowledges, closes } = transfer;
  const random = randomOf(seed);
  const wire = new StreamWire(bounds);
  openConnection(wire, start, 77);
  let offset = 0;
  let lost = 0;
  const segments: { offset: number; length: number; at: number }[] = [];
  lengths.forEach((length, i) => {
    if (random() * 100 < loss) lost += length;
    else {
      for (let n = random() * 100 < copies ? 2 : 1; n > 0; n--) {
        segments.push({ offset, length, at: i + (random() * 100 < delay ? random() * 12 : 0) });
      }
    }
    offset += length;
  });
  segments.sort((a, b) => a.at - b.at);
  let most = 0;
  for (const [n, segment] of segments.entries()) {
    const payload = payloadAt(segment.offset, segment.length);
    const sequence = start + 1 + segment.offset;
    wire.send({ time: 2 + n / 1000, isClient: true, flags: 'A', sequence, acknowledgement: 78, payload });
    most = Math.max(most, wire.streams.held.octets);
  }
  const past = start + 1 + offset;
  if (closes) wire.send({ time: 4, isClient: true, flags: 'FA', sequence: past, acknowledgement: 78 });
  // Nothing is a hole for sure before all is acknowledged.
  if (acknowledges) {
    wire.send({ time: 5, isClient: false, flags: 'A', sequence: 78, acknowledgement: past + (closes ? 1 : 0) });
  }
  let at = 0;
  let holes = 0;
  let problem = '';
  for (const piece of wire.log.orig) {
    if (typeof piece === 'number') {
      holes += piece;
      at += piece;
      continue;
    }
    piece.forEach((octet, i) => {
      if (octet !== octetAt(at + i) && problem === '') problem = `octet ${at + i}`;
    });
    at += piece.length;
  }
  return { wire, total: offset, lost, told: at, holes, most, problem };
}

function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b_3c6d) + 0x9e37_79b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 4_294_967_296;
  };
}
