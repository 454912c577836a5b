import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { managerConfig } from '../manager/config.ts';
import { sensorConfig } from '../sensor/config.ts';
import { nearest } from '../runtime/nearest.ts';
import { describeError } from '../runtime/error.ts';
import { dumpConfig, loadConfig, variableName } from '../runtime/config.ts';

const directory = mkdtempSync(join(tmpdir(), 'picket-config-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let files = 0;
function file(text: string): string {
  const path = join(directory, `${files++}.yaml`);
  writeFileSync(path, text);
  return path;
}

test('order: default < file < environment < flag', async () => {
  const path = file('site: oslo\nringBytes: 128MiB\nwindowSeconds: 5s\nnetworks:\n  local: [10.0.0.0/8]\n');
  const config = await loadConfig(sensorConfig(), {
    file: path,
    environment: { PICKET_WINDOW_SECONDS: '15', PICKET_INTERFACES: 'eth0, eth1', PICKET_PROMISCUOUS: 'no' },
    flags: { site: 'lima', name: undefined, 'spool.bytes': '2MiB' },
  });
  expect(config).toMatchObject({
    site: 'lima',
    ringBytes: 134_217_728,
    windowSeconds: 15,
    interfaces: ['eth0', 'eth1'],
  });
  expect(config).toMatchObject({
    promiscuous: false,
    networks: { local: ['10.0.0.0/8'] },
    spool: { bytes: 2_097_152 },
  });
  expect(config).toMatchObject({ flowSlots: 262_144, tap: 'tap0', blockTimeoutMillis: 200 });
});

test.each([
  ['ringByte: 5MiB', 'ringByte: unknown key, did you mean ringBytes?'],
  ['networks: {locl: []}', 'networks.locl: unknown key, did you mean networks.local?'],
  ['zzzzzz: 1', 'zzzzzz: unknown key'],
  ['ringBytes: 12 parsecs', 'ringBytes: "12 parsecs" is not a size such as 64MiB'],
  ['ringBytes: 1', 'ringBytes: 1 is not in 1048576..4294967296'],
  ['windowSeconds: 7', 'windowSeconds: is not one of 1, 2, 5, 10, 15, 20, 30, 60'],
  ['site: "a b"', 'site: is not a name'],
  ['seed: 12', 'seed:'],
  ['- a\n- b', 'not a list of keys and values'],
  ['site: [', 'yaml: '],
  ['a: &a [1]\nb: [*a, *a]', 'Alias resolution is disabled'],
])('%s is refused', async (text, message) => {
  const loading = loadConfig(sensorConfig(), { file: file(text), environment: {}, flags: {} });
  expect(await loading.then(String, describeError)).toContain(message);
});

test('a named file must exist, the usual one need not', async () => {
  const missing = join(directory, 'missing.yaml');
  await expect(loadConfig(managerConfig(), { file: missing, environment: {}, flags: {} })).rejects.toThrow(
    'cannot read the configuration file',
  );
  await expect(
    loadConfig(managerConfig(), { defaultFile: missing, environment: {}, flags: {} }),
  ).resolves.toBeDefined();
});

test('what is dumped loads as the same configuration, and shows no secret', async () => {
  const flags = {
    seed: '00112233445566778899aabbccddeeff',
    filter: 'tcp port 80: and "x"',
    interfaces: ['a,b'],
    'networks.local': ['fc00::/7'],
  };
  const declaration = sensorConfig();
  const config = await loadConfig(declaration, { environment: {}, flags });
  const dump = dumpConfig(declaration, config);
  expect(dump).not.toContain(flags.seed);
  const again = await loadConfig(declaration, { file: file(dump), environment: {}, flags: { seed: flags.seed } });
  expect(again).toEqual(config);
});

test('every key of both daemons has a sentence, and its own variable', () => {
  for (const declaration of [sensorConfig(), managerConfig()]) {
    for (const key of declaration.keys) expect(key.text, key.path).toMatch(/^[A-Z].*\.$/);
    expect(new Set(declaration.keys.map((key) => key.variable)).size).toBe(declaration.keys.length);
  }
  expect(variableName('networks.local')).toBe('PICKET_NETWORKS_LOCAL');
});

test('a slip is recognised, another word is not', () => {
  expect(nearest('distnct', ['distinct', 'sensors'])).toBe('distinct');
  expect(nearest('xyzzy', ['distinct', 'sensors'])).toBeUndefined();
});
