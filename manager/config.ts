import { join } from 'node:path';
import { z } from 'zod';
import { declareConfig } from '../runtime/config.ts';
import { integer, line, millis, seconds, size } from '../runtime/configTypes.ts';
import { logLevels } from '../runtime/log.ts';
import { checkoutRoot, defaultStateDir } from '../runtime/paths.ts';
import { AppError } from '../runtime/error.ts';
import { parseListen } from './http/listen.ts';

/** Everything that can be set of a manager. Made when called: nothing is built at import. */
export function managerConfig() {
  return declareConfig((key) =>
    z.strictObject({
      stateDir: key(
        line().default(() => defaultStateDir('manager')),
        { text: 'Directory of the journal, the control database and the socket.' },
      ),
      socket: key(line().optional(), {
        text: 'Path of the Unix socket for this host; else the usual one, or run/manager.sock in another state directory.',
      }),
      listenPeople: key(line(255).superRefine(checkListen).default('127.0.0.1:8480'), {
        text: 'Address and port for people; only loopback until there are logins. A taken port gives way to the next free one.',
      }),
      consoleDir: key(
        line().default(() => join(checkoutRoot(), 'console', 'dist')),
        { text: 'Directory of the built console, that is served to people.' },
      ),
      logLevel: key(z.enum(logLevels).default('info'), {
        apply: 'live',
        text: 'Least important messages that are written to the log.',
      }),
      journal: z
        .strictObject({
          bytes: key(size(1 << 20, 2 ** 44).default(4 * 2 ** 30), {
            unit: 'bytes',
            text: 'Disk space for what is not loaded into the store yet; when it is full, sensors keep what they have.',
          }),
          segmentBytes: key(size(1 << 16, 2 ** 30).default(32 * 2 ** 20), {
            unit: 'bytes',
            text: 'Size at which a segment file is closed, and then loaded.',
          }),
          segmentSeconds: key(seconds(1, 3600).default(5), {
            unit: 'seconds',
            text: 'Age at which a segment file is closed, and then loaded.',
          }),
        })
        .prefault({}),
      store: z
        .strictObject({
          bytes: key(size(64 << 20, 2 ** 50).default(50 * 2 ** 30), {
            unit: 'bytes',
            text: 'Disk space of the store; beyond it the oldest rows of the finest level go before their time.',
          }),
          logBytes: key(size(64 << 20, 2 ** 50).default(10 * 2 ** 30), {
            unit: 'bytes',
            text: 'Disk space of rows of logs, of the space of the store; beyond it the oldest hours go before their time.',
          }),
          memoryBytes: key(size(512 << 20, 2 ** 42).default(2 ** 30), {
            unit: 'bytes',
            text: "Memory of the store's engine, which is a process of its own.",
          }),
          queryBytes: key(size(16 << 20, 2 ** 42).default(400 << 20), {
            unit: 'bytes',
            text: 'Memory of the engine that one question may take.',
          }),
          queryMillis: key(millis(100, 3_600_000).default(30_000), {
            unit: 'milliseconds',
            text: 'Time that one question to the engine may take.',
          }),
          sessions: key(integer(2, 64).default(4), {
            text: 'Statements that the engine runs at a time; one is kept for loading.',
          }),
        })
        .prefault({}),
      retention: z
        .strictObject({
          window: key(seconds(3600, maxSeconds).default(6 * 3600), {
            unit: 'seconds',
            text: 'How long windows are kept as they came, in whole hours of their arrival.',
          }),
          minute: key(seconds(3600, maxSeconds).default(7 * daySeconds), {
            unit: 'seconds',
            text: 'How long rows of a minute are kept. They go by whole months, as those of the longer levels do.',
          }),
          tenMinutes: key(seconds(3600, maxSeconds).default(90 * daySeconds), {
            unit: 'seconds',
            text: 'How long rows of ten minutes are kept.',
          }),
          hour: key(seconds(3600, maxSeconds).default(2 * 365 * daySeconds), {
            unit: 'seconds',
            text: 'How long rows of an hour are kept. Those of a day are kept always.',
          }),
          logs: key(seconds(3600, maxSeconds).default(7 * daySeconds), {
            unit: 'seconds',
            text: 'How long rows of logs are kept, in whole hours of their arrival.',
          }),
          dns: key(seconds(3600, maxSeconds).default(90 * daySeconds), {
            unit: 'seconds',
            text: 'How long counts of DNS queries are kept, in whole days of their arrival.',
          }),
          passiveDns: key(seconds(3600, maxSeconds).default(10 * 365 * daySeconds), {
            unit: 'seconds',
            text: 'How long the history of names and their data is kept, in whole months of its arrival.',
          }),
        })
        .prefault({}),
    }),
  );
}

/** A hundred years, and a day. */
const maxSeconds = 100 * 365 * 86_400;
const daySeconds = 86_400;

export type ManagerConfig = z.output<ReturnType<typeof managerConfig>['schema']>;

/** An address that must not listen is a fault of the configuration: told before anything is made, and by `--check`. */
function checkListen(text: string, context: z.RefinementCtx): void {
  try {
    void parseListen(text);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    context.addIssue({ code: 'custom', message: error.message.replace(/^listenPeople: /, '') });
  }
}
