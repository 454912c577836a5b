import { plain } from './protobufRuntime.ts';
import { picket } from './gen/picket.js';
import { isName, linkLimits } from './link.ts';
import { countFields } from './wireScan.ts';
import type { Hello, Interval, LinkFault, LinkMessage, Response } from './linkMessages.ts';

/** What has fields: the body, a welcome's intervals and credit, an acknowledgement's intervals. Each interval has two. */
const isMessage = (field: number, inside: number): boolean =>
  inside === 0 || (inside === 2 && (field === 3 || field === 4)) || (inside === 4 && field === 2);
const mostFields = 3 * linkLimits.intervals + 64;

const states = ['done', 'part', 'refused', 'failed'] as const;

/** A message as the bytes of one WebSocket message. The answer's memory is its own. */
export function encodeMessage(message: LinkMessage): Uint8Array<ArrayBuffer> {
  const body =
    message.type === 'response'
      ? { response: { ...message, state: states.indexOf(message.state) + 1 } }
      : { [message.type]: message };
  return ownBytes(picket.Envelope.encode(body).finish());
}

/**
 * Reads one message of the other side. Every number, name and count is checked against `linkLimits`; what does not fit
 * is a fault with its reason. Byte fields share the memory of `bytes`: copy those that outlive it.
 */
export function decodeMessage(bytes: Uint8Array): LinkMessage | LinkFault {
  if (countFields(bytes, mostFields, isMessage) === Infinity) return fault('not an envelope, or too many fields');
  let envelope: picket.Envelope;
  try {
    envelope = picket.Envelope.decode(bytes);
  } catch (error) {
    return fault(error instanceof Error ? error.message : 'not an envelope');
  }
  switch (envelope.body) {
    case 'hello':
      return readHello(new picket.Hello(envelope.hello ?? {}));
    case 'welcome': {
      const { version, seed, received, credit } = new picket.Welcome(envelope.welcome ?? {});
      const intervals = readIntervals(received);
      const messages = credit?.messages ?? 0;
      const creditBytes = credit?.bytes ?? 0;
      if (typeof intervals === 'string') return fault(intervals);
      if (seed.length !== linkLimits.seed) return fault('seed has not 16 bytes');
      if (!isCount(messages) || !isCount(creditBytes)) return fault('credit out of range');
      return {
        type: 'welcome',
        version,
        seed: plain(seed),
        received: intervals,
        credit: { messages, bytes: creditBytes },
      };
    }
    case 'durable': {
      const { stream, seq, kind, bytes: body, inflated } = new picket.Durable(envelope.durable ?? {});
      if (stream.length !== linkLimits.stream) return fault('stream has not 16 bytes');
      if (!isCount(seq) || seq === 0) return fault('sequence number out of range');
      if (body.length > linkLimits.body) return fault('body too large');
      if (!isCount(inflated) || inflated > linkLimits.inflated) return fault('inflated body too large');
      return { type: 'durable', stream: plain(stream), seq, kind, bytes: plain(body), inflated };
    }
    case 'ack': {
      const { stream, received } = new picket.Ack(envelope.ack ?? {});
      const intervals = readIntervals(received);
      if (typeof intervals === 'string') return fault(intervals);
      if (stream.length !== linkLimits.stream) return fault('stream has not 16 bytes');
      return { type: 'ack', stream: plain(stream), received: intervals };
    }
    case 'request': {
      const { id, kind, deadline, bytes: body, have } = new picket.Request(envelope.request ?? {});
      if (id.length === 0 || id.length > linkLimits.id) return fault('request without a fit id');
      if (!isCount(deadline)) return fault('deadline out of range');
      if (body.length > linkLimits.body) return fault('body too large');
      return { type: 'request', id: plain(id), kind, deadline, bytes: plain(body), have };
    }
    case 'response': {
      const { id, state, code, bytes: body, index } = new picket.Response(envelope.response ?? {});
      const known: Response['state'] | undefined = states[state - 1];
      if (id.length === 0 || id.length > linkLimits.id || known === undefined) return fault('response unfit');
      if (code.length > linkLimits.name) return fault('code too long');
      if (body.length > linkLimits.body) return fault('body too large');
      return { type: 'response', id: plain(id), state: known, code, bytes: plain(body), index };
    }
    case 'credit': {
      const { messages, bytes: creditBytes } = new picket.Credit(envelope.credit ?? {});
      if (!isCount(messages) || !isCount(creditBytes)) return fault('credit out of range');
      return { type: 'credit', messages, bytes: creditBytes };
    }
    case 'clockQuestion': {
      const { asked, offset, uncertainty } = new picket.ClockQuestion(envelope.clockQuestion ?? {});
      if (!isTime(asked) || !isTime(offset) || !isTime(uncertainty) || uncertainty < 0)
        return fault('time out of range');
      return { type: 'clockQuestion', asked, offset, uncertainty };
    }
    case 'clockAnswer': {
      const { asked, received, answered } = new picket.ClockAnswer(envelope.clockAnswer ?? {});
      if (!isTime(asked) || !isTime(received) || !isTime(answered)) return fault('time out of range');
      return { type: 'clockAnswer', asked, received, answered };
    }
    default:
      return fault('envelope without a known body');
  }
}

function readHello(hello: picket.Hello): Hello | LinkFault {
  const { versionMin, versionMax, site, name, software, stream, replay } = hello;
  if (!isName(site)) return fault('hello without a fit site');
  if (!isName(name)) return fault('hello without a fit name');
  if (software.length > linkLimits.name) return fault('release too long');
  if (stream.length !== linkLimits.stream) return fault('stream has not 16 bytes');
  if (versionMin < 1 || versionMax < versionMin) return fault('versions out of order');
  return { type: 'hello', versionMin, versionMax, site, name, software, stream: plain(stream), replay };
}

function readIntervals(list: readonly picket.Interval.$Properties[]): Interval[] | string {
  if (list.length > linkLimits.intervals) return 'too many intervals';
  const intervals: Interval[] = [];
  for (const { first = 0, last = 0 } of list) {
    if (!isCount(first) || !isCount(last) || last < first) return 'interval out of range';
    intervals.push({ first, last });
  }
  return intervals;
}

/** Whether a number read from the wire is a whole one from 0 to 2^53 - 1. */
function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Whether a number of the wire can be a time: milliseconds or seconds, with fractions. */
function isTime(value: number): boolean {
  return Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

function fault(reason: string): LinkFault {
  return { type: 'fault', reason };
}

/** protobufjs takes its buffers out of a shared pool; these are only for us. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
