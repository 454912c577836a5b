import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { COMMUNITY_ID_BYTES, communityIdInput, communityIdText } from './communityId.ts';
import { parsePrefix } from './networkSet.ts';

function id(
  source: string,
  from: number,
  destination: string,
  to: number,
  protocol: number,
  zeekOrder = false,
): string {
  const words = new Uint32Array(8);
  words.set(parsePrefix(source)!.words, 0);
  words.set(parsePrefix(destination)!.words, 4);
  const bytes = new Uint8Array(COMMUNITY_ID_BYTES);
  const length = communityIdInput(bytes, words, 0, 4, from, to, protocol, true, zeekOrder);
  return communityIdText(createHash('sha1').update(bytes.subarray(0, length)).digest('base64'));
}

test.each([
  ['172.16.42.216', 3440, '172.16.42.1', 53, 17, '1:xxsrQP/b+/kpqFv1r+7lhZE5F0k='],
  ['2001:db8:1::2', 135, 'ff02::1:ff00:1', 136, 58, '1:1xcy2WHsKWPsze9lcUH+U6VVX5A='],
  ['10.10.25.1', 8, '192.168.1.2', 0, 1, '1:k5w63qhHinYcLBCIxUfLgVXu9xE='],
  ['192.168.1.7', 0, '239.255.255.250', 0, 2, '1:fn+sVeKgdjQLQDm6VzsuMPUkKFo='],
])('Community ID of %s %i %s %i, protocol %i', (source, from, destination, to, protocol, expected) => {
  expect(id(source, from, destination, to, protocol)).toBe(expected);
  expect(id(destination, to, source, from, protocol)).toBe(expected);
});

test('an ICMP message without an answer keeps its direction', () => {
  expect(id('192.0.2.1', 3, '192.0.2.2', 1, 1)).not.toBe(id('192.0.2.2', 3, '192.0.2.1', 1, 1));
});

test('equal addresses: the smaller port is first, or as Zeek has it', () => {
  expect(id('127.0.0.1', 51_086, '127.0.0.1', 8080, 6)).toBe('1:0OOp5pPW47GqFTGHu/tAZM4gxow=');
  expect(id('127.0.0.1', 51_086, '127.0.0.1', 8080, 6, true)).toBe('1:aPlYSPt4w6hbA3ED1gG6bDQKUyM=');
});
