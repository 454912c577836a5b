import { deflateRawSync } from 'node:zlib';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { WebSocket } from 'ws';
import { Refusal } from '../../core/sketch/refusal.ts';
import { coarsen } from '../../core/summary/coarsen.ts';
import { kindOf, kinds } from '../../core/summary/kinds.ts';
import { noLoss, type Section, type WindowPart } from '../../core/summary/part.ts';
import { decodeSection, encodeParameters, encodeSection, type SectionKind } from '../../core/summary/section.ts';
import { closeCodes } from '../../proto/link.ts';
import { decodeMessage, encodeMessage } from '../../proto/linkCodec.ts';
import type { LinkMessage } from '../../proto/linkMessages.ts';
import { encodePart } from '../../proto/partCodec.ts';
import { Random } from '../captures/random.ts';
import { mutate } from '../fuzz/mutator.ts';
import { part, start } from './linkBench.ts';

const most = 1 << 16;

/** Sections of every kind: empty ones, and those of a part with something in them. */
export function seedSections(): Section[] {
  const own = Object.values<SectionKind<unknown>>(kinds).map((kind) => {
    const parameters = kind.parameters.map(({ least }) => least);
    return encodeSection(kind, parameters, kind.empty(parameters), kind.keyed ? new Uint8Array(8) : undefined);
  });
  return [...own, ...part(start).sections];
}

/** Bytes near `seeds`: mutated, or now and then nothing but noise. */
export class Mutator {
  readonly random: Random;
  readonly #seeds: { bytes: Uint8Array; linkType: number }[];
  readonly #into = new Uint8Array(most + 256);

  constructor(seeds: readonly Uint8Array[], seed: number) {
    this.random = new Random(seed);
    this.#seeds = seeds.map((bytes) => ({ bytes, linkType: 0 }));
  }

