/**
 * Who may import whom. A target is a path from the root, or `npm:NAME` for a package, `node:NAME` for Node's own.
 *
 * Tests stand outside of the rules of stages (`tests: true` = the rule binds them too): a test may build what it needs.
 */
export interface ImportRule {
  from: RegExp;
  to: RegExp;
  /** What is forbidden: everything, all but types, or all but lazy imports and types. */
  forbids: 'everything' | 'values' | 'eager values';
  /** Targets that the rule leaves alone. */
  except?: RegExp;
  tests?: boolean;
  /** The file's own stage (its first two folders) is left alone. */
  sameStage?: boolean;
  why: string;
}

/** The way of data through a sensor: each stage knows the types of those before it, and nothing of those after it. */
const sensorStages = ['capture', 'flow', 'protocols', 'window', 'merge', 'link'];

/** Files that join stages: the daemons, the pipeline, and the files that threads start with. */
const builders = 'main|read|pipeline|start|[a-zA-Z]*[wW]orker';

/** A layout of memory that two stages share is constants, and no implementation. */
const sharedLayouts = /^sensor\/flow\/layout\.ts$/;

const native = /^npm:koffi$/;

export const importRules: readonly ImportRule[] = [
  {
    from: /^sensor\//,
    to: /^manager\//,
    forbids: 'everything',
    tests: true,
    why: 'a sensor is installed without a manager and speaks to it by proto/ only',
  },
  {
    from: /^manager\//,
    to: /^sensor\//,
    forbids: 'everything',
    tests: true,
    why: 'a manager is installed without a sensor and speaks to it by proto/ only',
  },
  {
    from: /^core\//,
    to: /^(?!core\/)/,
    forbids: 'everything',
    why: 'core is pure: no clock, no I/O, no package; so it runs alike in sensor, manager, browser and test',
  },
  {
    from: /^proto\//,
    to: /^(?!proto\/|core\/|npm:protobufjs(\/|$))/,
    except: /^npm:zod$/,
    forbids: 'everything',
    why: 'a contract knows no implementation, only the runtime of its encoding',
  },
  {
    from: /^proto\/(?!api(Answers)?\.ts$)/,
    to: /^npm:zod$/,
    forbids: 'everything',
    why: 'only the route table of the API is checked by zod; loading it costs 88 ms',
  },
  {
    from: /^runtime\//,
    to: /^(sensor|manager|cli|console)\//,
    forbids: 'everything',
    why: 'runtime is what both daemons need: it cannot need either',
  },
  {
    from: /^(core|proto|runtime|sensor|manager)\//,
    to: /^(cli|console|bench|tools)\//,
    forbids: 'everything',
    why: 'commands and the page stand on the daemons, not under them',
  },
  {
    from: /^(core|proto|runtime|sensor|manager|cli|console)\//,
    to: /^(test|bench)\/|^npm:(vitest|fast-check)$/,
    forbids: 'everything',
    why: 'what is installed on hosts has no tests in it',
  },
  ...sensorStages.flatMap((stage, i): ImportRule[] => [
    ...sensorStages.slice(i + 1).map((right) => ({
      from: new RegExp(`^sensor/${stage}/(?!(${builders})\\.ts$)`),
      to: new RegExp(`^sensor/${right}/`),
      forbids: 'everything' as const,
      why: `${stage} comes before ${right}: what is later may change without it`,
    })),
    ...sensorStages.slice(0, i).map((left) => ({
      from: new RegExp(`^sensor/${stage}/(?!(${builders})\\.ts$)`),
      to: new RegExp(`^sensor/${left}/`),
      except: sharedLayouts,
      forbids: 'values' as const,
      why: `${stage} knows what ${left} hands over, not how it is made: only a builder joins them`,
    })),
  ]),
  {
    from: new RegExp(`^sensor/(capture|flow|protocols|window)/(?!(${builders})\\.ts$)`),
    to: /^sensor\/(match|recorder|ask|privilege|logs)\//,
    forbids: 'everything',
    why: 'what hangs off the way of data hangs on it: the way does not know it',
  },
  {
    from: new RegExp(`^sensor/(match|recorder|ask|privilege)/(?!(${builders})\\.ts$)`),
    to: /^sensor\/(capture|flow|protocols|window|link)\//,
    except: sharedLayouts,
    forbids: 'values',
    why: 'a stage is built by the builders only, so that a test can put another in its place',
  },
  {
    from: /^manager\/[a-z]+\/(?![a-zA-Z]*([wW]orker|[cC]hild)\.ts$)/,
    to: /^manager\/[a-z]+\//,
    // A class of errors is a name to know a fault by, and no implementation.
    except: /Errors?\.ts$/,
    sameStage: true,
    forbids: 'values',
    why: 'manager/main.ts alone builds stores, ingest and servers and hands them to each other',
  },
  {
    from: /^(?!sensor\/link\/|manager\/ingest\/|proto\/)/,
    to: /^proto\/gen\//,
    forbids: 'everything',
    why: 'generated protobuf types stop at link and ingest: inside, everything has types of our own',
  },
  {
    from: /^(?!sensor\/(capture|privilege)\/|runtime\/systemd\.ts$|manager\/store\/|bench\/)/,
    to: native,
    forbids: 'everything',
    why: 'native code is reached in few places, where what it may do wrong is known',
  },
  {
    from: /^(sensor|runtime)\//,
    to: /^npm:(chdb|fastify)(\/|$)/,
    forbids: 'everything',
    why: 'a sensor is installed without the packages of the manager workspace',
  },
  {
    from: /^(?!manager\/store\/engineChild\.ts$)/,
    to: /^npm:chdb(\/|$)/,
    forbids: 'values',
    tests: true,
    why: "the store's engine lives in a process of its own: loading it takes 250 MB, and its faults are not ours",
  },
  {
    from: /^manager\/store\/engineChild\.ts$/,
    to: /^npm:chdb(\/|$)/,
    forbids: 'eager values',
    why: 'that it does not load is an error to be told in one line',
  },
  {
    from: /^cli\//,
    to: /^(sensor|manager)\//,
    forbids: 'eager values',
    why: 'a command loads a daemon when it runs it: picket --help must not pay for it',
  },
  {
    from: /^cli\//,
    to: /^(sensor|manager)\/(?!(main|read)\.ts$)/,
    forbids: 'values',
    why: 'a daemon has one door for commands, main.ts, and the sensor a second for files, read.ts',
  },
  {
    from: /^console\//,
    to: /^(?!console\/|npm:)/,
    except: /^proto\/(api|routes)\.ts$/,
    forbids: 'everything',
    why: 'the page runs in a browser and knows the API, nothing behind it',
  },
  {
    from: /^console\//,
    to: /^proto\/api(Answers)?\.ts$/,
    forbids: 'values',
    why: 'types are erased; a schema would bring zod into the bundle, 24 kB of it',
  },
];
