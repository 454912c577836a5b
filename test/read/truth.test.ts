import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ethernet } from '../../core/packet/build/ethernet.ts';
import { ipv4 } from '../../core/packet/build/ipv4.ts';
import { udp } from '../../core/packet/build/transport.ts';
import type { ReadReport } from '../../sensor/read/report.ts';
import { toPcap } from '../captures/captureBytes.ts';
import { makeMixedCapture } from '../captures/mixed.ts';
import { Random } from '../captures/random.ts';
import { expectInvariants } from './invariants.ts';
import { countNaively, type Count, type NaiveCounts } from './naiveCounts.ts';
import { packet, START } from './oddParts.ts';
import { read, temporaryFile } from './reading.ts';

const lists = ['hosts', 'sources', 'destinations', 'pairs'] as const;

function expectTruth(report: ReadReport, truth: NaiveCounts): void {
  expectInvariants(report);
  expect(report).toMatchObject({ packets: truth.packets, octets: truth.octets, tunnelled: truth.tunnelled });
  expect(report.fragments.seen).toBe(truth.fragments);
  for (const name of lists) {
    const { estimate, exact, lower, upper } = report.distinct[name];
    const there = truth[name].size;
    if (there <= 4096) expect({ name, estimate, exact }).toEqual({ name, estimate: there, exact: true });
    expect(lower <= there && there <= upper, `${name}: ${there} in ${lower} .. ${upper}`).toBe(true);
    expectList(name, report.top[name], truth[name]);
  }
}

/** The truth lies within each row's error, always; up to 1,024 keys the list is exact and whole. */
function expectList(name: string, rows: ReadReport['top']['hosts'], truth: Map<string, Count>): void {
  for (const { key, packets, octets, error } of rows) {
    const count = truth.get(key) ?? { packets: 0, octets: 0 };
    expect(Math.abs(count.packets - packets), `${name} ${key}`).toBeLessThanOrEqual(error.packets);
    expect(Math.abs(count.octets - octets), `${name} ${key}`).toBeLessThanOrEqual(error.octets);
    if (truth.size <= 1024) expect(error).toEqual({ packets: 0, octets: 0 });
  }
  if (truth.size <= 1024) expect(rows.length).toBe(truth.size);
}

test.each([1, 2, 3, 4, 5])('a mixed capture comes out as counted by hand, seed %i', async (seed) => {
  const file = temporaryFile(makeMixedCapture({ packets: 3000, flows: 100 * seed, seed }).pcap());
  const truth = countNaively(readFileSync(file));
  for (const by of ['octets', 'packets'] as const) expectTruth(await read([file], { by, windows: true }), truth);
});

test('distinct flows are the keys of packets with ports', async () => {
  // Without fragments, whose ports come from reassembly.
  const { packets } = makeMixedCapture({ packets: 3000, flows: 300, seed: 9 });
  const file = temporaryFile(toPcap(packets.filter((one) => countNaively(toPcap([one])).fragments === 0)));
  const truth = countNaively(readFileSync(file));
  const { distinct, fragments } = await read([file]);
  expect(fragments.seen).toBe(0);
  expect(distinct.flows).toMatchObject({ estimate: truth.flows.size, exact: true });
});

test.each([1024, 4096, 4097, 12_000])('%i hosts that send once', async (hosts) => {
  const random = new Random(hosts);
  const frames = Array.from({ length: hosts }, (_, i) => {
    const source = `10.${i >>> 14}.${(i >>> 7) & 127}.${i & 127}`;
    const body = new Uint8Array(random.below(400));
    return ethernet(
      {},
      ipv4({ source, destination: '192.0.2.1', protocol: 17 }, udp({ sourcePort: 1, destinationPort: 2 }, body)),
    );
  });
  const file = temporaryFile(toPcap(frames.map((bytes, i) => packet(bytes, START, i))));
  const report = await read([file]);
  expectTruth(report, countNaively(readFileSync(file)));
  expect(report.distinct.sources.exact).toBe(hosts <= 4096);
  expect(report.top.destinations).toMatchObject([{ key: '192.0.2.1', packets: hosts, error: { packets: 0 } }]);
});
