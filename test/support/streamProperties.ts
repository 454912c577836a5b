import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SEGMENT_OVERHEAD } from '../../sensor/flow/streams/bounds.ts';
import { anyExchange, anyTransfer, playExchange, playTransfer } from './streamReference.ts';

const nothing = { octets: 0, directions: 0, addresses: 0 };

/** What holds of any reassembly, tried on that many examples each. */
export function streamProperties(numRuns: number): void {
  test('any exchange gives octet by octet what a plain reference gives', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(anyExchange, (exchange) => {
        const { wire, ours, reference } = playExchange(exchange);
        expect(ours).toEqual(reference);
        wire.end();
        expect(wire.streams.held).toEqual(nothing);
      }),
      { numRuns },
    );
  });

  test(
    'what was not lost comes whole and in order; what was lost is a hole of its length',
    { timeout: 120_000 },
    () => {
      fc.assert(
        fc.property(anyTransfer, (transfer) => {
          const { wire, total, lost, told, holes, problem } = playTransfer(transfer);
          expect(problem).toBe('');
          // Without any payload there is no stream.
          const isSeen = lost < total;
          if (isSeen && (transfer.acknowledges || lost === 0)) expect([told, holes]).toEqual([total, lost]);
          if (isSeen && transfer.acknowledges && transfer.closes) expect(wire.log.ends).toEqual([true]);
          if (told === total) expect(wire.streams.held).toEqual(nothing);
          wire.end();
          expect(wire.streams.held).toEqual(nothing);
          const { octets, gapOctets } = wire.streams.counters;
          expect([octets, gapOctets]).toEqual([told - holes, holes]);
        }),
        { numRuns },
      );
    },
  );

  test('bounds hold, and every octet keeps its place', { timeout: 120_000 }, () => {
    const slack = 90 + SEGMENT_OVERHEAD;
    fc.assert(
      fc.property(anyTransfer, fc.constantFrom('perFlow', 'perAddress', 'total'), (transfer, bound) => {
        const most = 4 * slack;
        const played = playTransfer({ ...transfer, delay: 100 }, { [bound]: most });
        expect(played.problem).toBe('');
        expect(played.most).toBeLessThanOrEqual(most);
        if (transfer.acknowledges && played.lost < played.total) expect(played.told).toBe(played.total);
        played.wire.end();
        expect(played.wire.streams.held).toEqual(nothing);
      }),
      { numRuns },
    );
  });
}
