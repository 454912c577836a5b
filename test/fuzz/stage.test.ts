import { expect, test } from 'vitest';
import { Random } from '../captures/random.ts';
import { fuzzStage } from './stageRun.ts';
import { stageTalks } from './stageTalks.ts';

/** Characters of a line at most: what a sender can make of a row. */
const MOST_LINE = 600_000;

test('damaged talks of every protocol through the whole stage: no exception, good lines, nothing left', async () => {
  const run = await fuzzStage(stageTalks(), new Random(20_261_128), 1000);
  expect(run.badLine).toBe('');
  expect(run.left).toEqual({ watched: 0, heldOctets: 0 });
  expect(run.longest).toBeLessThan(MOST_LINE);
  expect(Object.keys(run.rows).toSorted()).toEqual([
    'conn',
    'dhcp',
    'dns',
    'files',
    'http',
    'quic',
    'ssh',
    'ssl',
    'tunnel',
    'weird',
    'x509',
  ]);
  expect(run.entered).toEqual([
    'tcp dns',
    'tcp ftp',
    'tcp ftp-data',
    'tcp http',
    'tcp smtp',
    'tcp ssh',
    'tcp ssl',
    'tcp starttls',
    'udp dhcp',
    'udp dns',
    'udp dtls',
    'udp quic',
  ]);
});
