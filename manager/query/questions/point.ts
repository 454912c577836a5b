import type { Answer, Asked, PointValue } from '../../../proto/api.ts';
import { formatTime } from '../../../proto/time.ts';
import { readAddressKey } from '../addressKey.ts';
import { namesOf } from '../addressNames.ts';
import { changeOf, headOf, lookBack, mergeFrame, openFrame, tellLeftOut } from '../desk.ts';
import type { Desk, Frame } from '../desk.ts';
import { readAddress } from '../dnsNames.ts';
import { pointSections } from '../folds/pointFold.ts';
import type { PointTold } from '../folds/pointFold.ts';
import { cutScope } from '../scope.ts';
import type { Scope } from '../scope.ts';

const nothing: PointTold = {
  told: 'none',
  octets: { estimate: 0, lower: 0, upper: 0 },
  packets: { estimate: 0, lower: 0, upper: 0 },
};

/** What one address did: how much, where, when. */
export async function answerPoint(desk: Desk, asked: Asked<'point'>, signal?: AbortSignal): Promise<Answer<'point'>> {
  const key = readAddressKey(asked.address);
  const cut = (scope: Scope): Scope => {
    const step = Math.max(1, Math.ceil((scope.to - scope.from) / scope.grain / asked.steps)) * scope.grain;
    return cutScope(scope, step);
  };
  const tell = async (one: Frame) =>
    await mergeFrame(
      desk,
      one,
      { fold: 'point', key, seed: desk.control.seed() },
      [pointSections.sketch],
      [pointSections.lists],
    );
  const frame = await openFrame(desk, asked, { minutes: true, cut, signal });
  const result = await tell(frame);
  const back = await lookBack(
    desk,
    asked,
    frame,
    async (one) =>
      tellPoint(
        (await tell(one)).all,
        countedIn(one, () => true),
      ),
    { minutes: true, cut },
  );
  const value = tellPoint(
    result.all,
    countedIn(frame, () => true),
  );
  const { cuts } = frame.scope;
  const address = readAddress(asked.address);
  const names = await namesOf(desk, frame.scope, address === undefined ? [] : [address]);
  return {
    ...headOf(desk, 'point', asked, frame, tellLeftOut(result.leftOut)),
    name: [...names.values()][0] ?? null,
    value,
    rows: tellSensors(frame, result.taps),
    steps: cuts.slice(0, -1).map((from, range) => ({
      from: formatTime(from),
      to: formatTime(cuts[range + 1] ?? from),
      ...tellPoint(
        result.ranges.get(range) ?? nothing,
        countedIn(frame, (count) => count.range === range),
      ),
    })),
    ...(back === undefined
      ? {}
      : {
          previous: {
            ...back.period,
            value: back.told,
            change: changeOf(value.octets.estimate, back.told.octets.estimate),
          },
        }),
  };
}

interface Counted {
  packets: number;
  octets: number;
}

function countedIn(frame: Frame, accepts: (count: Frame['counts'][number]) => boolean): Counted {
  const sum = { packets: 0, octets: 0 };
  for (const count of frame.counts) {
    if (!accepts(count)) continue;
    sum.packets += count.packets;
    sum.octets += count.octets;
  }
  return sum;
}

/** One row a sensor, those with most first; the bounds of its taps add. */
function tellSensors(frame: Frame, taps: ReadonlyMap<number, PointTold>): Answer<'point'>['rows'] {
  const sensors = new Map<string, { site: string; sensor: string; told: PointTold[] }>();
  for (const [number, { site, sensor }] of frame.taps.entries()) {
    const id = `${site}/${sensor}`;
    const row = sensors.get(id) ?? { site, sensor: id, told: [] };
    sensors.set(id, row);
    const told = taps.get(number);
    if (told !== undefined) row.told.push(told);
  }
  return [...sensors.values()]
    .map(({ site, sensor, told }) => ({
      site,
      sensor,
      ...tellPoint(
        told.reduce(addTold, nothing),
        countedIn(frame, (count) => `${count.site}/${count.sensor}` === sensor),
      ),
    }))
    .sort((a, b) => b.octets.estimate - a.octets.estimate || (a.sensor < b.sensor ? -1 : 1));
}

function addTold(a: PointTold, b: PointTold): PointTold {
  const add = (x: PointTold['octets'], y: PointTold['octets']): PointTold['octets'] => ({
    estimate: x.estimate + y.estimate,
    lower: x.lower + y.lower,
    upper: x.upper + y.upper,
  });
  return {
    told: a.told === 'list' || b.told === 'none' ? a.told : b.told,
    octets: add(a.octets, b.octets),
    packets: add(a.packets, b.packets),
  };
}

/** Nobody had more than all had together; where nothing tells of it, that is all that is known. */
function tellPoint({ told, octets, packets }: PointTold, counted: Counted): PointValue {
  return { told, octets: bound(octets, counted.octets, told), packets: bound(packets, counted.packets, told) };
}

function bound(
  { estimate, lower, upper }: PointTold['octets'],
  most: number,
  told: PointTold['told'],
): PointValue['octets'] {
  const highest = told === 'none' ? most : Math.min(upper, most);
  const least = Math.min(lower, highest);
  return {
    estimate: Math.max(least, Math.min(estimate, highest)),
    lower: least,
    upper: highest,
    exact: least === highest,
  };
}
