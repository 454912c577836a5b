import { setTimeout } from 'node:timers/promises';
import { sendTimed } from '../test/support/live.ts';
import { counter, createPair, namespacesMissing } from '../test/support/namespaces.ts';
import { liveTools, processorSeconds } from './liveTools.ts';
import type { LiveTool } from './liveTools.ts';
import type { Measurement } from './measurement.ts';
import { spread, spreadText } from './pairs.ts';
import type { Spread } from './pairs.ts';
import { tableText } from './tableText.ts';

const PACKETS = 2_000_000;
const BYTES = 100;
/** Flows of the traffic. */
const SENDERS = 300;
/** The issue asks for that much at least. */
const LEAST_RATE = 300_000;

interface Round {
  /** Packets that left the sending interface, and how many of them a second. */
  sent: number;
  rate: number;
  got: number;
  cpuSeconds: number;
}

export const liveBench: Measurement = {
  name: 'live',
  text: `capturing ${PACKETS} packets of ${BYTES} bytes, ${SENDERS} flows, on a veth pair at the generator's full speed`,
  async run(bench) {
    const missing = namespacesMissing();
    if (missing !== undefined) throw new Error(missing);
    const tools = liveTools();
    const rounds = new Map<LiveTool, Round[]>(tools.map((tool) => [tool, []]));
    const count = bench.pairs ?? 5;
    for (let i = 0; i < count; i++) {
      // Each begins in turn: the machine's speed drifts.
      for (let k = 0; k < tools.length; k++) {
        const tool = tools[(i + k) % tools.length]!;
        rounds.get(tool)!.push(await capture(tool));
      }
    }
    const ours = rounds.get(tools[0]!)!;
    const results = tools.map((tool) => {
      const own = rounds.get(tool)!;
      return {
        name: tool.name,
        cpuNanos: spread(own.map(nanosOf)),
        lostPercent: spread(own.map(({ sent, got }) => (1 - got / sent) * 100)),
        rate: spread(own.map(({ rate }) => rate)),
        ratio: spread(own.map((round, i) => nanosOf(ours[i]!) / nanosOf(round))),
        rounds: own,
      };
    });
    const row = ({ name, cpuNanos, lostPercent, rate, ratio }: (typeof results)[number]): string[] => [
      name,
      spreadText(cpuNanos, 0),
      spreadText(lostPercent, 3),
      spreadText(scaled(rate, 1e-3), 0),
      spreadText(ratio),
    ];
    const head = ['median (least - greatest)', 'CPU ns/packet', 'lost %', 'sent kpps', 'our CPU / its CPU'];
    bench.say(tableText(head, results.map(row)));
    const slowest = Math.min(...results.map(({ rate }) => rate.min));
    if (slowest < LEAST_RATE) bench.say(`the generator came to ${(slowest / 1000).toFixed(0)} kpps only`);
    return { packets: PACKETS, bytes: BYTES, flows: SENDERS, results };
  },
};

/** One run of one tool in namespaces of its own. What its start cost is left out. */
async function capture(tool: LiveTool): Promise<Round> {
  const pair = createPair('bench');
  try {
    const running = await tool.start(pair.b);
    let stopped = false;
    try {
      await settle(running.pid);
      const cpuBefore = processorSeconds(running.pid);
      const before = counter(pair.a, 'va', 'tx_packets');
      const pattern = `addresses:${SENDERS}`;
      const { seconds } = await sendTimed(pair.a, { interface: 'va', count: PACKETS, size: BYTES, pattern });
      const sent = counter(pair.a, 'va', 'tx_packets') - before;
      await settle(running.pid);
      const cpuSeconds = processorSeconds(running.pid) - cpuBefore;
      stopped = true;
      const got = await running.stop();
      return { sent, rate: sent / seconds, got, cpuSeconds };
    } finally {
      if (!stopped) await running.stop();
    }
  } finally {
    pair.remove();
  }
}

/** Waits until a process has nothing left to do. */
async function settle(pid: number): Promise<void> {
  for (let before = -1, quiet = 0; quiet < 3; await setTimeout(200)) {
    const now = processorSeconds(pid);
    quiet = now - before < 0.02 ? quiet + 1 : 0;
    before = now;
  }
}

function nanosOf({ cpuSeconds, got }: Round): number {
  return (cpuSeconds / got) * 1e9;
}

function scaled({ min, median, max }: Spread, factor: number): Spread {
  return { min: min * factor, median: median * factor, max: max * factor };
}
