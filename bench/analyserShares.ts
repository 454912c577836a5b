import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { timeProcess } from './processTime.ts';

/** The parts of V8's profile that are needed. */
interface Profile {
  nodes: { id: number; callFrame: { url: string } }[];
  samples: number[];
  timeDeltas: number[];
}

/** Groups of sources, the first that fits counts. */
const groups: readonly (readonly [name: string, sources: RegExp])[] = [
  ['dns', /\/(sensor\/protocols|core)\/dns\//],
  ['http', /\/(sensor\/protocols|core)\/http\//],
  ['files', /\/sensor\/protocols\/files\//],
  ['tls', /\/(sensor\/protocols|core)\/tls\//],
  ['quic', /\/(sensor\/protocols|core)\/quic\//],
  ['x509', /\/(sensor\/protocols|core)\/x509\//],
  ['ssh', /\/(sensor\/protocols|core)\/ssh\//],
  ['dhcp', /\/(sensor\/protocols|core)\/dhcp\//],
  ['ftp, smtp', /\/sensor\/protocols\/(ftp|smtp)\//],
  ['dispatch', /\/sensor\/(protocols\/|protocolStage)/],
  ['TCP streams', /\/sensor\/flow\/streams\//],
  ['rows', /\/core\/records\/|\/sensor\/logs\/|\/sensor\/flow\/connection/],
  ['flow table', /\/sensor\/flow\//],
  ['decode, read', /\/core\/packet\/|\/sensor\/capture\//],
  ['statistics', /\/core\/(summary|sketch)\/|\/sensor\/window\//],
];

/** Share of CPU time by group of sources, of one run of `node ARGUMENTS`; the greatest first. */
export function analyserShares(root: string, args: readonly string[]): [group: string, share: number][] {
  const folder = mkdtempSync(join(tmpdir(), 'picket-profile-'));
  try {
    const node = ['--cpu-prof', `--cpu-prof-dir=${folder}`, join(root, 'cli/main.mjs'), ...args];
    const time = timeProcess([process.execPath, ...node]);
    if (time.status !== 0) throw new Error(`picket ended with status ${time.status}: ${time.complaint}`);
    const sums = new Map<string, number>();
    let all = 0;
    for (const file of readdirSync(folder)) {
      const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile;
      const groupOf = new Map(nodes.map(({ id, callFrame }) => [id, groupOfSource(callFrame.url)]));
      samples.forEach((id, i) => {
        const group = groupOf.get(id) ?? 'other';
        const delta = timeDeltas[i] ?? 0;
        sums.set(group, (sums.get(group) ?? 0) + delta);
        all += delta;
      });
    }
    return [...sums].map(([group, sum]): [string, number] => [group, sum / all]).sort((a, b) => b[1] - a[1]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function groupOfSource(url: string): string {
  if (url === '') return 'collector, native';
  return groups.find(([, sources]) => sources.test(url))?.[0] ?? 'other';
}
