import { expect, test } from 'vitest';
import { dns, dnsName, DnsType } from '../packet/build/dns.ts';
import { join, u16, u32 } from '../packet/build/octets.ts';
import { byteText } from './byteText.ts';
import { DnsMessage, DnsVerdict } from './message.ts';
import { netbiosName } from './netbios.ts';
import { className, opcodeName, rcodeName, typeName } from './numbers.ts';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const string = (text: string): Uint8Array => join([text.length], ascii(text));

function read(bytes: Uint8Array, isNetbios = false): { message: DnsMessage; verdict: DnsVerdict } {
  const message = new DnsMessage();
  // The message stands somewhere in a frame; what is around it must not be read.
  const frame = new Uint8Array(bytes.length + 20).fill(0xc0);
  frame.set(bytes, 10);
  const verdict = message.read(frame, 10, 10 + bytes.length, isNetbios);
  return { message, verdict };
}

function answerOf(type: number, data: Uint8Array): readonly string[] {
  const { message, verdict } = read(dns({ name: 'a.example', type, response: true, answers: [{ type, data }] }));
  expect(verdict).toBe(DnsVerdict.WHOLE);
  return message.answers;
}

test('a query and its answer are read', () => {
  const asked = read(dns({ id: 4711, name: 'WWW.Example.com', type: DnsType.AAAA }));
  expect(asked.verdict).toBe(DnsVerdict.WHOLE);
  expect(asked.message).toMatchObject({
    id: 4711,
    isResponse: false,
    query: 'www.example.com',
    qtype: 28,
    qclass: 1,
    RD: true,
    AA: false,
    records: 0,
    asked: 1,
    told: 0,
  });
  const answers = [
    { type: DnsType.CNAME, data: 'Edge.example.net', ttl: 60 },
    { name: 'edge.example.net', type: DnsType.AAAA, data: '2001:db8::7', ttl: 0xffffffff },
  ];
  const { message } = read(dns({ id: 4711, name: 'www.example.com', response: true, rcode: 3, answers }));
  expect(message).toMatchObject({
    isResponse: true,
    rcode: 3,
    RA: true,
    owner: 'www.example.com',
    told: 2,
    answers: ['edge.example.net', '2001:db8::7'],
    ttls: [60, 4_294_967_295],
  });
});

test('each type is printed as Zeek prints it', () => {
  const name = dnsName('ns.example');
  const key = Uint8Array.of(1, 1, 3, 8, 9, 9);
  expect(answerOf(1, Uint8Array.of(192, 0, 2, 1))).toEqual(['192.0.2.1']);
  for (const type of [2, 5, 12]) expect(answerOf(type, name)).toEqual(['ns.example']);
  expect(answerOf(15, join(u16(10), name))).toEqual(['ns.example']);
  expect(answerOf(33, join(u16(1), u16(2), u16(443), name))).toEqual(['ns.example']);
  expect(answerOf(6, join(name, dnsName('mail.example'), u32(1), u32(2), u32(3), u32(4), u32(5)))).toEqual([
    'ns.example',
  ]);
  expect(answerOf(16, join(string('abc'), string(''), string('d e')))).toEqual(['TXT 3 abc TXT 0  TXT 3 d e']);
  expect(answerOf(99, string('v=spf1'))).toEqual(['SPF 6 v=spf1']);
  expect(answerOf(48, key)).toEqual(['DNSKEY 8']);
  expect(answerOf(43, Uint8Array.of(1, 2, 8, 2, 7))).toEqual(['DS 8 2']);
  expect(answerOf(46, join(u16(48), new Uint8Array(16), dnsName(''), [1, 2, 3]))).toEqual(['RRSIG 48 <Root>']);
  expect(answerOf(47, join(name, [0, 1, 0x40]))).toEqual(['NSEC a.example ns.example']);
  expect(answerOf(50, new Uint8Array(8))).toEqual(['NSEC3']);
  expect(answerOf(51, new Uint8Array(5))).toEqual(['NSEC3PARAM']);
  expect(answerOf(44, Uint8Array.of(1, 1, 0xab, 0x0c))).toEqual(['SSHFP: ab0c']);
  expect(answerOf(29, join([0, 18, 22, 19], new Uint8Array(12)))).toEqual(['LOC:  18 22 19']);
  expect(answerOf(35, join(u16(10), u16(20), string('u'), string('E2U'), string('!^.*$!x!'), dnsName('')))).toEqual([
    'NAPTR 10 20 u E2U !^.*$!x!',
  ]);
  expect(answerOf(65_534, new Uint8Array(5))).toEqual(['BIND9 signing signal']);
  expect(answerOf(10, Uint8Array.of(1, 2))).toEqual(['<unknown type=10>']);
  for (const silent of [11, 13, 41, 64, 65, 250, 257]) expect(answerOf(silent, key)).toEqual([]);
});

