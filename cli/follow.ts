import { WebSocket } from 'ws';
import type { Answer, LiveMessage, SeriesRow } from '../proto/api.ts';
import type { ManagerPlace } from '../proto/managerUrl.ts';
import { livePath } from '../proto/routes.ts';
import type { RouteName } from '../proto/routes.ts';
import { describeError } from '../runtime/error.ts';
import { ask, findManager } from './client.ts';
import { nameOf, tellNotes, writeAnswer } from './question.ts';
import type { Question, QuestionCommand, Spanned } from './question.ts';

/** Windows of many sensors arrive at about the same time: one answer is for all that came in this long. */
const settleMillis = 1000;
const retryMillis = 2000;

/**
 * Asks again after each arrival of windows, until ctrl-C. As `--json` each answer is a line; as `--ndjson` its rows are:
 * of a series those steps that are over and were not printed yet.
 */
export async function follow<Name extends RouteName>(
  command: QuestionCommand<Name>,
  question: Question,
): Promise<number> {
  const place = await findManager(question.places);
  const ended = Promise.withResolvers<number>();
  process.once('SIGINT', () => ended.resolve(0));
  process.once('SIGTERM', () => ended.resolve(0));
  const printer = createPrinter(command, question);
  const asking = createAsking(async () => {
    const answer = await ask<Answer<Name>>([place], command.name, question.parameters());
    printer(answer);
  }, ended.reject);
  const close = listen(place, question.parameters(), {
    told: ({ type }) => {
      if (type !== 'hello') asking.wake();
    },
    lost: (error) =>
      process.stderr.write(
        `picket ${nameOf(command)}: the stream of windows is lost, trying again: ${describeError(error)}\n`,
      ),
  });
  asking.wake();
  try {
    return await ended.promise;
  } finally {
    asking.stop();
    close();
  }
}

/** Prints what is new in an answer. */
function createPrinter<Name extends RouteName>(
  command: QuestionCommand<Name>,
  question: Question,
): (answer: Answer<Name>) => void {
  let first = true;
  let until = '';
  return (answer) => {
    if (first) tellNotes(nameOf(command), answer as Spanned, question.style);
    if (question.ndjson && command.name === 'series') {
      const { rows, fresh } = freshSteps(answer as Answer<'series'>, until);
      until = fresh;
      writeAnswer(command, question, answer, rows);
    } else {
      if (!first && !question.json && !question.ndjson)
        process.stdout.write(question.style.rich ? '\u001B[H\u001B[2J' : '\n');
      writeAnswer(command, question, answer);
    }
    first = false;
  };
}

/** Steps that are over (another one with data follows) and end after `until`. Times of one form are in order as text. */
function freshSteps({ rows }: Answer<'series'>, until: string): { rows: SeriesRow[]; fresh: string } {
  const seen = rows.filter(({ value }) => value !== null).map(({ from }) => from ?? '');
  const newest = seen.reduce((a, b) => (a > b ? a : b), '');
  const fresh = rows.filter(({ to, value }) => value !== null && (to ?? '') > until && (to ?? '') <= newest);
  return { rows: fresh, fresh: fresh.reduce((a, { to }) => ((to ?? '') > a ? (to ?? '') : a), until) };
}

/** Asks after it was woken, once for all wakings in between, one question at a time. */
function createAsking(question: () => Promise<void>, fail: (error: unknown) => void) {
  let timer: NodeJS.Timeout | undefined;
  let again = false;
  let busy = false;
  function run(): void {
    timer = undefined;
    busy = true;
    question().then(
      () => {
        busy = false;
        if (again) wake();
      },
      (error: unknown) => fail(error),
    );
  }
  function wake(): void {
    again = busy;
    if (!busy) timer ??= setTimeout(run, started ? settleMillis : 0);
    started = true;
  }
  let started = false;
  return { wake, stop: () => clearTimeout(timer) };
}

/** Calls `told` for each message of the stream, and connects again when it is lost. The answer ends it. */
export function listen(
  place: ManagerPlace,
  parameters: Readonly<Record<string, string | string[]>>,
  { told: arrived, lost }: { told: (message: LiveMessage) => void; lost: (error: unknown) => void },
): () => void {
  const query = new URLSearchParams();
  for (const name of ['site', 'sensor', 'log', 'where', 'fields'])
    for (const one of [parameters[name] ?? []].flat()) query.append(name, one);
  const path = query.size === 0 ? livePath : `${livePath}?${query.toString()}`;
  let socket: WebSocket;
  let timer: NodeJS.Timeout | undefined;
  let told = false;
  let ended = false;
  function connect(): void {
    socket = new WebSocket(addressOf(place, path), { perMessageDeflate: false, handshakeTimeout: 10_000 });
    let fault: unknown = new Error('the manager closed it');
    socket.on('error', (error) => {
      fault = error;
    });
    socket.on('message', (data: Buffer) => {
      told = false;
      arrived(JSON.parse(data.toString()) as LiveMessage);
    });
    socket.on('close', () => {
      if (ended) return;
      if (!told) lost(fault);
      told = true;
      timer = setTimeout(connect, retryMillis);
    });
  }
  connect();
  return () => {
    ended = true;
    clearTimeout(timer);
    socket.terminate();
  };
}

function addressOf(place: ManagerPlace, path: string): string {
  if (place.kind === 'unix') return `ws+unix:${place.path}:${path}`;
  return `ws://${place.host.includes(':') ? `[${place.host}]` : place.host}:${place.port}${path}`;
}
