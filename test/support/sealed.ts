import { WebSocket } from 'ws';
import { Intervals } from '../../proto/intervals.ts';
import { decodeMessage, encodeMessage } from '../../proto/linkCodec.ts';
import { systemClock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/log.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { Spool } from '../../sensor/link/spool.ts';

/**
 * The numbers of the parts that a stopped sensor has sealed and that its manager has not got. A part is sealed when it is
 * synced in the spool; the manager is asked as the sensor itself asks, by a hello.
 */
export async function sealedAndMissing(
  spoolDirectory: string,
  socket: string,
  sensor: { site: string; name: string },
): Promise<{ sealed: number; missing: number[] }> {
  const spool = new Spool(
    { directory: spoolDirectory, bytes: 1 << 30 },
    { log: silentLogger(), metrics: new Metrics(), clock: systemClock() },
  );
  await spool.open();
  const { stream, nextSeq } = spool;
  await spool.close();
  const link = new WebSocket(`ws+unix:${socket}:/link`, { perMessageDeflate: false });
  try {
    const received = await new Promise<Intervals>((resolve, reject) => {
      link.on('error', reject);
      link.on('close', (code, reason) => reject(new Error(`closed: ${code} ${reason.toString()}`)));
      link.on('message', (data: Buffer) => {
        const message = decodeMessage(data);
        if (message.type === 'welcome') resolve(new Intervals(message.received));
      });
      link.on('open', () =>
        link.send(
          encodeMessage({
            type: 'hello',
            versionMin: 1,
            versionMax: 1,
            ...sensor,
            software: 'test',
            stream,
            replay: false,
          }),
        ),
      );
    });
    const missing: number[] = [];
    for (let seq = received.nextMissing(1); seq < nextSeq; seq = received.nextMissing(seq + 1)) missing.push(seq);
    return { sealed: nextSeq - 1, missing };
  } finally {
    link.terminate();
  }
}
