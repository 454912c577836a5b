import type { Answer, Asked } from '../../../proto/api.ts';
import { kinds } from '../../../core/summary/kinds.ts';
import type { QuantileKind } from '../../../proto/routes.ts';
import { changeOf, headOf, lookBack, mergeFrame, openFrame, tellLeftOut } from '../desk.ts';
import type { Desk, Frame } from '../desk.ts';
import type { QuantilesResult } from '../folds/quantilesFold.ts';

const units: Readonly<Record<QuantileKind, Answer<'quantiles'>['unit']>> = {
  sizes: 'octets',
  durations: 'seconds',
  handshakes: 'seconds',
  retransmits: 'share',
};
const usual = [50, 90, 99];

/** How something of connections is spread. */
export async function answerQuantiles(
  desk: Desk,
  asked: Asked<'quantiles'>,
  signal?: AbortSignal,
): Promise<Answer<'quantiles'>> {
  const { what } = asked;
  const percents = asked.p.length === 0 ? usual : [...new Set(asked.p)];
  const frame = await openFrame(desk, asked, { minutes: true, signal });
  const shares = percents.map((percent) => percent / 100);
  const tell = async (one: Frame) =>
    await mergeFrame(desk, one, { fold: 'quantiles', what, shares }, [kinds[what].kind]);
  const result = await tell(frame);
  const numbers = tellNumbers(what, percents, result);
  const back = await lookBack(desk, asked, frame, tell, { minutes: true });
  const answer = { ...headOf(desk, 'quantiles', asked, frame, tellLeftOut(result.leftOut)), ...numbers };
  if (back === undefined) return answer;
  const then = tellNumbers(what, percents, back.told);
  const change = Object.fromEntries(
    Object.entries(numbers.value).map(([p, value]) => [p, changeOf(value, then.value[p] ?? null)]),
  );
  return { ...answer, previous: { ...back.period, ...then, change } };
}

function tellNumbers(what: QuantileKind, percents: readonly number[], result: QuantilesResult) {
  const value: Record<string, number | null> = {};
  const bounds: Record<string, { lower: number | null; upper: number | null }> = {};
  percents.forEach((percent, i) => {
    const told = result.quantiles[i];
    value[`p${percent}`] = told?.value ?? null;
    bounds[`p${percent}`] = { lower: told?.lower ?? null, upper: told?.upper ?? null };
  });
  const { count, least, greatest } = result;
  return { value, bounds, count, unit: units[what], least, greatest };
}
