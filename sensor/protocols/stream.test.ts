import { expect, test } from 'vitest';
import { ProtocolCounters, type StageCounters } from './counters.ts';
import { LOOKED, MOST_UNSURE, Sign, type StreamAnalyser, type StreamProtocol } from './protocol.ts';
import { FlowFindings, type ProtocolContext } from './flow.ts';
import { Stream } from './stream.ts';

/** A protocol whose client says HELLO and whose server says OLLEH; notes what it is told. */
function greeting(notes: string[], made: { isSure: boolean; isDone: boolean }): StreamProtocol {
  const starts = (word: string, bytes: Uint8Array, length: number): Sign => {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('latin1');
    if (text.startsWith(word)) return Sign.YES;
    return word.startsWith(text) ? Sign.MORE : Sign.NO;
  };
  return {
    name: 'greeting',
    transport: 'tcp',
    ports: new Set([7]),
    recognise: (isOrig, bytes, length) => starts(isOrig ? 'HELLO' : 'OLLEH', bytes, length),
    create: (): StreamAnalyser => ({
      get isDone(): boolean {
        return made.isDone;
      },
      get isSure(): boolean {
        return made.isSure;
      },
      data: (isOrig, bytes, from, to, time) =>
        notes.push(`${isOrig ? '>' : '<'}${Buffer.from(bytes.subarray(from, to)).toString('latin1')}@${time}`),
      gap: (isOrig, length) => notes.push(`${isOrig ? '>' : '<'}gap ${length}`),
      endOfData: (isOrig) => notes.push(`${isOrig ? '>' : '<'}end`),
      finish: () => notes.push('finish'),
    }),
  };
}

function setUp(expected: boolean): {
  notes: string[];
  made: { isSure: boolean; isDone: boolean };
  counters: ProtocolCounters;
  stage: StageCounters;
  stream: Stream;
} {
  const notes: string[] = [];
  const made = { isSure: false, isDone: false };
  const protocol = greeting(notes, made);
  const counters = new ProtocolCounters();
  const stage = {
    protocols: new Map(),
    looks: 0,
    lookedOctets: 0,
    leftFlows: 0,
    leftPackets: 0,
    shedFlows: 0,
    heldOctets: 0,
  };
  const context = {
    counters: stage,
    recognisedBut: () => [protocol],
    countersOf: () => counters,
    view: () => ({ isConfirmed: false }),
  } as unknown as ProtocolContext;
  return {
    notes,
    made,
    counters,
    stage,
    stream: new Stream(context, 0, new FlowFindings(), expected ? [protocol] : []),
  };
}

const octets = (text: string): Uint8Array => Buffer.from(text, 'latin1');

function say(stream: Stream, isOrig: boolean, text: string, time: number): void {
  const bytes = octets(`__${text}__`);
  stream.data(isOrig, bytes, 2, bytes.length - 2, time);
}

test('what content shows gets all octets from the start, in the order in which they came', () => {
  const { notes, stream, counters } = setUp(false);
  say(stream, true, 'HEL', 1);
  say(stream, true, 'LO you', 2);
  expect(notes).toEqual([]);
  say(stream, false, 'OLLEH', 3);
  say(stream, true, '!', 4);
  stream.endOfData(true, 5);
  stream.finish(6);
  expect(notes).toEqual(['>HEL@1', '>LO you@2', '<OLLEH@3', '>!@4', '>end', 'finish']);
  expect(counters).toMatchObject({ created: 1, entered: 4, octets: 15 });
});

test('what content rules out is left at once', () => {
  const { notes, stream, stage } = setUp(false);
  say(stream, true, 'GOODBYE', 1);
  expect(stream.isLeft).toBe(true);
  expect(stage.looks).toBe(1);
  stream.finish(2);
  expect(notes).toEqual([]);
});

test('a gap before the protocol is shown rules it out', () => {
  const { stream } = setUp(false);
  say(stream, true, 'HEL', 1);
  stream.gap(true, 2, 2);
  expect(stream.isLeft).toBe(true);
});

test('an expected protocol is given what comes, until it has had enough without being sure', () => {
  const { notes, stream, counters } = setUp(true);
  say(stream, true, 'x'.repeat(MOST_UNSURE - 1), 1);
  expect(stream.isLeft).toBe(false);
  say(stream, true, 'yz', 2);
  expect(notes.at(-2)).toBe('>y@2');
  expect(notes.at(-1)).toBe('finish');
  expect(stream.isLeft).toBe(true);
  expect(counters).toMatchObject({ octets: MOST_UNSURE, unsure: 1 });
});

test('one that is sure is given everything', () => {
  const { made, stream, counters } = setUp(true);
  made.isSure = true;
  for (let n = 0; n < 5; n++) say(stream, true, 'x'.repeat(MOST_UNSURE), n);
  expect(counters.octets).toBe(5 * MOST_UNSURE);
});

test('one that is done is let go', () => {
  const { made, notes, stream } = setUp(true);
  say(stream, true, 'a', 1);
  made.isDone = true;
  say(stream, true, 'b', 2);
  expect(notes).toEqual(['>a@1', 'finish']);
  expect(stream.isLeft).toBe(true);
});

test('octets beyond what recognition keeps are told as a gap to what is found late', () => {
  const { notes, made, stream, stage } = setUp(false);
  made.isSure = true;
  say(stream, true, `HELLO${'x'.repeat(LOOKED - 5)}`, 1);
  say(stream, true, 'lost', 2);
  expect(stage.lookedOctets).toBe(LOOKED);
  say(stream, false, 'OLLEH', 3);
  expect(notes.map((note) => note.slice(0, 6))).toEqual(['>HELLO', '<OLLEH', '>gap 4']);
});
