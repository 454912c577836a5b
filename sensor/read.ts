import { createHash } from 'node:crypto';
import type { PacketBatch } from '../core/packet/batch.ts';
import { registersOf } from '../core/summary/registers.ts';
import { resultOf } from '../core/summary/result.ts';
import type { Summary } from '../core/summary/summary.ts';
import { packageVersion } from '../runtime/packageVersion.ts';
import { FileSource, type FileProgress } from './capture/file/fileSource.ts';
import { createCaptureWriter, type CaptureWriter } from './capture/file/captureWriter.ts';
import type { PacketFilter } from './capture/filter.ts';
import type { CaptureLogs, LogsOptions } from './logs/captureLogs.ts';
import type { ProtocolStage } from './protocolStage.ts';
import { createFilter, createRun, type RunOptions } from './read/pipelineRun.ts';
import type { ReadReport } from './read/report.ts';
import { countersOf, windowReport, type RunWindows } from './read/runResult.ts';
import { SizeRun } from './read/sizeRun.ts';
import { WorkerRun } from './read/workerRun.ts';
import type { RunTimes } from './window/runTimes.ts';

export interface ReadOptions extends RunOptions {
  paths: readonly string[];
  /** Entries of each list. */
  top: number;
  workers: number;
  /** Name of the capture to write the packets to that were looked at; undefined = none. */
  write?: string;
  registers: boolean;
  /** Also logs; with one worker only. */
  logs?: Pick<LogsOptions, 'directory' | 'format' | 'fields' | 'now'>;
  /** Also what a sensor would ship of the capture. */
  explainSize?: boolean;
  /** Told now and then how far it is. */
  onProgress?: (progress: FileProgress, packets: number) => void;
}

/**
 * The sensor's pipeline over capture files: `picket read`. A damaged or unreadable file is an entry in the report's
 * `files`, not an error. Throws `filter.syntax`, and what goes wrong with the file that is written.
 */
export async function readCaptures(options: ReadOptions): Promise<ReadReport> {
  // An expression that no link type takes is told before anything is read.
  const writerFilter = await createFilter(options.filter);
  const source = new FileSource({ paths: options.paths });
  const writer = options.write === undefined ? undefined : createCaptureWriter(options.write, source);
  let logs: CaptureLogs | undefined;
  try {
    logs = await createLogs(options);
    const stage = await createStage(options, logs);
    const sizes = options.explainSize === true ? await SizeRun.create(runOptions(options)) : undefined;
    const run =
      options.workers > 1
        ? await runWorkers(source, options, { writer, sizes }, writerFilter)
        : await runHere(source, options, { writer, sizes }, stage);
    logs?.close();
    // A mistyped name must not put an empty capture in the place of a good one.
    if (options.write !== '-' && source.files.every(({ format }) => format === null)) writer?.discard();
    else writer?.close();
    return { ...report(source, run, options), ...(sizes === undefined ? {} : { partSizes: sizes.finish() }) };
  } catch (error) {
    writer?.discard();
    logs?.discard();
    throw error;
  } finally {
    source.close();
  }
}

interface Run {
  times: RunTimes;
  windows: RunWindows;
  total: Summary;
  refusals: readonly string[];
}

/** What is done with packets beside the report. */
interface Beside {
  writer: CaptureWriter | undefined;
  sizes: SizeRun | undefined;
}

async function runHere(
  source: FileSource,
  options: ReadOptions,
  { writer, sizes }: Beside,
  stage: ProtocolStage | undefined,
): Promise<Run> {
  const { pipeline, windows, filter, total } = await createRun(options, 0, 1, stage);
  await eachBatch(source, options, (batch) => {
    pipeline.process(batch);
    sizes?.process(batch);
    writeSelected(writer, filter, batch);
  });
  pipeline.finish();
  const refusals = filter?.refusals().map((refusal) => refusal.message) ?? [];
  return { times: pipeline.times, windows, total: total(), refusals };
}

async function runWorkers(
  source: FileSource,
  options: ReadOptions,
  { writer, sizes }: Beside,
  filter: PacketFilter | undefined,
): Promise<Run> {
  const run = new WorkerRun(runOptions(options), options.workers);
  await eachBatch(source, options, async (batch) => {
    await run.process(batch);
    sizes?.process(batch);
    writeSelected(writer, filter, batch);
  });
  const total = await run.finish();
  return { times: run.times, windows: run.windows, total, refusals: [...run.refusals] };
}

/** The logs that were asked for; their code is loaded for them only. */
async function createLogs({ logs }: ReadOptions): Promise<CaptureLogs | undefined> {
  if (logs === undefined) return undefined;
  const { CaptureLogs: Logs } = await import('./logs/captureLogs.ts');
  return new Logs(logs);
}

/** Application protocols whose rows are logged. */
async function createStage(
  { local, dnsPlaces }: ReadOptions,
  logs: CaptureLogs | undefined,
): Promise<ProtocolStage | undefined> {
  if (logs === undefined) return undefined;
  const { ProtocolStage: Stage } = await import('./protocolStage.ts');
  return new Stage({
    sensor: 'file',
    emit: logs.emit,
    ...(local === undefined ? {} : { local }),
    ...(dnsPlaces === undefined ? {} : { dnsPlaces }),
  });
}

/** What workers are told: the rest does not travel to threads. */
function runOptions(options: ReadOptions): RunOptions {
  const { filter, checksums, windows, windowSeconds, by, flowSlots, local, dnsPlaces } = options;
  return {
    filter,
    checksums,
    windows,
    windowSeconds,
    by,
    ...(flowSlots === undefined ? {} : { flowSlots }),
    ...(local === undefined ? {} : { local }),
    ...(dnsPlaces === undefined ? {} : { dnsPlaces }),
  };
}

async function eachBatch(
  source: FileSource,
  options: ReadOptions,
  take: (batch: PacketBatch) => void | Promise<void>,
): Promise<void> {
  let packets = 0;
  for (;;) {
    const next = source.next();
    const batch = next instanceof Promise ? await next : next;
    if (batch === 'end') return;
    packets += batch.count;
    const taken = take(batch);
    if (taken instanceof Promise) await taken;
    batch.release();
    options.onProgress?.(source.progress, packets);
  }
}

function writeSelected(writer: CaptureWriter | undefined, filter: PacketFilter | undefined, batch: PacketBatch): void {
  if (writer === undefined) return;
  for (let i = 0; i < batch.count; i++) {
    if (filter === undefined || filter.accept(batch, i)) writer.write(batch, i);
  }
}

function report(source: FileSource, run: Run, options: ReadOptions): ReadReport {
  const summary = run.total;
  const windows = Array.from(run.windows.list(), (window) => windowReport(window, options));
  return {
    version: packageVersion(),
    files: source.files,
    ...countersOf(summary, run.times),
    ...resultOf(summary, options.top, options.by),
    ...(options.windows ? { windows } : {}),
    ...(options.registers ? { registers: createHash('sha256').update(registersOf(summary)).digest('hex') } : {}),
    ...(run.refusals.length > 0 ? { filterRefusals: [...run.refusals] } : {}),
  };
}