  next(): Uint8Array {
    if (this.random.chance(0.02)) {
      return Uint8Array.from({ length: this.random.below(200) }, () => this.random.below(256));
    }
    if (this.random.chance(0.3)) {
      // One bit: most of these get far into a decoder.
      const bytes = this.random.pick(this.#seeds).bytes.slice();
      if (bytes.length > 0) bytes[this.random.below(bytes.length)]! ^= 1 << this.random.below(8);
      return bytes;
    }
    const length = mutate(this.random, this.random.pick(this.#seeds), this.#seeds, this.#into, 0, most);
    return this.#into.slice(0, length);
  }
}

/** Sections with mutated bodies, through every decoder and every merge. Answers how many were read and refused. */
export function fuzzSections(count: number, seed: number): { read: number; refused: number } {
  const sections = seedSections();
  const mutators = sections.map(({ body }, i) => new Mutator([body, ...sections.map((other) => other.body)], seed + i));
  const random = new Random(seed);
  let [read, refused] = [0, 0];
  for (let i = 0; i < count; i++) {
    const which = i % sections.length;
    const section = sections[which];
    const kind = section === undefined ? undefined : kindOf(section.kind);
    const mutator = mutators[which];
    if (section === undefined || kind === undefined || mutator === undefined) throw new Error('a kind went missing');
    const bad: Section = {
      ...section,
      version: random.chance(0.2) ? random.below(4) : section.version,
      parameters: random.chance(0.2)
        ? encodeParameters(kind.parameters.map(({ greatest }) => random.below(greatest + 1)))
        : section.parameters,
      body: random.chance(0.95) ? mutator.next() : new Uint8Array(0),
    };
    const value = decodeSection(kind, bad);
    const window = (sections: Section[]): WindowPart => ({ ...part(start), loss: noLoss, sections });
    const merged = coarsen([window([section]), window([bad]), window([bad])], start - (start % 60), 60);
    if (value instanceof Refusal) refused += 1;
    else {
      read += 1;
      // What was read can be written, and is read again.
      if (decodeSection(kind, { ...bad, version: kind.version, body: kind.encode(value) }) instanceof Refusal)
        throw new Error(`${kind.name}: what was read is refused when it is written again`);
    }
    if (merged instanceof Refusal && !(value instanceof Refusal))
      throw new Error(`${kind.name}: reads and does not merge: ${merged.toString()}`);
  }
  return { read, refused };
}

/** What hostile sensors did, and what became of it. */
export interface FuzzResult {
  sent: number;
  connections: number;
  /** Times that a link was closed, by code. */
  closed: Map<number, number>;
  /** Heap and buffers after a tenth and after all of it, in bytes. */
  tenth: number;
  all: number;
}

/** Sends `count` messages of hostile sensors to a manager's socket, and waits until each is dealt with. */
export async function fuzzLink(socket: string, count: number, seed: number): Promise<FuzzResult> {
  const random = new Random(seed);
  const stream = new Uint8Array(16).fill(0xbb);
  const hello: LinkMessage = {
    type: 'hello',
    versionMin: 1,
    versionMax: 2,
    site: 'evil',
    name: 'e',
    software: 'x',
    stream,
    replay: false,
  };
  const good = encodePart({ ...part(start), sections: seedSections() });
  const durable = (bytes: Uint8Array, inflated = 0, seq = 1 + random.below(1e9)): LinkMessage => ({
    type: 'durable',
    stream,
    seq,
    kind: random.chance(0.1) ? random.below(9) : 1,
    bytes,
    inflated,
  });
  const id = new Uint8Array(16).fill(3);
  const seeds = [
    hello,
    durable(good),
    durable(deflateRawSync(good), good.length),
    { type: 'response', id, state: 'part', code: '', bytes: new Uint8Array(9), index: 0 },
    { type: 'ack', stream, received: [{ first: 1, last: 5 }] },
    { type: 'welcome', version: 1, seed: id, received: [{ first: 1, last: 5 }], credit: { messages: 1, bytes: 1 } },
    { type: 'request', id, kind: 1, deadline: 1, bytes: new Uint8Array(9), have: 0 },
    { type: 'credit', messages: 5, bytes: 5 },
    { type: 'clockQuestion', asked: 5, offset: 1, uncertainty: 1 },
    { type: 'clockAnswer', asked: 5, received: 6, answered: 7 },
  ] satisfies LinkMessage[];
  const envelopes = new Mutator(
    seeds.map((message) => encodeMessage(message)),
    seed,
  );
  const parts = new Mutator([good, encodePart(part(start))], seed + 1);
  const deflated = new Mutator([deflateRawSync(good), deflateRawSync(encodePart(part(start)))], seed + 2);
  const zeros = deflateRawSync(new Uint8Array(64 << 20));
  const crowd = new Uint8Array(8 << 20);
  for (let i = 0; i < crowd.length; i += 2) crowd[i] = 0x4a;
  const sections = deflateRawSync(crowd);
  const next = (): Uint8Array => {
    const bytes = random.below(100);
    if (bytes < 30) return envelopes.next();
    if (bytes < 70) return encodeMessage(durable(parts.next()));
    if (bytes < 98) return encodeMessage(durable(deflated.next(), random.below(9 << 20)));
    // Bombs: 64 MiB in 64 KiB that say less, and 4 million sections in 8 KiB.
    if (random.chance(0.5)) return encodeMessage(durable(zeros, random.pick([1, 1000, 8 << 20, 64 << 20])));
    return encodeMessage(durable(sections, crowd.length));
  };
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const memory = async (): Promise<number> => {
    // What is closed natively (sockets, inflaters) is let go a turn later.
    collect();
    await new Promise<void>((resolve) => void setTimeout(resolve, 100));
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const result: FuzzResult = { sent: 0, connections: 0, closed: new Map(), tenth: 0, all: 0 };
  while (result.sent < count) {
    const link = new WebSocket(`ws+unix:${socket}:/link`, { perMessageDeflate: false });
    const open = new Promise<boolean>((resolve) => {
      link.once('open', () => resolve(true));
      link.once('close', () => resolve(false));
    });
    const closed = new Promise<number>((resolve) => link.once('close', resolve));
    link.on('error', () => undefined);
    link.on('message', (data: Buffer) => {
      const message = decodeMessage(data);
      if (message.type === 'fault') throw new Error(message.reason);
    });
    result.connections += 1;
    if (!(await open)) continue;
    // Now and then the very first message is the mutated one.
    if (random.chance(0.9)) link.send(encodeMessage(hello));
    while (result.sent < count && link.readyState === WebSocket.OPEN) {
      link.send(next());
      result.sent += 1;
      const pong = new Promise<void>((resolve) => void link.once('pong', () => resolve()));
      link.ping();
      await Promise.race([pong, closed]);
      if (result.tenth === 0 && result.sent >= count / 10) result.tenth = await memory();
    }
    if (link.readyState === WebSocket.OPEN) link.terminate();
    else {
      const code = await closed;
      result.closed.set(code, (result.closed.get(code) ?? 0) + 1);
    }
  }
  result.all = await memory();
  return result;
}

/** Codes that a faulty message may be answered with. */
export const refusalCodes: ReadonlySet<number> = new Set(
  [
    closeCodes.malformed,
    closeCodes.hello,
    closeCodes.limit,
    closeCodes.stream,
    closeCodes.version,
    closeCodes.credit,
  ].map(({ code }) => code),
);

/** Parts that must be faults, quickly and without memory. */
export function bombs(): Uint8Array[] {
  const crowd = new Uint8Array(8 << 20);
  for (let i = 0; i < crowd.length; i += 2) crowd[i] = 0x4a;
  const unknown = new Uint8Array(4 << 20).fill(0x78);
  return [crowd, unknown, new Uint8Array(1 << 20).fill(0x0b)];
}
