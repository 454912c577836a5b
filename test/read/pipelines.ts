import type { SampleItems } from '../../core/sketch/sample/flowSample.ts';
import { registersOf } from '../../core/summary/registers.ts';
import { Summary } from '../../core/summary/summary.ts';
import { FileSource } from '../../sensor/capture/file/fileSource.ts';
import { Double, SLOT_DOUBLES, SLOT_WORDS, StateBit, Word } from '../../sensor/flow/layout.ts';
import type { FlowTable } from '../../sensor/flow/table.ts';
import { Pipeline } from '../../sensor/pipeline.ts';
import { RunWindows } from '../../sensor/read/runResult.ts';
import { summaryOf } from '../../sensor/window/part.ts';

/** What several workers came to, put together. */
export interface PipelinesResult {
  /** Sorted by name. */
  counters: [string, number][];
  registers: Uint8Array;
  /** A line for each connection, sorted. */
  connections: string[];
  windows: { start: number; counters: [string, number][]; keyed: KeyedFacts | undefined }[];
}

/** What the keyed sections of a window say; nothing of a run without windows. */
interface KeyedFacts {
  points: Float64Array;
  threshold: number;
  sample: SampleItems;
}

const RATHER_MANY = 1 << 18;

/** Reads captures with `workers` pipelines side by side in this thread, each with its share, as capture workers would. */
export async function runPipelines(
  paths: readonly string[],
  workers: number,
  windowSeconds = 0,
): Promise<PipelinesResult> {
  const windows = new RunWindows();
  const connections: string[] = [];
  const pipelines = Array.from({ length: workers }, (_, worker) => {
    return new Pipeline({
      windowSeconds,
      live: false,
      flowSlots: RATHER_MANY,
      seed: Uint32Array.from({ length: 20 }, (__, i) => Math.imul(i + 1 + worker, 0x9e3779b1)),
      statistics: {
        exact: true,
        topCapacity: 4096,
        by: 'octets',
        ...(windowSeconds > 0 ? { keyed: { seed: new Uint8Array(16), windowSeconds } } : {}),
      },
      worker,
      workers,
      checksums: false,
      recycle: true,
      onConnection: (table, slot) => connections.push(connectionText(table, slot)),
      onWindow: (window) => windows.add(window.number * windowSeconds, summaryOf(window).toSections()),
    });
  });
  const source = new FileSource({ paths });
  for (;;) {
    const batch = await source.next();
    if (batch === 'end') break;
    for (const pipeline of pipelines) pipeline.process(batch);
    batch.release();
  }
  source.close();
  for (const pipeline of pipelines) pipeline.finish();
  const list = [...windows.list()].map(({ start, summary }) => ({
    start,
    // A datagram's fragments are told in the window in which it was found to be whole, or given up.
    counters: countersOf(summary).filter(([name]) => !name.startsWith('fragments.')),
    keyed: keyedOf(summary),
  }));
  const whole = Summary.fromSections([]) as Summary;
  for (const { summary } of windows.list()) whole.merge(summary);
  return {
    counters: countersOf(whole),
    registers: registersOf(whole),
    connections: connections.sort(),
    windows: list,
  };
}

function keyedOf({ keyed }: Summary): KeyedFacts | undefined {
  if (keyed === undefined) return undefined;
  const { pointOctets, flowSample } = keyed;
  return { points: pointOctets.counters, threshold: flowSample.threshold, sample: flowSample.items() };
}

function countersOf(summary: Summary): [string, number][] {
  return [...summary.values.counters.values].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Everything of a connection that does not depend on its place in the table. */
function connectionText(table: FlowTable, slot: number): string {
  const { u32, f64, u8 } = table;
  const word = slot * SLOT_WORDS;
  const double = slot * SLOT_DOUBLES;
  const key = [...u32.subarray(word, word + Word.KIND + 1)].map((value) => value.toString(16));
  const numbers = [];
  for (let place = Double.FIRST_SECONDS; place <= Double.PAYLOAD_B; place++) numbers.push(f64[double + place]!);
  const state = u32[word + Word.STATE]! & (StateBit.ORIG_B | StateBit.FLIPPED | StateBit.ESTABLISHED);
  const history = word * 4 + Word.HISTORY * 4;
  const length = u32[word + Word.HISTORY_LENGTH]! & 0xff;
  const nanos = [u32[word + Word.FIRST_NANOS]!, u32[word + Word.LAST_NANOS]!];
  const more = [u32[word + Word.RTT_MICROS]!, u32[word + Word.RETRANSMITS]!, u32[word + Word.LINKS]!];
  const letters = String.fromCharCode(...u8.subarray(history, history + Math.min(length, 32)));
  return [key.join(':'), ...numbers, ...nanos, state, ...more, letters].join(' ');
}
