import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import fastify from 'fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { api } from '../../proto/api.ts';
import type { ApiError, ApiRoute } from '../../proto/api.ts';
import { linkPath } from '../../proto/link.ts';
import { isLoopback } from '../../proto/managerUrl.ts';
import { livePath } from '../../proto/routes.ts';
import type { RouteName } from '../../proto/routes.ts';
import { AppError, describeError } from '../../runtime/error.ts';
import type { Stage } from '../../runtime/lifecycle.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { z } from 'zod';
import type { Answers } from '../query/answers.ts';
import { BusyError, QueryError } from '../query/queryError.ts';
import type { LogStore } from '../store/logStore.ts';
import type { SummaryStore } from '../store/summaryStore.ts';
import { loadConsole, serveConsole } from './consoleFiles.ts';
import type { ConsoleFiles } from './consoleFiles.ts';
import { listenTcp, listenUnix, parseListen } from './listen.ts';
import { createLive } from './live.ts';

export interface HttpConfig {
  /** ADDRESS:PORT of the listener for people. */
  listenPeople: string;
  socket: string;
  /** Directory of the built console. */
  consoleDir: string;
}

export interface HttpDeps {
  answers: Answers;
  /** Takes over a connection that asks for the link. */
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  store: Pick<SummaryStore, 'subscribe'>;
  logs: Pick<LogStore, 'subscribe'>;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

export interface HttpServer extends Stage {
  /** `http://127.0.0.1:8480`, with the port that was free. Known after `start`. */
  address(): string;
}

/**
 * The manager's HTTP: the API from its table, the console's files, and the way to the link. It listens on a Unix socket
 * (who may open it is this host's business) and on a loopback port. On the port, a request must name a loopback host
 * and come from no other page: else a web page could ask by a name that leads to 127.0.0.1.
 */
export function createHttpServer(config: HttpConfig, deps: HttpDeps): HttpServer {
  const log = deps.log.named('http');
  const live = createLive({ ...deps, log });
  const servers: Server[] = [];
  let app: FastifyInstance | undefined;
  let url = '';

  function serve(instance: FastifyInstance, isTcp: boolean): Server {
    const server = createServer((request, response) => {
      if (isTcp && !isOwnRequest(request)) {
        response.writeHead(403, { 'content-type': 'application/json; charset=utf-8' });
        response.end(JSON.stringify(errorBody('http.host', 'ask this host by its loopback address')));
        return;
      }
      instance.routing(request, response);
    });
    server.headersTimeout = 10_000;
    server.requestTimeout = 30_000;
    server.on('upgrade', (request, socket, head) => {
      // Until somebody takes over, a reset of the connection is nobody's problem but the peer's.
      socket.on('error', (error) => log.debug('connection lost', {}, error));
      const path = (request.url ?? '').split('?')[0];
      const own = !isTcp || isOwnRequest(request);
      // A sensor is no page. A page may look at the stream of its own origin.
      if (path === linkPath && own && (!isTcp || request.headers.origin === undefined)) {
        deps.upgrade(request, socket, head);
      } else if (path === livePath && own && isOwnOrigin(request)) live.upgrade(request, socket, head);
      else {
        const status = path === linkPath || path === livePath ? '403 Forbidden' : '404 Not Found';
        socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
      }
    });
    servers.push(server);
    return server;
  }

  return {
    name: 'http',
    address: () => url,
    async start() {
      const { host, port } = parseListen(config.listenPeople);
      const instance = createApp(deps.answers, await loadConsole(config.consoleDir, log), log);
      app = instance;
      await instance.ready();
      await listenUnix(serve(instance, false), config.socket);
      const free = await listenTcp(serve(instance, true), host, port);
      url = `http://${host.includes(':') ? `[${host}]` : host}:${free}`;
      if (free !== port && port !== 0) log.warn('the port is taken, another one is used', { port, used: free });
    },
    async stop() {
      for (const server of servers) {
        if (!server.listening) continue;
        server.closeIdleConnections();
        // Links are closed after this stage, so their sockets are not waited for.
        server.close();
      }
      live.close();
      await deps.answers.close();
      await app?.close();
      if (url !== '') await rm(config.socket, { force: true });
    },
  };
}

function createApp(answers: Answers, consoleFiles: ConsoleFiles, log: Logger): FastifyInstance {
  const app = fastify({ logger: false, bodyLimit: 1 << 20, routerOptions: { maxParamLength: 1100 } });
  for (const [name, route] of Object.entries(api) as [RouteName, ApiRoute<z.ZodType, z.ZodType>][]) {
    const answer = answers.handlers[name] as (asked: unknown, signal: AbortSignal) => Promise<unknown>;
    app.route({
      method: route.method,
      url: route.path,
      handler: async (request, reply) => {
        const asked = route.query.safeParse({ ...(request.query as object), ...(request.params as object) });
        if (!asked.success) return fail(reply, 400, 'query.invalid', asked.error.issues.map(describeIssue).join('; '));
        const told = await answer(asked.data, signalOf(reply));
        return route.isLines === true ? sendLines(reply, told as { lines: object[] }) : told;
      },
    });
  }
  serveConsole(app, consoleFiles);
  app.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    reply.headers({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
  });
  app.setNotFoundHandler((request, reply) =>
    fail(reply, 404, 'http.unknown', `nothing at ${request.method} ${request.url.slice(0, 200)}`),
  );
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof QueryError) return fail(reply, 400, error.code, error.message);
    if (error instanceof BusyError) return fail(reply.header('retry-after', '5'), 503, error.code, error.message);
    if (error instanceof GivenUp) return fail(reply, 499, error.code, error.message);
    const status =
      typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 500;
    if (status >= 400 && status < 500) return fail(reply, status, 'http.invalid', describeError(error));
    log.error('a question failed', {}, error);
    return fail(reply, 500, error instanceof AppError ? error.code : 'http.failed', describeError(error));
  });
  return app;
}

