import { readFile } from 'node:fs/promises';
import { parseDocument, stringify } from 'yaml';
import { z } from 'zod';
import { AppError } from './error.ts';
import { nearest } from './nearest.ts';

/** What is declared of a configuration key beside its type, default and range. */
export interface Key {
  /** `bytes`, `seconds`, `packets` ... or '' for what has none. */
  unit: string;
  /** When a change takes effect. */
  apply: 'live' | 'restart';
  /** Who may set it: keys of the host only can't be pushed from the centre. */
  origin: 'host' | 'centre';
  /** Never printed. */
  secret: boolean;
  /** One sentence. */
  text: string;
}

/** Attaches a key's declaration to its type. */
export type Declare = <Type extends z.ZodType>(type: Type, key: Partial<Key> & { text: string }) => Type;

/** A whole configuration, declared once: validation, `--check`, `--dump` and the reference page come from it. */
export interface ConfigDeclaration<Schema extends z.ZodType> {
  schema: Schema;
  keys: readonly DeclaredKey[];
}

export interface DeclaredKey extends Key {
  /** Path in the file, as `networks.local`. */
  path: string;
  /** Its variable in the environment, as `PICKET_NETWORKS_LOCAL`. */
  variable: string;
}

/** Declares a configuration. `build` gets the function that attaches a key's declaration to its type. */
export function declareConfig<Schema extends z.ZodObject>(
  build: (declare: Declare) => Schema,
): ConfigDeclaration<Schema> {
  const registry = z.registry<Key>();
  const schema = build((type, key) => {
    registry.add(type, { unit: '', apply: 'restart', origin: 'host', secret: false, ...key });
    return type;
  });
  const keys: DeclaredKey[] = [];
  collect(schema, '', registry, keys);
  return { schema, keys };
}

/** Where the values come from, weakest first: defaults, file, environment, flags. */
export interface ConfigSources {
  /** Path of a YAML file that must exist. */
  file?: string;
  /** Path of a YAML file that is read when it exists. */
  defaultFile?: string;
  environment: Readonly<Record<string, string | undefined>>;
  /** Values by path, as `networks.local`. */
  flags: Readonly<Record<string, unknown>>;
}

/** Reads, merges and checks; throws `config.invalid` with every fault named by its key, `config.file` for the file. */
export async function loadConfig<Schema extends z.ZodType>(
  declaration: ConfigDeclaration<Schema>,
  sources: ConfigSources,
): Promise<z.output<Schema>> {
  const file = await readSource(sources);
  const values = file?.values ?? {};
  const origins: string[] = file === undefined ? [] : [file.path];
  for (const key of declaration.keys) {
    const text = sources.environment[key.variable];
    if (text === undefined || text === '') continue;
    setPath(values, key.path, text);
    origins.push(key.variable);
  }
  for (const [path, value] of Object.entries(sources.flags)) if (value !== undefined) setPath(values, path, value);
  const result = declaration.schema.safeParse(values);
  if (result.success) return result.data;
  const known = declaration.keys.map((key) => key.path);
  const faults = result.error.issues.flatMap((issue) => describeIssue(issue, known));
  throw new AppError(
    'config.invalid',
    `configuration${origins.length > 0 ? ` (${origins.join(', ')})` : ''}: ${faults.join('; ')}`,
  );
}

/** The values in effect as YAML with each key's sentence. Secrets are left out. */
export function dumpConfig(declaration: ConfigDeclaration<z.ZodType>, config: unknown): string {
  const lines: string[] = [];
  let section = '';
  for (const key of declaration.keys) {
    const [first = '', second] = key.path.split('.');
    const indent = second === undefined ? '' : '  ';
    if (second === undefined) section = '';
    else if (first !== section) {
      section = first;
      lines.push(`${first}:`);
    }
    lines.push(
      `${indent}# ${key.text}${key.unit === '' ? '' : ` Unit: ${key.unit}.`} (${key.variable}; applies ${key.apply === 'live' ? 'at once' : 'after a restart'})`,
    );
    const value = getPath(config, key.path);
    const leaf = second ?? first;
    if (key.secret && value !== undefined) lines.push(`${indent}# ${leaf}: not shown`);
    else if (value === undefined) lines.push(`${indent}# ${leaf}:`);
    else
      lines.push(
        `${indent}${stringify(
          { [leaf]: value },
          { lineWidth: 0, flowCollectionPadding: false, collectionStyle: 'flow' },
        )
          .trim()
          .replace(/^\{(.*)\}$/s, '$1')}`,
      );
  }
  return `${lines.join('\n')}\n`;
}

/** The variable of a key: `networks.local` -> `PICKET_NETWORKS_LOCAL`, `ringBytes` -> `PICKET_RING_BYTES`. */
export function variableName(path: string): string {
  return `PICKET_${path
    .replaceAll(/[A-Z]/g, (letter) => `_${letter}`)
    .replaceAll('.', '_')
    .toUpperCase()}`;
}

function collect(schema: z.ZodType, prefix: string, registry: z.core.$ZodRegistry<Key>, into: DeclaredKey[]): void {
  for (const [leaf, type] of Object.entries((schema as z.ZodObject).shape) as [string, z.ZodType][]) {
    const path = prefix === '' ? leaf : `${prefix}.${leaf}`;
    const key = registry.get(type);
    if (key !== undefined) {
      into.push({ ...key, path, variable: variableName(path) });
      continue;
    }
    const inner = type instanceof z.ZodPrefault ? type.unwrap() : type;
    if (!(inner instanceof z.ZodObject))
      throw new AppError('config.undeclared', 'key without a declaration', { context: { path } });
    collect(inner, path, registry, into);
  }
}

async function readSource(
  sources: ConfigSources,
): Promise<{ path: string; values: Record<string, unknown> } | undefined> {
  const path = sources.file ?? sources.defaultFile;
  if (path === undefined) return undefined;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (sources.file === undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new AppError('config.file', 'cannot read the configuration file', { context: { path }, cause: error });
  }
  // Aliases are refused: a few lines of them expand to gigabytes.
  const document = parseDocument(text, { uniqueKeys: true });
  const fault = document.errors[0];
  if (fault !== undefined) throw new AppError('config.file', `${path}: ${fault.message.split('\n')[0] ?? 'not YAML'}`);
  let values: unknown;
  try {
    values = document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    throw new AppError('config.file', path, { cause: error });
  }
  if (values === null || values === undefined) return { path, values: {} };
  if (typeof values !== 'object' || Array.isArray(values))
    throw new AppError('config.file', `${path}: not a list of keys and values`);
  return { path, values: values as Record<string, unknown> };
}

function describeIssue(issue: z.core.$ZodIssue, known: readonly string[]): string[] {
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const full = path === '' ? key : `${path}.${key}`;
      const near = nearest(full, known);
      return `${full}: unknown key${near === undefined ? '' : `, did you mean ${near}?`}`;
    });
  }
  return [`${path}: ${issue.message}`];
}

function setPath(values: Record<string, unknown>, path: string, value: unknown): void {
  const parts = path.split('.');
  const leaf = parts.pop() ?? '';
  let at = values;
  for (const part of parts) {
    const inner = at[part];
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) at = inner as Record<string, unknown>;
    else {
      const made: Record<string, unknown> = {};
      at[part] = made;
      at = made;
    }
  }
  at[leaf] = value;
}

function getPath(values: unknown, path: string): unknown {
  let at = values;
  for (const part of path.split('.')) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string, unknown>)[part];
  }
  return at;
}