test('a record that breaks ends the message; what came before stands', () => {
  const good = { type: 1, data: Uint8Array.of(192, 0, 2, 1) };
  const cut = read(dns({ name: 'a', response: true, answers: [good, { type: 1, data: Uint8Array.of(1, 2) }, good] }));
  expect(cut.verdict).toBe(DnsVerdict.CUT);
  expect(cut.message.answers).toEqual(['192.0.2.1']);
  const text = read(
    dns({ name: 'a', response: true, answers: [{ type: 16, data: Uint8Array.of(1, 65, 9, 66) }, good] }),
  );
  expect(text.verdict).toBe(DnsVerdict.CUT);
  expect(text.message.answers).toEqual(['TXT 1 A']);
  expect(read(new Uint8Array(11)).verdict).toBe(DnsVerdict.SHORT);
  expect(read(join([0, 1, 0, 0, 0, 26], new Uint8Array(100))).verdict).toBe(DnsVerdict.ALIEN);
});

test('pointers lead backwards only, and names have an end', () => {
  const header = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
  const question = (name: readonly number[]): string => read(join(header, name, [0, 1, 0, 1])).message.query;
  expect(question([0xc0, 12])).toBe('');
  expect(question([0xc0, 200])).toBe('');
  expect(question([1, 97, 0xc0, 12])).toBe('');
  // Each question's name is a pointer to the one before, and the first is a label: twenty are followed.
  const chained = (pointers: number): number => {
    const names = Array.from({ length: pointers }, (_, i) => [0xc0, i === 0 ? 12 : 13 + 6 * i, 0, 1, 0, 1]).flat();
    return read(join([0, 1, 1, 0, 0, pointers + 1], new Uint8Array(6), [1, 98, 0, 0, 1, 0, 1], names)).verdict;
  };
  expect([chained(1), chained(2), chained(20)]).toEqual(Array(3).fill(DnsVerdict.WHOLE));
  expect(chained(21)).toBe(DnsVerdict.CUT);
  const long = Array.from({ length: 20 }, () => [63, ...new Uint8Array(63).fill(97)]).flat();
  expect(question([...long, 0]).length).toBeLessThanOrEqual(512);
  expect(question([64, 97, 0])).toBe('');
  expect(read(join(header, [64], new Uint8Array(64).fill(97), [0, 0, 1, 0, 1]), true).message.query.length).toBe(64);
});

test('octets become text as in Zeek', () => {
  const text = (...bytes: number[]): string => byteText(Uint8Array.from(bytes), 0, bytes.length);
  expect(text(97, 0xc3, 0xa9, 0xe5, 0xb0, 0x8f, 0xf0, 0x9f, 0x98, 0x80)).toBe('aé小😀');
  expect(text(0xc3, 0xa9, 0xff)).toBe('\\xc3\\xa9\\xff');
  expect(text(0x1f, 0x7f, 9, 10, 92)).toBe('\\x1f\\x7f\t\n\\');
  for (const bad of [[0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe0, 0x80, 0x80], [0xc3]]) {
    expect(text(...bad)).toBe(bad.map((byte) => `\\x${byte.toString(16)}`).join(''));
  }
});

test('NetBIOS names are decoded', () => {
  expect(netbiosName(`ck${'a'.repeat(30)}`)).toBe('*');
  expect(netbiosName('ejfdebfeebfacacacacacacacacacaaa')).toBe('ISATAP');
  expect(netbiosName('abacfpfpenfdecfcepfhfdeffpfpacab')).toBe('\\x01\\x02__MSBROWSE__\\x02');
  expect(netbiosName('www.example.com')).toBeUndefined();
  expect(netbiosName('zz'.repeat(16))).toBeUndefined();
});

test('numbers have names, those without one too', () => {
  expect([1, 16, 32, 33, 52, 55, 65, 99, 109, 249, 255, 257].map(typeName)).toEqual(
    'A TXT NIMLOC SRV TLSA HIP HTTPS SPF EUI64 TKEY * CAA'.split(' '),
  );
  expect(typeName(54)).toBe('query-54');
  expect([className(1), className(255), className(7)]).toEqual(['C_INTERNET', 'C_ANY', 'qclass-7']);
  expect([rcodeName(0), rcodeName(3), rcodeName(15)]).toEqual(['NOERROR', 'NXDOMAIN', 'unassigned-15']);
  expect([opcodeName(5, false), opcodeName(5, true), opcodeName(9, false), opcodeName(9, true)]).toEqual([
    'dynamic-update',
    'netbios-registration',
    'opcode-9',
    'netbios-opcode-9',
  ]);
});
