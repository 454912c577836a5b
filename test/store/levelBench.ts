import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/log.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { createChdbEngine } from '../../manager/store/chdbEngine.ts';
import type { Engine } from '../../manager/store/engine.ts';
import { mergeFiles } from '../../manager/store/levelMergeFiles.ts';
import { createLevels } from '../../manager/store/levels.ts';
import type { Levels } from '../../manager/store/levels.ts';
import { countColumns } from '../../manager/store/levelWindows.ts';
import { monthOf, skRaw, winRaw } from '../../manager/store/schema.ts';
import type { LevelName } from '../../manager/store/schema.ts';
import { name, sql } from '../../manager/store/sql.ts';
import type { ModelPart } from './levelParts.ts';

const clock = systemClock();

/** Nothing lost. */
export const noLoss = { kernel: 0, nic: 0, shed: 0, unrecorded: 0, freezes: 0, blindMillis: 0 };

export type LevelBench = ReturnType<typeof levelBench>;

/** An engine of a test's own, and levels over it that can be thrown away and made again. */
export function levelBench() {
  const directory = mkdtempSync(join(tmpdir(), 'picket-levels-'));
  const engine = createChdbEngine(
    {
      directory: join(directory, 'engine'),
      memoryBytes: 1 << 30,
      sessions: 3,
      queryMillis: 20_000,
      queryBytes: 256 << 20,
    },
    {
      clock,
      log: silentLogger(),
      metrics: new Metrics(),
      fail: (error) => {
        throw error;
      },
    },
  );
  let made = 0;
  let runs = 0;
  return {
    engine,
    start: () => engine.start(),
    /** Number of a run, which has segments, hours, a month and taps of its own: all share the engine's tables. */
    newRun: (): number => (runs += 1),
    async stop() {
      await engine.stop(clock.elapsed() + 5000);
      rmSync(directory, { recursive: true, force: true });
    },
    /** A directory for levels of their own. */
    newState: (): string => mkdtempSync(join(directory, `state-${(made += 1)}-`)),
    /** Levels over a directory, as a manager has them after its start. */
    open(stateDir: string, over: Partial<Engine> = {}): Levels {
      const levels = createLevels(stateDir, { engine: { ...engine, ...over }, clock });
      void levels.start();
      return levels;
    },
  };
}

/** Puts parts into the raw tables as one segment, and tells the levels. */
export async function loadSegment(
  engine: Engine,
  levels: Levels,
  segment: number,
  arrived: number,
  parts: readonly ModelPart[],
): Promise<void> {
  const origin = (rows: number) => ({
    arrived: Array.from({ length: rows }, () => arrived),
    mgr: Array.from({ length: rows }, () => 1),
    seg: Array.from({ length: rows }, () => segment),
  });
  await engine.insert(winRaw, {
    tap: parts.map(({ number }) => number),
    ts: parts.map(({ start }) => start),
    seconds: parts.map(({ seconds }) => seconds),
    window_seconds: parts.map(({ windowSeconds }) => windowSeconds),
    replay: parts.map(({ replay }) => Number(replay)),
    covered_from: parts.map(({ coveredFrom }) => coveredFrom),
    covered_to: parts.map(({ coveredTo }) => coveredTo),
    ...Object.fromEntries(countColumns.map((column, at) => [column, parts.map((part) => countsOf(part)[at]!)])),
    ...origin(parts.length),
  });
  const sections = parts.flatMap((part) => part.sections.map((section) => ({ part, section })));
  await engine.insert(skRaw, {
    tap: sections.map(({ part }) => part.number),
    kind: sections.map(({ section }) => section.kind),
    version: sections.map(({ section }) => section.version),
    ts: sections.map(({ part }) => part.start),
    seconds: sections.map(({ part }) => part.seconds),
    window_seconds: sections.map(({ part }) => part.windowSeconds),
    packets: sections.map(({ part }) => part.packets),
    params: sections.map(({ section }) => section.parameters),
    seed: sections.map(({ section }) => section.seedHash),
    data: sections.map(({ section }) => section.body),
    ...origin(sections.length),
  });
  levels.loaded(
    segment,
    parts.map(({ number: tap, start: ts, seconds, windowSeconds }) => ({ tap, ts, seconds, windowSeconds })),
  );
}

function countsOf({ packets, octets, loss }: ModelPart): number[] {
  return [packets, octets, loss.kernel, loss.nic, loss.shed, loss.unrecorded, loss.freezes, loss.blindMillis];
}

/** Rolls everything that can be, in batches of `batch`, in this thread. */
export async function rollAll(levels: Levels, batch = 100): Promise<void> {
  const { queue } = levels;
  for (let level = 0; level < queue.levels; level++) {
    const cells = queue.ready(level);
    for (let at = 0; at < cells.length; at += batch) await queue.roll(cells.slice(at, at + batch), mergeFiles);
  }
}

/** Removes the raw rows of an hour of arrival, as retention does. */
export async function dropRaw(engine: Engine, levels: Levels, arrived: number): Promise<void> {
  levels.dropping('raw', await endsOf(engine, 'win_raw', 'arrived', arrived));
  for (const table of ['win_raw', 'sk_raw'])
    await engine.exec(sql`ALTER TABLE ${name(table)} DROP PARTITION ${arrived}`);
}

/** Removes a level's month, as retention does. */
export async function dropMonth(engine: Engine, levels: Levels, level: LevelName, ts: number): Promise<void> {
  const month = monthOf(ts);
  const tables = [`win_${level}`, `sk_${level}`];
  for (const table of tables) levels.dropping(level, await endsOf(engine, table, 'month', month));
  for (const table of tables) await engine.exec(sql`ALTER TABLE ${name(table)} DROP PARTITION ${month}`);
}

async function endsOf(engine: Engine, table: string, column: string, value: number): Promise<[number, number][]> {
  const ends = await engine.select(
    sql`SELECT tap, max(ts + seconds) AS until FROM ${name(table)} WHERE ${name(column)} = ${value} GROUP BY tap`,
  );
  return Array.from(ends.numbers('tap'), (tap, i) => [tap, ends.numbers('until')[i]!]);
}
