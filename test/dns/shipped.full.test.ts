import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { dns, DnsType } from '../../core/packet/build/dns.ts';
import { ethernet } from '../../core/packet/build/ethernet.ts';
import { ipv4 } from '../../core/packet/build/ipv4.ts';
import { udp } from '../../core/packet/build/transport.ts';
import { IpProtocol } from '../../core/packet/numbers.ts';
import { Daemon, Deployment } from '../support/deployment.ts';
import { pcapOf } from '../support/pcapBytes.ts';

const picket = fileURLToPath(new URL('../../cli/picket', import.meta.url));
const QUERIES = 50;

let deployment: Deployment | undefined;
afterEach(async () => {
  await deployment?.stop();
  deployment = undefined;
});

function frame(isReply: boolean, port: number, message: Uint8Array): Uint8Array {
  const [source, destination] = isReply ? (['192.0.2.53', '10.1.2.3'] as const) : (['10.1.2.3', '192.0.2.53'] as const);
  const ports = isReply ? { sourcePort: 53, destinationPort: port } : { sourcePort: port, destinationPort: 53 };
  return ethernet({}, ipv4({ source, destination, protocol: IpProtocol.UDP }, udp(ports, message)));
}

test('DNS of a replay is asked for at the manager: pairs, names, clients, queries', { timeout: 240_000 }, async () => {
  const running = await Deployment.start();
  deployment = running;
  const frames: Uint8Array[] = [];
  for (let i = 0; i < QUERIES; i++) {
    const question = { id: i, name: 'www.example.org', type: DnsType.A };
    const answers = [{ type: DnsType.A, ttl: 300, data: '198.51.100.7' }];
    frames.push(
      frame(false, 2000 + i, dns(question)),
      frame(true, 2000 + i, dns({ ...question, response: true, answers })),
    );
  }
  const file = join(running.directory, 'dns.pcap');
  writeFileSync(file, pcapOf(frames));
  const where = ['--manager', `unix:${running.socket}`];
  const sensor = new Daemon([picket, 'sensor', '--replay', file, '--site', 'test', '--name', 'a', ...where]);
  expect(await sensor.ended(), sensor.errors).toBe(0);
  const ask = (...words: string[]): unknown =>
    JSON.parse(execFileSync(picket, ['dns', ...words, '--all', '--json', ...where], { encoding: 'utf8' }));
  expect(ask('www.example.org')).toMatchObject({
    rows: [{ rrname: 'www.example.org', rrtype: 'A', rdata: '198.51.100.7', count: QUERIES }],
  });
  expect(ask('--top', 'names')).toMatchObject({ rows: [{ key: 'www.example.org', count: QUERIES }] });
  expect(ask('--top', 'clients')).toMatchObject({ rows: [{ key: '10.1.2.3', count: QUERIES }] });
});
