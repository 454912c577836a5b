import { hostname } from 'node:os';
import { z } from 'zod';
import { declareConfig } from '../runtime/config.ts';
import { flag, integer, line, list, millis, name, seconds, size } from '../runtime/configTypes.ts';
import { defaultSocket, defaultStateDir } from '../runtime/paths.ts';
import { logLevels } from '../runtime/log.ts';
import { parsePrefix } from '../core/packet/networkSet.ts';
import { logs } from '../core/records/logs.ts';
import { windowLengths } from '../core/summary/period.ts';
import { realmFault } from './flow/realms.ts';
import { memoryFault } from './memoryPlan.ts';

/** Everything that can be set of a sensor. Made when called: nothing is built at import. */
export function sensorConfig() {
  return declareConfig((key) =>
    z
      .strictObject({
        site: key(name().default('default'), {
          text: 'Name of the place that the sensor is at; answers are grouped by it.',
        }),
        name: key(
          name().default(() => hostName()),
          { text: 'Name of the sensor inside its site.' },
        ),
        manager: key(
          line().default(() => `unix:${defaultSocket()}`),
          {
            text: 'Where the manager is: unix:PATH, or http://127.0.0.1:PORT until sensors have identities.',
          },
        ),
        stateDir: key(
          line().default(() => defaultStateDir('sensor')),
          { text: 'Directory of the spool and of what the sensor must remember.' },
        ),
        logLevel: key(z.enum(logLevels).default('info'), {
          apply: 'live',
          origin: 'centre',
          text: 'Least important messages that are written to the log.',
        }),
        tap: key(name().default('tap0'), { text: 'Name of the tap: the interfaces that feed one flow table.' }),
        interfaces: key(list(line(15), 64).default([]), {
          text: 'Interfaces of the tap; without any, that of the default route.',
        }),
        source: key(z.enum(['ring', 'libpcap']).default('ring'), {
          text: 'How packets are captured: by memory-mapped rings, without any privilege; or by libpcap, which knows more kinds of interfaces, takes one interface and one worker, and keeps the right to capture where packets are parsed.',
        }),
        promiscuous: key(flag().default(true), { text: 'Take frames that are not addressed to this host too.' }),
        filter: key(line(65_536).default(''), {
          text: 'A tcpdump expression; packets that do not match are not looked at.',
        }),
        checksums: key(flag().default(false), {
          text: 'Verify checksums; a packet with a wrong one then counts for its addresses only.',
        }),
        snaplen: key(integer(68, 262_144).default(262_144), {
          unit: 'bytes',
          text: 'Bytes of each packet that are captured.',
        }),
        ringBytes: key(size(1 << 20, 4 * 2 ** 30).default(64 * 2 ** 20), {
          unit: 'bytes',
          text: 'Memory of the capture ring, of each worker.',
        }),
        blockTimeoutMillis: key(millis(1, 10_000).default(200), {
          unit: 'milliseconds',
          text: 'Time after which the kernel hands over a block of the ring that is not full.',
        }),
        workers: key(integer(1, 16).default(1), {
          unit: 'threads',
          text: 'Capture workers of the tap; the kernel spreads packets by address pair.',
        }),
        flowSlots: key(integer(1024, 4_194_304).default(262_144), {
          unit: 'flows',
          text: 'Flows that one worker keeps at a time.',
        }),
        memoryBytes: key(size(128 * 2 ** 20, 2 ** 40).default(512 * 2 ** 20), {
          unit: 'bytes',
          text: 'Memory that the sensor may take in all, whatever the traffic: rings, flows, fragments, heaps, the runtime itself.',
        }),
        windowSeconds: key(
          seconds(1, 60)
            .refine((value) => (windowLengths as readonly number[]).includes(value), {
              error: `is not one of ${windowLengths.join(', ')}`,
            })
            .default(10),
          { unit: 'seconds', text: 'Length of a window.' },
        ),
        networks: z
          .strictObject({
            local: key(list(network(), 10_000).optional(), {
              origin: 'centre',
              text: 'Networks that are local in every list and count; when absent the non-global blocks of IANA.',
            }),
          })
          .prefault({}),
        spool: z
          .strictObject({
            bytes: key(size(1 << 20, 2 ** 40).default(256 * 2 ** 20), {
              unit: 'bytes',
              text: 'Disk space for windows that the manager has not acknowledged.',
            }),
          })
          .prefault({}),
        dns: z
          .strictObject({
            ports: key(list(integer(1, 65_535), 64).default([]), {
              text: 'Ports where DNS is expected beside 53 (UDP and TCP), 137, 5353 and 5355 (UDP).',
            }),
            byContent: key(flag().default(false), {
              text: 'Look for DNS at every other port too, by its form.',
            }),
            digests: key(flag().default(true), {
              text: 'Ship digests of DNS: passive DNS, counts of queries, names and clients.',
            }),
            periodSeconds: key(seconds(60, 3600).default(600), {
              unit: 'seconds',
              text: 'Length of the period that a digest adds up.',
            }),
            digestBytes: key(size(1 << 20, 2 ** 30).default(16 * 2 ** 20), {
              unit: 'bytes',
              text: 'Memory for the tables of a period, of each worker; 16 MiB are enough for some 1,000 queries a second.',
            }),
          })
          .prefault({}),
        logs: z
          .strictObject({
            directory: key(line().optional(), {
              text: 'Directory of logs on this host; when absent none are written.',
            }),
            local: key(list(logName(), 64).default([]), {
              text: 'Logs that are written there, as dns or http; without any, all are.',
            }),
            format: key(z.enum(['json', 'tsv']).default('json'), {
              text: "Form of these files: one JSON object a line, or Zeek's TSV.",
            }),
            rotateSeconds: key(seconds(1, 31 * 86_400).default(3600), {
              unit: 'seconds',
              text: 'Time after which another file is begun, at multiples of it since 1970.',
            }),
            maxBytes: key(size(1 << 20, 2 ** 50).default(2 ** 30), {
              unit: 'bytes',
              text: 'Disk space of all these files; beyond it the oldest go.',
            }),
            ship: key(list(logName(), 64).default([]), {
              text: 'Logs whose rows are shipped to the manager; without any, none are.',
            }),
          })
          .prefault({}),
        seed: key(
          z
            .string()
            .regex(/^[0-9a-f]{32}$/, 'is not 16 bytes in hexadecimal')
            .optional(),
          { secret: true, text: 'The deployment seed of keyed sections; else the manager sends it.' },
        ),
        realm: key(name().optional(), {
          text: 'Realm of the tap: apart from others, equal private addresses are different hosts.',
        }),
        realms: key(list(line(100), 1000).default([]), {
          text: 'Realms of VLANs and tunnels that differ from that of the tap, as vlan:100=plant or tunnel:5000=lab.',
        }),
      })
      .superRefine((config, context) => {
        const fault = realmFault(config);
        if (fault !== undefined) context.addIssue({ code: 'custom', path: ['realms'], message: fault });
        const message = memoryFault(config);
        if (message !== undefined) context.addIssue({ code: 'custom', path: ['memoryBytes'], message });
        if (config.source === 'libpcap' && (config.interfaces.length > 1 || config.workers > 1)) {
          const message = 'libpcap takes one of interfaces and one of workers; ring takes several';
          context.addIssue({ code: 'custom', path: ['source'], message });
        }
      }),
  );
}

export type SensorConfig = z.output<ReturnType<typeof sensorConfig>['schema']>;

/** What `picket sensor` was asked to do, after its configuration was read and checked. */
export interface SensorOptions {
  config: SensorConfig;
  /** Capture files to replay instead of the interfaces; the run ends when the manager has acknowledged all of it. */
  replay?: { files: readonly string[]; speed: number | 'max' };
  /** Gets called with one line a life event that somebody who started it by hand wants to see. */
  say?: (line: string) => void;
}

/** `ADDRESS/LENGTH`, or one address. */
function network() {
  return line(64).refine((text) => parsePrefix(text) !== undefined, 'is not a network such as 10.0.0.0/8');
}

/** The path of a log that there is. */
function logName() {
  return line(64).refine((text) => logs.some(({ path }) => path === text), {
    error: `is not one of ${logs.map(({ path }) => path).join(', ')}`,
  });
}

function hostName(): string {
  const short = (hostname().split('.')[0] ?? '').replaceAll(/[^A-Za-z0-9._-]/g, '-').slice(0, 64);
  return /^[A-Za-z0-9]/.test(short) ? short : 'sensor';
}
