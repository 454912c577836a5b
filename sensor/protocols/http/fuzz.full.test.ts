import { expect, test } from 'vitest';
import { playStories } from '../../../test/support/httpStories.ts';

test('whatever comes, nothing is thrown and nothing is left', () => {
  expect(playStories(100_000, 4711)).toBeGreaterThan(100_000);
}, 300_000);
