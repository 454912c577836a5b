import { expect, test } from 'vitest';

import { compileToFunction } from '../../core/packet/bpf/compiled.ts';
import { knownCodes, validateProgram } from '../../core/packet/bpf/program.ts';
import { OfflineFilter } from '../../sensor/capture/libpcap/offlineFilter.ts';
import { Random } from '../captures/random.ts';
import { needLibpcap } from './needLibpcap.ts';
import { randomProgram } from './randomPrograms.ts';

test('random programs answer as in libpcap, for packets of every small length', (context) => {
  const library = needLibpcap(context);
  const random = new Random(3);
  const memory = random.bytes(400);
  const view = new DataView(memory.buffer);
  const used = new Set<number>();
  const answers = new Set<number>();
  for (let round = 0; round < 200; round++) {
    const program = randomProgram(random, random.between(1, round % 10 === 0 ? 700 : 40));
    expect(validateProgram(program)).toBeUndefined();
    for (const code of program.code) used.add(code);
    const run = compileToFunction(program);
    const judge = new OfflineFilter(library, program);
    for (let length = 0; length <= 64; length++) {
      const offset = random.below(200);
      const len = length + random.below(2000);
      const ours = run(memory, view, offset, length, len);
      const theirs = judge.run(memory.subarray(offset, offset + length), len);
      if (ours !== theirs) throw new Error(`program ${round}, ${length} bytes: ${ours}, libpcap ${theirs}`);
      answers.add(ours);
    }
  }
  expect([...knownCodes].filter((code) => !used.has(code))).toEqual([]);
  expect(answers.size).toBeGreaterThan(200);
});
