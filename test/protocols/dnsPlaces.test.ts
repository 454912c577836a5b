import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dns } from '../../core/packet/build/dns.ts';
import type { ReadReport } from '../../sensor/read/report.ts';
import { toPcap } from '../captures/captureBytes.ts';
import { udpConversation } from './tcpConversation.ts';

const launcher = fileURLToPath(new URL('../../cli/picket', import.meta.url));
let folder: string;
let capture: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'picket-dns-places-'));
  capture = join(folder, 'odd.pcap');
  const exchange = [5300, 5301].flatMap((serverPort) =>
    udpConversation({ clientPort: 40_000, serverPort }, [
      { from: 'client', payload: dns({ id: 7, name: `at${serverPort}.example` }) },
      { from: 'server', payload: dns({ id: 7, name: `at${serverPort}.example`, response: true, rcode: 3 }) },
    ]),
  );
  writeFileSync(capture, toPcap(exchange));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function queries(...options: string[]): number {
  const { status, stdout, stderr } = spawnSync(launcher, ['read', '--json', ...options, capture], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return (JSON.parse(stdout) as ReadReport).dns.queries;
}

test('DNS is looked for at its usual ports, at those that are named, and anywhere if that is asked for', () => {
  expect(queries()).toBe(0);
  expect(queries('--dns-ports', '5300')).toBe(1);
  expect(queries('--dns-anywhere')).toBe(2);
  const wrong = spawnSync(launcher, ['read', '--dns-ports', '70000', capture], { encoding: 'utf8' });
  expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining('--dns-ports')]);
});
