import { request } from 'node:http';
import { parseManagerUrl } from '../proto/managerUrl.ts';
import type { ManagerPlace } from '../proto/managerUrl.ts';
import { routes } from '../proto/routes.ts';
import type { RouteName } from '../proto/routes.ts';
import { AppError, UsageError, printable } from '../runtime/error.ts';
import { maxSocketPath, socketPlaces } from '../runtime/paths.ts';

/** Bytes of an answer that are taken at most. */
const maxAnswer = 256 << 20;
const timeoutMillis = 60_000;

/** Where to ask: `--manager`, else PICKET_MANAGER, else the usual sockets of this host. */
export function managerPlaces(option: string | undefined): ManagerPlace[] {
  const named = option ?? (process.env['PICKET_MANAGER'] || undefined);
  if (named === undefined) return socketPlaces().map((path) => ({ kind: 'unix', path }));
  const place = parseManagerUrl(named);
  if (typeof place === 'string')
    throw new UsageError(`${option === undefined ? 'PICKET_MANAGER' : '--manager'} ${place}`);
  return [place];
}

/** Asks the first manager that is there. `parameters` fill the path's `:name`s and then the query. */
export async function ask<Answer>(
  places: readonly ManagerPlace[],
  name: RouteName,
  parameters: Readonly<Record<string, string | readonly string[] | undefined>>,
): Promise<Answer> {
  return (await askFirst(places, name, parameters)).answer as Answer;
}

/** The first manager that is there. Throws `manager.away` when none is. */
export async function findManager(places: readonly ManagerPlace[]): Promise<ManagerPlace> {
  return (await askFirst(places, 'health', {})).place;
}

/** The address of the first manager that is there, as `--manager` takes it. Throws `manager.away` when none is. */
export async function firstAnswering(places: readonly ManagerPlace[]): Promise<string> {
  const place = await findManager(places);
  return place.kind === 'unix' ? `unix:${place.path}` : describePlace(place);
}

async function askFirst(
  places: readonly ManagerPlace[],
  name: RouteName,
  parameters: Readonly<Record<string, string | readonly string[] | undefined>>,
): Promise<{ answer: unknown; place: ManagerPlace }> {
  const { path, left } = fillPath(routes[name].path, parameters);
  const query = new URLSearchParams();
  for (const [key, value] of left) for (const one of [value ?? []].flat()) query.append(key, one);
  const tried: string[] = [];
  for (const place of places) {
    const length = place.kind === 'unix' ? Buffer.byteLength(place.path) : 0;
    if (length > maxSocketPath) {
      tried.push(`${describePlace(place)} (${length} bytes, a Unix socket's path has at most ${maxSocketPath})`);
      continue;
    }
    try {
      return { answer: await get(place, query.size === 0 ? path : `${path}?${query.toString()}`), place };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (!['ENOENT', 'ECONNREFUSED', 'EACCES', 'ENOTSOCK', 'ENOTDIR'].includes(code ?? '')) throw error;
      tried.push(`${describePlace(place)} (${reasons[code ?? ''] ?? code ?? ''})`);
    }
  }
  throw new AppError(
    'manager.away',
    `no manager answers at ${tried.join(', ')}; name one by --manager URL or PICKET_MANAGER`,
  );
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'not there',
  ENOTDIR: 'not there',
  ECONNREFUSED: 'nobody listens',
  EACCES: 'no right to open it',
  ENOTSOCK: 'not a socket',
};

function fillPath(pattern: string, parameters: Readonly<Record<string, string | readonly string[] | undefined>>) {
  const left = new Map(Object.entries(parameters));
  const path = pattern.replaceAll(/:([a-z]+)/g, (_, key: string) => {
    const value = left.get(key);
    left.delete(key);
    return encodeURIComponent(typeof value === 'string' ? value : '');
  });
  return { path, left };
}

function get(place: ManagerPlace, path: string): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const where = place.kind === 'unix' ? { socketPath: place.path } : { host: place.host, port: place.port };
  const asking = request(
    { ...where, path, agent: false, headers: { accept: 'application/json' }, timeout: timeoutMillis },
    (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxAnswer) asking.destroy(new AppError('manager.answer', 'the answer is too large'));
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () => {
        try {
          resolve(readAnswer(response.statusCode ?? 0, Buffer.concat(chunks).toString('utf8'), place));
        } catch (error) {
          reject(error);
        }
      });
    },
  );
  asking.on('timeout', () =>
    asking.destroy(new AppError('manager.slow', `${describePlace(place)} did not answer in ${timeoutMillis / 1000} s`)),
  );
  asking.on('error', reject);
  asking.end();
  return promise;
}

function readAnswer(status: number, body: string, place: ManagerPlace): unknown {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch (error) {
    throw new AppError('manager.answer', `${describePlace(place)} is no manager: its answer is not JSON`, {
      context: { status },
      cause: error,
    });
  }
  if (status === 200) return answer;
  const { error } = answer as { error?: { code?: unknown; message?: unknown } };
  const message = typeof error?.message === 'string' ? printable(error.message) : `status ${status}`;
  if (status === 400) throw new UsageError(message);
  // Each question that this command asks is in the table of routes: who has it not has an older one.
  if (error?.code === 'http.unknown')
    throw new AppError(
      'manager.older',
      `the manager at ${describePlace(place)} is too old for this question: update it`,
      {
        context: { said: message },
      },
    );
  throw new AppError('manager.refused', message, { context: { status } });
}

function describePlace(place: ManagerPlace): string {
  return place.kind === 'unix'
    ? place.path
    : `http://${place.host.includes(':') ? `[${place.host}]` : place.host}:${place.port}`;
}
