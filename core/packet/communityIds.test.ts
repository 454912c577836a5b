import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COMMUNITY_ID_BYTES, communityIdInput, communityIdText } from './communityId.ts';
import { CommunityIds } from './communityIds.ts';

test('identifiers are those of a library of hashes', () => {
  const ids = new CommunityIds();
  const word = fc.integer({ min: 0, max: 0xffff_ffff });
  const v4 = word.map((address) => [0, 0, 0xffff, address]);
  const address = fc.oneof(v4, v4, fc.tuple(word, word, word, word));
  const port = fc.nat(0xffff);
  const protocol = fc.constantFrom(1, 6, 17, 47, 58, 132);
  fc.assert(
    fc.property(
      address,
      address,
      port,
      port,
      protocol,
      fc.boolean(),
      fc.boolean(),
      (a, b, from, to, kind, isA, zeek) => {
        const words = Uint32Array.from([...a, ...b]);
        const bytes = new Uint8Array(COMMUNITY_ID_BYTES);
        const length = communityIdInput(bytes, words, 0, 4, from, to, kind, isA, zeek);
        const hash = createHash('sha1').update(bytes.subarray(0, length)).digest('base64');
        expect(ids.text(words, 0, 4, from, to, kind, isA, zeek)).toBe(communityIdText(hash));
      },
    ),
    { numRuns: 2000 },
  );
});