/** Who asked is gone: nobody reads the answer. */
class GivenUp extends AppError {
  constructor() {
    super('query.gone', 'who asked has gone');
  }
}

/** Aborts when the asker goes before it has its answer. */
function signalOf(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.on('close', () => {
    if (!reply.raw.writableFinished) gone.abort(new GivenUp());
  });
  return gone.signal;
}

/** A JSON object a line. */
async function sendLines(reply: FastifyReply, { lines }: { lines: readonly object[] }): Promise<FastifyReply> {
  return reply.type('application/x-ndjson').send(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

async function fail(reply: FastifyReply, status: number, code: string, message: string): Promise<FastifyReply> {
  return reply.code(status).send(errorBody(code, message));
}

function errorBody(code: string, message: string): ApiError {
  return { error: { code, message } };
}

function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${key}: unknown parameter`).join('; ');
  return `${issue.path.map(String).join('.')}: ${issue.message}`;
}

/**
 * Whether a request names this host by a loopback address, and no page of another origin made it. A link from elsewhere
 * to the console itself is followed: the page cannot be framed, and asks by itself from its own origin.
 */
function isOwnRequest(request: IncomingMessage): boolean {
  const host = request.headers.host ?? '';
  const name = /^\[(.+)\](?::\d+)?$/.exec(host)?.[1] ?? host.replace(/:\d+$/, '');
  if (!isLoopback(name.toLowerCase())) return false;
  const site = request.headers['sec-fetch-site'];
  if (site === undefined || site === 'none' || site === 'same-origin') return true;
  return request.method === 'GET' && request.url === '/' && request.headers['sec-fetch-mode'] === 'navigate';
}

/** Whether a WebSocket was opened by a page of the very origin that it asks, or by no page. */
function isOwnOrigin(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  return origin === undefined || origin === `http://${host ?? ''}`;
}
