import { constants, createZstdCompress, type ZstdCompress } from 'node:zlib';
import { NetworkSet, nonGlobalNetworks } from '../../core/packet/networkSet.ts';
import { dns } from '../../core/records/dns.ts';
import { jsonLine } from '../../core/records/jsonLine.ts';
import { tsvLine } from '../../core/records/tsv.ts';
import { Pipeline } from '../../sensor/pipeline.ts';
import { ProtocolStage } from '../../sensor/protocolStage.ts';
import { DnsDigests } from '../../sensor/digest/dnsDigests.ts';
import { packDigest } from '../../sensor/digest/packedDigest.ts';
import type { DnsTraffic } from './dnsTraffic.ts';

const WINDOW = 10;
/** Octets of a message on the link besides its body: stream, number, kind and length, the frame's. */
const ENVELOPE = 48;

export interface DigestRun {
  rows: number;
  /** Octets of the rows' lines as JSON, and what `zstd -3` makes of them in that of Zeek's two forms that is smaller then. */
  lineOctets: number;
  zstdOctets: number;
  /** What the link carries: bodies, inflated sizes, octets with envelopes; those told at once, of all. */
  messages: { inflated: number; bytes: Uint8Array }[];
  shippedOctets: number;
  freshOctets: number;
}

/** Sends traffic through a sensor's pipeline; takes its rows of `dns.log`, and its digests as they are shipped. */
export async function runDigests(traffic: DnsTraffic, seconds: number, bytes: number): Promise<DigestRun> {
  const run: DigestRun = { rows: 0, lineOctets: 0, zstdOctets: 0, messages: [], shippedOctets: 0, freshOctets: 0 };
  const json = new Compressed();
  const tsv = new Compressed();
  const digests = new DnsDigests({
    tap: 'tap0',
    periodSeconds: 600,
    bytes,
    seeds: [11, 12, 13],
    give: (sealed) => {
      for (const message of packDigest(sealed)) {
        if (message === undefined) throw new Error('a digest is too large for the link');
        run.messages.push(message);
        run.shippedOctets += message.bytes.length + ENVELOPE;
        if (sealed.period === undefined) run.freshOctets += message.bytes.length + ENVELOPE;
      }
    },
  });
  const stage = new ProtocolStage({
    sensor: 'test',
    wants: new Set(['dns']),
    emit: (log, row) => {
      if (log.path !== dns.path) return;
      run.rows++;
      json.lines += `${jsonLine(log, row)}\n`;
      tsv.lines += `${tsvLine(log, row)}\n`;
    },
    onDns: digests.subscriber,
  });
  const pipeline = new Pipeline({
    windowSeconds: WINDOW,
    live: false,
    flowSlots: 262_144,
    seed: new Uint32Array(20).fill(7),
    statistics: { exact: false, topCapacity: 1024, by: 'octets', local: new NetworkSet(nonGlobalNetworks) },
    worker: 0,
    workers: 1,
    checksums: false,
    recycle: true,
    ...stage.hooks,
    onWindow: ({ number }) => digests.window(number * WINDOW, (number + 1) * WINDOW),
  });
  stage.attach(pipeline);
  for (const batch of traffic.seconds(seconds)) {
    pipeline.process(batch);
    if (json.lines.length > 4 << 20) await Promise.all([json.flush(), tsv.flush()]);
  }
  pipeline.finish();
  digests.end();
  await Promise.all([json.end(), tsv.end()]);
  run.lineOctets = json.octets;
  run.zstdOctets = Math.min(json.compressed, tsv.compressed);
  return run;
}

/** Lines that `zstd -3` makes small. */
class Compressed {
  lines = '';
  octets = 0;
  compressed = 0;
  readonly #zstd: ZstdCompress = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 3 } });
  readonly #ended: Promise<void>;

  constructor() {
    this.#ended = new Promise((resolve, reject) => this.#zstd.on('end', resolve).on('error', reject));
    this.#zstd.on('data', (chunk: Uint8Array) => (this.compressed += chunk.length));
  }

  async flush(): Promise<void> {
    const chunk = Buffer.from(this.lines);
    this.lines = '';
    this.octets += chunk.length;
    await new Promise<void>((resolve, reject) =>
      this.#zstd.write(chunk, (error) => (error ? reject(error) : resolve())),
    );
  }

  async end(): Promise<void> {
    await this.flush();
    this.#zstd.end();
    await this.#ended;
  }
}
