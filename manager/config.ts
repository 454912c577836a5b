import { join } from 'node:path';
import { z } from 'zod';
import { declareConfig } from '../runtime/config.ts';
import { line, size } from '../runtime/configTypes.ts';
import { logLevels } from '../runtime/log.ts';
import { checkoutRoot, defaultStateDir } from '../runtime/paths.ts';

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
      listenPeople: key(line(255).default('127.0.0.1:8480'), {
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
            text: 'Disk space for windows; the oldest segment files are removed beyond it.',
          }),
          segmentBytes: key(size(1 << 16, 2 ** 30).default(64 * 2 ** 20), {
            unit: 'bytes',
            text: 'Size at which a segment file is closed and the next one begun.',
          }),
        })
        .prefault({}),
    }),
  );
}

export type ManagerConfig = z.output<ReturnType<typeof managerConfig>['schema']>;
