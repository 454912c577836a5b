import type { Answer, Asked, TotalValue } from '../../../proto/api.ts';
import { changeOf, headOf, lookBack, mergeFrame, openFrame } from '../desk.ts';
import type { Desk, Frame } from '../desk.ts';
import { sampleSections } from '../folds/sampleFold.ts';
import type { SampleResult } from '../folds/sampleFold.ts';
import { tapId } from '../coverage.ts';
import { cutForSamples } from '../sampleRanges.ts';

/** Packets and octets added up; with `dedup` the octets of flows once also. */
export async function answerTotal(desk: Desk, asked: Asked<'total'>, signal?: AbortSignal): Promise<Answer<'total'>> {
  const cut = asked.dedup ? cutForSamples(desk) : undefined;
  const frame = await openFrame(desk, asked, { signal, ...(cut === undefined ? {} : { cut }) });
  const tell = async (one: Frame): Promise<TotalValue> => {
    const sum = plainSum(one);
    if (!asked.dedup) return sum;
    const result = await mergeFrame(desk, one, { fold: 'sample', sides: [] }, sampleSections);
    return { ...sum, dedup: tellOnce(one, result) };
  };
  const value = await tell(frame);
  const back = await lookBack(desk, asked, frame, tell, cut === undefined ? {} : { cut });
  const notes = (value.dedup?.leftOut ?? []).map(({ sensor, why }) => `${sensor} is not compared: ${why}`);
  return {
    ...headOf(desk, 'total', asked, frame, notes),
    value,
    ...(back === undefined
      ? {}
      : { previous: { ...back.period, value: back.told, change: changeOf(once(value), once(back.told)) } }),
  };
}

function once({ octets, dedup }: TotalValue): number {
  return dedup?.octets.estimate ?? octets;
}

function plainSum({ counts }: Frame): { packets: number; octets: number } {
  let [packets, octets] = [0, 0];
  for (const count of counts) {
    packets += count.packets;
    octets += count.octets;
  }
  return { packets, octets };
}

function tellOnce(frame: Frame, result: SampleResult): NonNullable<TotalValue['dedup']> {
  const octets = new Map<string, number>();
  for (const count of frame.counts) octets.set(tapId(count), (octets.get(tapId(count)) ?? 0) + count.octets);
  const compared = new Set(result.compared);
  const others = new Map(result.others.map(({ tap, why }) => [tap, why]));
  const leftOut: { sensor: string; octets: number; why: string }[] = [];
  const sensors = new Set<string>();
  let plain = 0;
  for (const [number, tap] of frame.taps.entries()) {
    const own = octets.get(tapId(tap)) ?? 0;
    const sensor = `${tap.site}/${tap.sensor}`;
    if (compared.has(number)) {
      sensors.add(sensor);
      plain += own;
      const why = others.get(number);
      if (why !== undefined) leftOut.push({ sensor, octets: 0, why: `some of it has ${why}` });
    } else if (own > 0) leftOut.push({ sensor, octets: own, why: others.get(number) ?? 'it shipped no flow sample' });
  }
  return { octets: result.union, plain, sensors: [...sensors], leftOut };
}
