import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ask } from '../../cli/client.ts';
import type { Answer } from '../../proto/api.ts';
import { makeMixedCapture } from '../captures/mixed.ts';
import { Deployment } from '../support/deployment.ts';

const picket = fileURLToPath(new URL('../../cli/picket', import.meta.url));

test('a question right after a replay counts every packet, twenty times', { timeout: 180_000 }, async () => {
  const deployment = await Deployment.start();
  try {
    for (let round = 0; round < 20; round++) {
      const file = join(deployment.directory, `${round}.pcap`);
      const packets = 500 + 137 * round;
      const startSeconds = 1_700_000_000 + 3600 * round;
      writeFileSync(file, makeMixedCapture({ packets, flows: 60, startSeconds, seed: round }).pcap());
      const sensor = `r${round}`;
      const words = ['--manager', deployment.address, '--site', 'x', '--name', sensor];
      execFileSync(picket, ['sensor', '--replay', file, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
      const { coverage } = await ask<Answer<'distinct'>>([{ kind: 'unix', path: deployment.socket }], 'distinct', {
        what: 'hosts',
        from: '1600000000',
        sensor: `x/${sensor}`,
      });
      expect(coverage.packets.seen, `round ${round}`).toBe(packets);
    }
  } finally {
    await deployment.stop();
  }
});
