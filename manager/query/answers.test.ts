import fc from 'fast-check';
import { expect, test } from 'vitest';
import { api } from '../../proto/api.ts';
import type { Asked } from '../../proto/api.ts';
import type { RouteName } from '../../proto/routes.ts';
import { systemClock } from '../../runtime/clock.ts';
import { Metrics } from '../../runtime/metrics.ts';
import type { SensorLink } from '../ingest/sensorLinks.ts';
import type { LogStore } from '../store/logStore.ts';
import type { SummaryStore } from '../store/summaryStore.ts';
import { createFakeDoor, fakeStart, fakeWindow } from '../../test/questions/fakeDoor.ts';
import type { FakeWindow } from '../../test/questions/fakeDoor.ts';
import { createAnswers } from './answers.ts';
import { createInlineMerging } from './merging.ts';

const now = (fakeStart + 100_000) * 1000;

/** Asks as HTTP does: by parameters of text, and what comes is as the table says. */
function askOf(
  windows: FakeWindow[],
  over: Partial<SummaryStore> = {},
  links: readonly SensorLink[] = [],
  hostNames: ReadonlyMap<string, string> = new Map(),
) {
  const { store: door, control, dns, hostNames: names } = createFakeDoor(windows);
  for (const [address, name] of hostNames) names.set(address, name);
  const store = { ...door, ...over };
  const { handlers } = createAnswers({
    store,
    logs: fakeLogs,
    dns,
    control,
    merging: createInlineMerging(),
    connected: () => new Set(),
    links: () => links,
    metrics: new Metrics(),
    clock: { ...systemClock(), now: () => now },
  });
  return async <Name extends RouteName>(name: Name, parameters: Record<string, string | string[]>) => {
    const asked = api[name].query.parse(parameters) as Asked<Name>;
    const answer = await handlers[name](asked);
    expect(api[name].answer.parse(JSON.parse(JSON.stringify(answer)))).toEqual(JSON.parse(JSON.stringify(answer)));
    return answer;
  };
}

/** No rows. */
const fakeLogs: LogStore = {
  rows: () => Promise.resolve({ rows: [], more: false }),
  losses: () => Promise.resolve({ gaps: [], dropped: 0, cut: false }),
  subscribe: () => () => undefined,
  arrived: () => undefined,
};
const start = fakeStart;
const span = (seconds: number) => ({ from: String(start), to: String(start + seconds) });

test('any cut into steps sums to the total, and a step of which nothing is known says so', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.nat(40), { maxLength: 20 }),
      fc.integer({ min: 1, max: 50 }),
      fc.boolean(),
      async (places, size, bySteps) => {
        const windows = places.map((place) => fakeWindow({ start: start + 10 * place }, [place + 1, 100]));
        const ask = askOf(windows);
        const step = bySteps ? { steps: String(size) } : { step: String(10 * size) };
        const { value } = await ask('total', span(400));
        const inRange = windows.filter(({ row }) => row.start < start + 400);
        expect(value.octets).toBe(inRange.reduce((sum, { row }) => sum + row.octets, 0));
        for (const what of ['packets', 'octets'] as const) {
          const { rows, from, to } = await ask('series', { what, ...step, ...span(400) });
          expect(rows.reduce((sum, row) => sum + (row.value ?? 0), 0)).toBe(value[what]);
          expect([rows[0]?.from, rows.at(-1)?.to]).toEqual([from, to]);
          rows.slice(1).forEach((row, i) => expect(row.from).toBe(rows[i]?.to));
          for (const row of rows) expect(row.value === null).toBe(row.coverage.seconds.present === 0);
          if (bySteps) expect(rows.length).toBeLessThanOrEqual(size);
        }
      },
    ),
    { numRuns: 40 },
  );
});

test('distinct counts are unions: over time, sites and sides', async () => {
  const ask = askOf([
    fakeWindow({ start }, [1, 2, 3, 4]),
    fakeWindow({ start: start + 10 }, [3, 4, 5]),
    fakeWindow({ start, site: 'lima' }, [4, 5, 6, 7]),
  ]);
  const count = async (parameters: Record<string, string>) =>
    (await ask('distinct', { what: 'hosts', ...span(20), ...parameters })).value.estimate;
  expect(await count({})).toBe(7);
  expect(await count({ site: 'oslo' })).toBe(5);
  expect(await count({ side: 'local' })).toBe(3);
  expect(await count({ side: 'remote', site: 'lima' })).toBe(2);
  expect(await count({ what: 'pairs' })).toBe(0);
  const { rows } = await ask('series', { what: 'sources', by: 'site', step: '10', ...span(20) });
  expect(rows.map(({ site, value }) => [site, value])).toEqual([
    ['lima', 4],
    ['lima', null],
    ['oslo', 4],
    ['oslo', 3],
  ]);
  const overlap = await ask('overlap', { a: 'oslo', b: 'lima', ...span(20) });
  expect(overlap.value.hosts).toMatchObject({ a: { estimate: 5 }, b: { estimate: 4 }, union: { estimate: 7 } });
  expect(overlap.value.hosts.overlap.estimate).toBe(2);
  expect(overlap.coverage.sensors.asked).toBe(2);
});

