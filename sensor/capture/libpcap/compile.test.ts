import { needLibpcap } from '../../../test/bpf/needLibpcap.ts';
import { expect, test } from 'vitest';

import { validateProgram } from '../../../core/packet/bpf/program.ts';
import { LinkType } from '../../../core/packet/linkType.ts';
import { compileFilter } from './compile.ts';
import { loadLibpcap } from './library.ts';

test('a program is the one that tcpdump prints', (context) => {
  const library = needLibpcap(context);
  const program = compileFilter('ip', LinkType.EN10MB, { library, snaplen: 96 });
  expect([...program.code]).toEqual([0x28, 0x15, 0x06, 0x06]);
  expect([...program.jt]).toEqual([0, 0, 0, 0]);
  expect([...program.jf]).toEqual([0, 1, 0, 0]);
  expect([...program.k]).toEqual([12, 0x800, 96, 0]);
});

test('it is compiled for a capture file, not for a live interface', (context) => {
  const library = needLibpcap(context);
  const families = compileFilter('ip6', LinkType.NULL, { library });
  expect([...families.k.subarray(1, 4)]).toEqual([0x1e000000, 0x18000000, 0x1c000000]);
  const foreign = compileFilter('ip6', LinkType.NULL, { library, foreign: true });
  expect([...foreign.k.subarray(1, 4)]).toEqual([0x1e, 0x18, 0x1c]);
  expect(() => compileFilter('inbound', LinkType.EN10MB, { library })).toThrow('not supported on Ethernet');
});

test('LINKTYPE_ values are understood where DLT_ values differ', (context) => {
  const library = needLibpcap(context);
  expect([...compileFilter('ip', LinkType.RAW, { library }).code]).toEqual([0x30, 0x54, 0x15, 0x06, 0x06]);
  expect(() => compileFilter('ip', 147, { library })).toThrow('DLT 147 link-layer type filtering not implemented');
  expect(() => compileFilter('ip', 50000, { library })).toThrow('unknown data link type 50000');
});

test('what the optimiser breaks is not optimised', (context) => {
  const library = needLibpcap(context);
  const expression = 'less 688 or ((len % 2 = 1 or not less 660) and multicast)';
  const program = compileFilter(expression, LinkType.IEEE802_11_RADIO, { library });
  expect(validateProgram(program)).toBeUndefined();
  // Later versions of libpcap may do better.
  try {
    expect(validateProgram(compileFilter('pppoes', LinkType.IEEE802_11_RADIO, { library }))).toBeUndefined();
  } catch (error) {
    expect(error).toMatchObject({
      code: 'filter.syntax',
      message: expect.stringContaining('faulty program') as string,
    });
  }
});

test("a fault is told in libpcap's words", (context) => {
  const library = needLibpcap(context);
  expect(() => compileFilter('tcp prot 80', LinkType.EN10MB, { library })).toThrow(
    expect.objectContaining({ code: 'filter.syntax', message: 'filter: "tcp prot 80": syntax error' }),
  );
  expect(() => compileFilter('ip\0 and tcp', LinkType.EN10MB, { library })).toThrow('syntax error');
  expect(() => compileFilter('vlan 10', LinkType.RAW, { library })).toThrow('no VLAN support for');
});

test('a missing libpcap is told by the name of its package', () => {
  expect(() => loadLibpcap(['libpicket-none.so.1'])).toThrow(
    expect.objectContaining({ code: 'libpcap.missing', message: expect.stringContaining('libpcap0.8') as string }),
  );
});
