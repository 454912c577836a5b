import { STANDARD_ERROR } from '../../../core/sketch/hll/estimator.ts';
import type { Answer, Asked, Estimate, OverlapValue } from '../../../proto/api.ts';
import { changeOf, headOf, lookBack, mergeFrame, openFrame, tellLeftOut } from '../desk.ts';
import type { Desk, Frame } from '../desk.ts';
import { sectionsOfDistinct } from '../folds/distinctFold.ts';
import { sampleSections } from '../folds/sampleFold.ts';
import { QueryError } from '../queryError.ts';
import { cutForSamples } from '../sampleRanges.ts';

const nothing: Estimate = { estimate: 0, lower: 0, upper: 0, exact: false };

/** What two sites both saw. */
export async function answerOverlap(
  desk: Desk,
  asked: Asked<'overlap'>,
  signal?: AbortSignal,
): Promise<Answer<'overlap'>> {
  const { a, b } = asked;
  if (a === b) throw new QueryError('query.overlap', 'two different sites are compared');
  const ranged = { ...asked, site: [a, b], sensor: [] };
  const frame = await openFrame(desk, ranged, { signal, cut: cutForSamples(desk) });
  const tell = async (one: Frame) => await tellOverlap(desk, one, asked);
  const { value, notes } = await tell(frame);
  const back = await lookBack(desk, ranged, frame, tell, { cut: cutForSamples(desk) });
  const change = (then: OverlapValue) => ({
    hosts: changeOf(value.hosts.overlap.estimate, then.hosts.overlap.estimate),
    octets: changeOf(value.octets.overlap.estimate, then.octets.overlap.estimate),
  });
  return {
    ...headOf(desk, 'overlap', asked, frame, notes),
    value,
    ...(back === undefined
      ? {}
      : { previous: { ...back.period, value: back.told.value, change: change(back.told.value) } }),
  };
}

async function tellOverlap(
  desk: Desk,
  frame: Frame,
  { a, side }: Asked<'overlap'>,
): Promise<{ value: OverlapValue; notes: string[] }> {
  const sides = frame.taps.map(({ site }) => (site === a ? 0 : 1));
  const hosts = await mergeFrame(
    desk,
    { ...frame, scope: { ...frame.scope, cuts: [frame.scope.from, frame.scope.to] } },
    { fold: 'distinct', what: 'hosts', side, groups: sides, ranges: 1 },
    sectionsOfDistinct('hosts'),
  );
  const samples = await mergeFrame(desk, frame, { fold: 'sample', sides }, sampleSections);
  const notes = tellLeftOut(hosts.leftOut + samples.leftOut);
  const sensorOf = (tap: number): string => `${frame.taps[tap]?.site ?? ''}/${frame.taps[tap]?.sensor ?? ''}`;
  for (const { tap, why } of samples.others) notes.push(`octets of ${sensorOf(tap)} are not compared: ${why}`);
  if (side !== 'all') notes.push('octets are of both sides: a flow sample does not tell them apart');
  const [ofA, ofB] = [hosts.cells.get(0) ?? nothing, hosts.cells.get(1) ?? nothing];
  const [octetsA, octetsB] = samples.sides;
  return {
    value: {
      hosts: { a: ofA, b: ofB, union: hosts.union, overlap: overlapOf(ofA, ofB, hosts.union) },
      octets: { a: octetsA, b: octetsB, union: samples.union, overlap: samples.overlap },
    },
    notes,
  };
}

/**
 * A + B - union, which has the errors of three sketches of size A, B and U: two standard errors are
 * 2 s sqrt(A^2 + B^2 + U^2). Never below zero, never above the smaller site.
 */
export function overlapOf(a: Estimate, b: Estimate, union: Estimate): Estimate {
  const most = Math.min(a.upper, b.upper);
  const estimate = Math.max(0, Math.min(a.estimate + b.estimate - union.estimate, most));
  const bound = 2 * STANDARD_ERROR * Math.hypot(a.estimate, b.estimate, union.estimate);
  return {
    estimate,
    lower: Math.max(0, Math.floor(estimate - bound)),
    upper: Math.min(most, Math.ceil(estimate + bound)),
    exact: false,
  };
}
