import { parentPort, workerData } from 'node:worker_threads';
import { Refusal } from '../core/sketch/refusal.ts';
import { decodeHealth } from '../core/summary/health.ts';
import type { WindowPart } from '../core/summary/part.ts';
import { systemClock } from '../runtime/clock.ts';
import { AppError, describeError } from '../runtime/error.ts';
import { packDigest } from './digest/packedDigest.ts';
import { packPartHere } from './link/partBytes.ts';
import type { MergeCommand, MergeInput, MergeOrder, MergeReport } from './merge/mergeOrder.ts';
import { PartMaker } from './merge/partMaker.ts';
import { takeOver } from './merge/takeOver.ts';

/** How often it is looked for windows that have waited long enough. */
const TICK_MILLIS = 1000;

/** The merge thread: windows of all capture workers of a tap in, parts out. It waits for nobody but them. */
const parent = parentPort!;
const order = workerData as MergeOrder;
const { tap, windowSeconds, coin, ports } = order;
const maker = new PartMaker({ tap, windowSeconds, coin, workers: ports.length });
const clock = systemClock();
const seconds = (): number => clock.elapsed() / 1000;

function post(report: MergeReport): void {
  parent.postMessage(report);
}

/** Sends parts on, packed, with the windows that were dealt with. */
function give(made: readonly WindowPart[], windows: number): void {
  const parts = made.map((part) => packPartHere(part));
  if (order.live && windows > 0) {
    const onTheWay = new Int32Array(order.handedOver);
    Atomics.sub(onTheWay, 0, windows);
    Atomics.notify(onTheWay, 0);
  }
  if (parts.length > 0 || windows > 0) post({ type: 'parts', parts, windows: order.live ? 0 : windows });
}

function guarded(action: () => void): void {
  try {
    action();
  } catch (error) {
    post({ type: 'failed', message: describeError(error) });
    process.exitCode = 1;
    close();
  }
}

function addHealth({ body }: MergeCommand): void {
  const health = decodeHealth(body);
  if (health instanceof Refusal) throw new AppError('summary.refused', `health: ${String(health)}`);
  maker.addHealth(health);
}

const left = new Set(order.ports.keys());
const tick = setInterval(() => guarded(() => give(maker.tick(seconds()), 0)), TICK_MILLIS);

function end(worker: number): void {
  if (!left.delete(worker)) return;
  give(maker.end(worker), 0);
  if (left.size > 0) return;
  give(maker.finish(), 0);
  post({ type: 'end' });
  close();
}

/** Lets the thread end. */
function close(): void {
  clearInterval(tick);
  for (const port of order.ports) port.close();
  parent.close();
}

parent.on('message', (command: MergeCommand) => guarded(() => addHealth(command)));
for (const [worker, port] of order.ports.entries()) {
  port.on('message', (input: MergeInput) =>
    guarded(() => {
      if (input.type === 'end') end(worker);
      else if (input.type === 'digest') post({ type: 'parts', parts: packDigest(input.sealed), windows: 0 });
      else give(maker.add(takeOver(input.window), seconds()), 1);
    }),
  );
  // Also of a worker that died: what it gave before has been taken.
  port.on('close', () => guarded(() => end(worker)));
}