test('ranges are widened to whole windows, by default the last hour, or all that there is', async () => {
  const ask = askOf([fakeWindow({ start }, [1]), fakeWindow({ start: start + 500 }, [2])]);
  const odd = await ask('total', { from: String(start + 3.5), to: '2023-11-14T22:20:11Z' });
  expect([odd.from, odd.to]).toEqual(['2023-11-14T22:20:00.000000000Z', '2023-11-14T22:20:20.000000000Z']);
  expect(odd.query).toMatchObject({ ask: 'total', from: String(start + 3.5), to: '2023-11-14T22:20:11Z' });
  const all = await ask('total', { all: 'true' });
  expect([all.from, all.to, all.value.octets]).toEqual([
    '2023-11-14T22:20:00.000000000Z',
    '2023-11-14T22:28:30.000000000Z',
    3,
  ]);
  const hour = await ask('total', {});
  expect([hour.value.octets, hour.data]).toEqual([0, { from: all.from, to: all.to }]);
  expect(Date.parse(hour.to ?? '') - Date.parse(hour.from ?? '')).toBe(3600_000);
  const minutes = await ask('quantiles', { what: 'sizes', from: String(start + 70), to: String(start + 75) });
  expect([minutes.from, minutes.to]).toEqual(['2023-11-14T22:21:00.000000000Z', '2023-11-14T22:22:00.000000000Z']);
});

test('a question whose windows go while it is answered is begun again, or refused', async () => {
  const windows = [fakeWindow({ start }, [1, 2]), fakeWindow({ start: start + 60, seconds: 60 }, [3])];
  let looks = 0;
  const moving = askOf(windows, { grain: () => ((looks += 1) === 1 ? 10 : 60) });
  const { from, to, value } = await moving('distinct', { what: 'hosts', ...span(70) });
  expect([from, to]).toEqual(['2023-11-14T22:20:00.000000000Z', '2023-11-14T22:22:00.000000000Z']);
  expect(value.estimate).toBe(3);
  const unsteady = askOf(windows, { grain: () => ((looks += 1) % 2 === 0 ? 60 : 10) });
  looks = 0;
  await expect(unsteady('distinct', { what: 'hosts', ...span(70) })).rejects.toThrow('ask again in some seconds');
});

test('the period before is as long, has its own coverage, and is told apart when it was watched otherwise', async () => {
  const ask = askOf([
    fakeWindow({ start: start - 20 }, [1, 8]),
    fakeWindow({ start: start - 10 }, [8, 9]),
    fakeWindow({ start }, [1, 2, 16]),
    fakeWindow({ start: start + 10 }, [1, 16]),
    fakeWindow({ start: start + 20 }, [1]),
  ]);
  const compare = 'previous';
  const top = await ask('top', { what: 'hosts', compare, ...span(20) });
  expect(top.rows.map(({ key, octets, before, change }) => [key, octets, before?.rank ?? null, change])).toEqual([
    ['10.0.0.16', 32, null, null],
    ['10.0.0.1', 2, 3, 1],
    ['10.0.0.2', 2, null, null],
  ]);
  expect(top.previous).toMatchObject({
    from: '2023-11-14T22:19:40.000000000Z',
    to: top.from,
    comparable: true,
    why: null,
    coverage: { packets: { seen: 4 } },
  });
  const total = await ask('total', { compare, ...span(20) });
  expect(total.previous).toMatchObject({ value: { packets: 4, octets: 26 }, change: 0.384615 });
  const series = await ask('series', { what: 'octets', step: '10', compare, ...span(20) });
  expect(series.rows.map(({ value, before }) => [value, before])).toEqual([
    [19, 9],
    [17, 17],
  ]);
  const unlike = await ask('distinct', { what: 'hosts', compare, ...span(30) });
  expect(unlike.previous).toMatchObject({ comparable: false, why: 'watched 20 s then and 30 s now' });
  expect((await ask('sensors', { compare, ...span(20) })).rows[0]).toMatchObject({
    octets: 36,
    before: { octets: 26 },
    change: 0.384615,
  });
});

