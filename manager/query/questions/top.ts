import type { Answer, Asked, TopRow } from '../../../proto/api.ts';
import { namesOf } from '../addressNames.ts';
import { changeOf, headOf, lookBack, mergeFrame, openFrame, tellLeftOut } from '../desk.ts';
import type { Desk, Frame } from '../desk.ts';
import { sectionsOfTop } from '../folds/topFold.ts';
import { checkSide } from '../side.ts';

/** Keys of the period before that are looked among. */
const backLimit = 4096;

/** Who had most, all sensors together. */
export async function answerTop(desk: Desk, asked: Asked<'top'>, signal?: AbortSignal): Promise<Answer<'top'>> {
  const { what, by, side, limit } = asked;
  checkSide(what, side);
  const frame = await openFrame(desk, asked, { signal });
  const tell = async (one: Frame, most: number) =>
    await mergeFrame(desk, one, { fold: 'top', what, by, side, limit: most }, sectionsOfTop(what));
  const { rows, others, leftOut } = await tell(frame, limit);
  const back = await lookBack(desk, asked, frame, async (one) => await tell(one, backLimit));
  const named = isNamed(what) ? await addNames(desk, frame, rows) : rows;
  const answer = { ...headOf(desk, 'top', asked, frame, tellLeftOut(leftOut)), rows: named, others };
  if (back === undefined) return answer;
  const before = new Map(back.told.rows.map((row, i) => [row.key, { rank: i + 1, ...row }]));
  const compared = named.map((row): TopRow => {
    const then = before.get(row.key);
    if (then === undefined) return { ...row, before: null, change: null };
    const { rank, packets, octets, error } = then;
    return { ...row, before: { rank, packets, octets, error }, change: changeOf(row[by], then[by]) };
  });
  return { ...answer, rows: compared, previous: back.period };
}

/** Whether the keys are addresses. */
function isNamed(what: Asked<'top'>['what']): boolean {
  return what === 'hosts' || what === 'sources' || what === 'destinations';
}

async function addNames(desk: Desk, { scope }: Frame, rows: readonly TopRow[]): Promise<TopRow[]> {
  const names = await namesOf(
    desk,
    scope,
    rows.map(({ key }) => key),
  );
  return rows.map((row) => ({ ...row, name: names.get(row.key) ?? null }));
}
