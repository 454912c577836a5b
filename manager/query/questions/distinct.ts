import type { Answer, Asked } from '../../../proto/api.ts';
import { changeOf, headOf, lookBack, mergeFrame, openFrame, tellLeftOut } from '../desk.ts';
import type { Desk, Frame } from '../desk.ts';
import { sectionsOfDistinct } from '../folds/distinctFold.ts';
import { checkSide } from '../side.ts';

/** How many different ones: the union of what all sensors saw. */
export async function answerDistinct(
  desk: Desk,
  asked: Asked<'distinct'>,
  signal?: AbortSignal,
): Promise<Answer<'distinct'>> {
  const { what, side } = asked;
  checkSide(what, side);
  const frame = await openFrame(desk, asked, { signal });
  const tell = async (one: Frame) =>
    await mergeFrame(desk, one, { fold: 'distinct', what, side, groups: [], ranges: 1 }, sectionsOfDistinct(what));
  const { union, sketch, leftOut } = await tell(frame);
  const back = await lookBack(desk, asked, frame, tell);
  const notes = tellLeftOut(leftOut);
  return {
    ...headOf(desk, 'distinct', asked, frame, notes),
    value: union,
    ...(asked.sketch ? { sketch: Buffer.from(sketch).toString('base64') } : {}),
    ...(back === undefined
      ? {}
      : {
          previous: {
            ...back.period,
            value: back.told.union,
            change: changeOf(union.estimate, back.told.union.estimate),
          },
        }),
  };
}
