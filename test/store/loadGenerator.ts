import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import { DurableKind, linkVersion, oldestLinkVersion } from '../../proto/link.ts';
import { decodeMessage, encodeMessage } from '../../proto/linkCodec.ts';

/** The body of a durable message. */
export interface Body {
  /** A part without it. */
  kind?: number;
  bytes: Uint8Array;
  inflated: number;
}

/**
 * A sensor that only sends: messages of parts, as many unacknowledged as the credit allows. Resolves when all are
 * acknowledged. `onAck` is told how many have been since the last time.
 */
export async function sendParts(
  socketPath: string,
  sensor: { site: string; name: string },
  bodies: Iterable<Body>,
  onAck: (messages: number) => void = () => undefined,
): Promise<void> {
  const socket = new WebSocket(`ws+unix:${socketPath}:/link`, { perMessageDeflate: false });
  const stream = new Uint8Array(randomBytes(16));
  const iterator = bodies[Symbol.iterator]();
  const done = Promise.withResolvers<void>();
  let credit = { messages: 0, bytes: 0 };
  const open = new Map<number, number>();
  let openBytes = 0;
  let seq = 0;
  let next = iterator.next();

  function fill(): void {
    while (next.done !== true) {
      const { bytes, inflated, kind = DurableKind.PART } = next.value;
      if (open.size >= credit.messages || (open.size > 0 && openBytes + bytes.length > credit.bytes)) return;
      seq += 1;
      open.set(seq, bytes.length);
      openBytes += bytes.length;
      socket.send(encodeMessage({ type: 'durable', stream, seq, kind, bytes, inflated }));
      next = iterator.next();
    }
    if (open.size === 0) done.resolve();
  }

  socket.on('open', () => {
    const versions = { versionMin: oldestLinkVersion, versionMax: linkVersion };
    socket.send(encodeMessage({ type: 'hello', ...versions, ...sensor, software: 'load', stream, replay: false }));
  });
  socket.on('message', (data: Buffer) => {
    const message = decodeMessage(data);
    if (message.type === 'welcome' || message.type === 'credit') {
      credit = message.type === 'welcome' ? message.credit : message;
      fill();
    }
    if (message.type !== 'ack') return;
    let acknowledged = 0;
    for (const { first, last } of message.received)
      for (let number = first; number <= last; number++) {
        const bytes = open.get(number);
        if (bytes === undefined) continue;
        open.delete(number);
        openBytes -= bytes;
        acknowledged += 1;
      }
    onAck(acknowledged);
    fill();
  });
  socket.on('close', (code, reason) => done.reject(new Error(`closed: ${code} ${reason.toString()}`)));
  socket.on('error', done.reject);
  try {
    await done.promise;
  } finally {
    socket.removeAllListeners('close');
    socket.close();
  }
}
