import fc from 'fast-check';
import { expect, test } from 'vitest';
import { validateProgram } from '../../../core/packet/bpf/program.ts';
import type { BpfProgram } from '../../../core/packet/bpf/program.ts';
import { LinkType } from '../../../core/packet/linkType.ts';
import { spread } from '../../../core/packet/spread.ts';
import { fanoutGroup, fanoutProgram } from './fanoutProgram.ts';

/** What the kernel knows of a packet besides its bytes; `bytes` begin where its loads do. */
interface KernelPacket {
  bytes: Uint8Array;
  protocol: number;
  packetType: number;
}

/** The instructions that the program has, with Linux' metadata loads; a load outside the packet ends with 0. */
function run(program: BpfProgram, packet: KernelPacket): number {
  const view = new DataView(packet.bytes.buffer, packet.bytes.byteOffset, packet.bytes.byteLength);
  const memory = new Uint32Array(16);
  let a = 0;
  let x = 0;
  for (let pc = 0; ; pc++) {
    const code = program.code[pc]!;
    const k = program.k[pc]!;
    switch (code) {
      case 0x20:
        if (k === 0xffff_f000) a = packet.protocol;
        else if (k === 0xffff_f004) a = packet.packetType;
        else throw new Error('unexpected absolute load');
        break;
      case 0x40:
      case 0x48: {
        const at = (x + k) >>> 0;
        if (at + (code === 0x40 ? 4 : 2) > view.byteLength) return 0;
        a = code === 0x40 ? view.getUint32(at) : view.getUint16(at);
        break;
      }
      case 0x60:
        a = memory[k]!;
        break;
      case 0x01:
        x = k;
        break;
      case 0x61:
        x = memory[k]!;
        break;
      case 0x02:
        memory[k] = a;
        break;
      case 0x03:
        memory[k] = x;
        break;
      case 0x04:
        a = (a + k) >>> 0;
        break;
      case 0x0c:
        a = (a + x) >>> 0;
        break;
      case 0x24:
        a = Math.imul(a, k) >>> 0;
        break;
      case 0x74:
        a >>>= k;
        break;
      case 0xac:
        a = (a ^ x) >>> 0;
        break;
      case 0x15:
        pc += a === k ? program.jt[pc]! : program.jf[pc]!;
        break;
      case 0x07:
        x = a;
        break;
      case 0x87:
        a = x;
        break;
      case 0x06:
        return k;
      case 0x16:
        return a;
      default:
        throw new Error(`unexpected code ${code.toString(16)}`);
    }
  }
}

function ipPacket(version: 4 | 6, source: Uint8Array, destination: Uint8Array): Uint8Array {
  const size = version === 4 ? 4 : 16;
  const at = version === 4 ? 12 : 8;
  const bytes = new Uint8Array(48);
  bytes[0] = version === 4 ? 0x45 : 0x60;
  bytes.set(source.subarray(0, size), at);
  bytes.set(destination.subarray(0, size), at + size);
  return bytes;
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const address = fc.uint8Array({ minLength: 16, maxLength: 16 });
const version = fc.constantFrom<4 | 6>(4, 6);
const etherType = { 4: 0x0800, 6: 0x86dd } as const;

test('is a program that the kernel accepts', () => {
  expect(validateProgram(fanoutProgram(14))).toBeUndefined();
  expect(validateProgram(fanoutProgram(0))).toBeUndefined();
});

test('gives the same number as spread: arriving and leaving, tagged or not, in both directions', () => {
  const ethernet = fanoutProgram(14);
  const raw = fanoutProgram(0);
  fc.assert(
    fc.property(
      version,
      address,
      address,
      fc.constantFrom(0, 0x8100, 0x88a8),
      fc.boolean(),
      (v, source, destination, tag, second) => {
        const packet = ipPacket(v, source, destination);
        const type = etherType[v];
        const want = spread(packet, viewOf(packet), 0, packet.length, LinkType.RAW);
        expect(
          spread(ipPacket(v, destination, source), viewOf(ipPacket(v, destination, source)), 0, 48, LinkType.RAW),
        ).toBe(want);

        const inner = Uint8Array.of(0, 7, type >> 8, type & 255, ...packet);
        const tagged = second ? Uint8Array.of(0, 5, 0x81, 0, ...inner) : inner;
        const body = tag === 0 ? packet : tagged;
        const protocol = tag === 0 ? type : tag;
        expect(run(ethernet, { bytes: body, protocol, packetType: 0 })).toBe(want);
        const frame = Uint8Array.of(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, protocol >> 8, protocol & 255, ...body);
        expect(run(ethernet, { bytes: frame, protocol, packetType: 4 })).toBe(want);
        expect(run(raw, { bytes: body, protocol, packetType: 4 })).toBe(want);
        expect(spread(frame, viewOf(frame), 0, frame.length, LinkType.EN10MB)).toBe(want);
      },
    ),
  );
});

test('packets without an IP header are 0, and so are cut ones', () => {
  const program = fanoutProgram(14);
  expect(run(program, { bytes: new Uint8Array(64).fill(7), protocol: 0x0806, packetType: 0 })).toBe(0);
  expect(run(program, { bytes: new Uint8Array(19).fill(7), protocol: 0x0800, packetType: 0 })).toBe(0);
  expect(run(program, { bytes: new Uint8Array(64).fill(7), protocol: 0x8100, packetType: 0 })).toBe(0);
});

test('groups of one process differ by interface, those of one interface by process', () => {
  const groups = new Set<number>();
  for (let index = 1; index <= 50; index++) groups.add(fanoutGroup(4242, index));
  for (let pid = 1; pid <= 50; pid++) groups.add(fanoutGroup(pid, 3));
  expect(groups.size).toBeGreaterThanOrEqual(99);
  for (const group of groups) expect(group >= 0 && group <= 0xffff).toBe(true);
});