test('lists of many windows are merged within their bounds, and the answer says what others can have', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 150 }), { minLength: 1, maxLength: 12 }),
      async (streams) => {
        const ask = askOf(streams.map((hosts, i) => fakeWindow({ start: start + 10 * i }, hosts)));
        const truth = new Map<string, { packets: number; octets: number }>();
        for (const host of streams.flat()) {
          const count = truth.get(`10.0.0.${host}`) ?? { packets: 0, octets: 0 };
          truth.set(`10.0.0.${host}`, { packets: count.packets + 1, octets: count.octets + host });
        }
        const { rows, others } = await ask('top', { what: 'hosts', limit: '5', ...span(1000) });
        for (const { key, packets, octets, error } of rows) {
          const count = truth.get(key);
          expect(Math.abs(octets - (count?.octets ?? 0))).toBeLessThanOrEqual(error.octets);
          expect(Math.abs(packets - (count?.packets ?? 0))).toBeLessThanOrEqual(error.packets);
          truth.delete(key);
        }
        for (const { packets, octets } of truth.values()) {
          expect(octets).toBeLessThanOrEqual(others.octets);
          expect(packets).toBeLessThanOrEqual(others.packets);
        }
      },
    ),
    { numRuns: 30 },
  );
});

test('sensors are told with their clocks, and what of them is in no answer', async () => {
  const link = { site: 'oslo', replay: false, connected: true, version: 2, refused: 1, unreadable: 2 };
  const seen = { lastPart: undefined, lagSeconds: 1, quarantined: 3, clock: { offset: -700.25, uncertainty: 0.5 } };
  const windows = [fakeWindow({ start }, [1]), fakeWindow({ start, site: 'lima' }, [1])];
  const { rows } = await askOf(windows, {}, [{ ...link, ...seen, name: windows[0]!.row.sensor }])('sensors', span(10));
  expect(rows.map((row) => [row.site, row.clockOffsetSeconds, row.refused, row.unreadable, row.quarantined])).toEqual([
    ['oslo', -700.25, 1, 2, 3],
    ['lima', null, 0, 0, 0],
  ]);
});

test('damaged sections are left out, and said so', async () => {
  const window = fakeWindow({ start }, [1, 2]);
  const broken = { ...window.sections[0]!, body: Uint8Array.of(255, 255, 255) };
  const ask = askOf([window, { row: { ...window.row, start: start + 10 }, sections: [broken] }]);
  const { value, notes } = await ask('distinct', { what: 'sources', ...span(20) });
  expect([value.estimate, notes]).toEqual([
    2,
    ['1 section was left out: damaged, or of a size or seed that cannot be merged'],
  ]);
});

test.each<[RouteName, Record<string, string>, string]>([
  ['distinct', { what: 'hosts', from: '5', to: '5' }, 'the range is empty'],
  ['distinct', { what: 'hosts', all: 'true', from: '5' }, 'stands alone'],
  ['distinct', { what: 'services', side: 'local' }, 'services are neither local nor remote'],
  ['series', { what: 'octets', side: 'local' }, 'octets are counted of all frames'],
  ['series', { what: 'octets', step: '5', steps: '5' }, 'not both'],
  ['series', { what: 'octets', step: '10', from: '0', to: '100000' }, 'that are 10000 steps, and at most 2000'],
  ['overlap', { a: 'oslo', b: 'oslo' }, 'two different sites'],
  ['point', { address: 'example.net' }, 'not an address'],
])('%s of %j is refused with a sentence', async (name, parameters, sentence) => {
  await expect(askOf([])(name, parameters)).rejects.toThrow(sentence);
});

test('without any sensor there is an answer, and nothing in it', async () => {
  const ask = askOf([]);
  for (const parameters of [{}, { all: 'true' }]) {
    const { value, data, coverage } = await ask('distinct', { what: 'hosts', ...parameters });
    expect([value.estimate, data.from, coverage.sensors.asked]).toEqual([0, null, 0]);
  }
  expect((await ask('top', { what: 'pairs' })).rows).toEqual([]);
  expect((await ask('point', { address: '10.0.0.1' })).value).toMatchObject({ told: 'none', octets: { upper: 0 } });
  expect((await ask('total', { dedup: 'true' })).value).toMatchObject({ octets: 0, dedup: { sensors: [] } });
});

test('addresses of a list have the name that DNS gave last, others have none', async () => {
  const door = createFakeDoor([fakeWindow({ start }, [1, 2])]);
  const keys = (await askOf(door.windows)('top', { what: 'hosts', ...span(10) })).rows.map(({ key }) => key);
  const [first = '', second = ''] = keys;
  const named = askOf(door.windows, {}, [], new Map([[first, 'www.example.org']]));
  const { rows } = await named('top', { what: 'hosts', ...span(10) });
  expect(rows.find(({ key }) => key === first)?.name).toBe('www.example.org');
  expect(rows.find(({ key }) => key === second)?.name).toBeNull();
  const pairs = await named('top', { what: 'pairs', ...span(10) });
  for (const row of pairs.rows) expect(row.name).toBeUndefined();
  expect((await named('point', { address: first, ...span(10) })).name).toBe('www.example.org');
});
