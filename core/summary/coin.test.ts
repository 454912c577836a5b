import { expect, test } from 'vitest';
import { encodeKll } from '../sketch/kll/kllCodec.ts';
import { coinOf } from './coin.ts';
import { Ended, Statistics } from './statistics.ts';

/** What a tap with that coin makes of the same 5,000 connections. */
function sizesOf(coin: number): string {
  const statistics = new Statistics({ exact: false, topCapacity: 8, by: 'octets', number: 7, coin });
  for (let i = 0; i < 5000; i++) {
    statistics.ended.fill(i);
    statistics.ended[Ended.OCTETS] = (i * 7919) % 5000;
    statistics.connectionEnded();
  }
  return Buffer.from(encodeKll(statistics.sizes.take())).toString('base64');
}

test('coins are of the tap: the same tap gives the same bytes twice, another one other bytes', () => {
  const [oslo, lima] = [coinOf('oslo', 'a', 'tap0'), coinOf('lima', 'a', 'tap0')];
  expect(coinOf('oslo', 'a', 'tap0')).toBe(oslo);
  expect(new Set([oslo, lima, coinOf('oslo', 'a', 'tap1'), coinOf('oslo', 'b', 'tap0')]).size).toBe(4);
  expect(sizesOf(oslo)).toBe(sizesOf(oslo));
  expect(new Set([sizesOf(oslo), sizesOf(oslo + 1), sizesOf(lima)]).size).toBe(3);
});
