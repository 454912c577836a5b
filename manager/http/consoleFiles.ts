import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Logger } from '../../runtime/log.ts';

/**
 * What the page may do: run and show what comes from its own origin, ask its own origin, nothing else. No string is
 * ever markup or script (trusted types without any policy), no other page may frame it.
 */
export const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

interface ConsoleFile {
  type: string;
  bytes: Buffer;
  gzip: Buffer;
}

export interface ConsoleFiles {
  /** The page, or undefined when no console was built. */
  page: ConsoleFile | undefined;
  /** By name; each name carries a hash of its content. */
  assets: ReadonlyMap<string, ConsoleFile>;
}

/** Reads a built console (`tools/console/build.ts`) into memory: what is served does not change while the manager runs. */
export async function loadConsole(directory: string, log: Logger): Promise<ConsoleFiles> {
  const assets = new Map<string, ConsoleFile>();
  try {
    const page = asFile('text/html; charset=utf-8', await readFile(join(directory, 'index.html')));
    for (const name of await readdir(join(directory, 'assets'))) {
      const type = types[name.split('.').at(-1) ?? ''];
      if (type !== undefined) assets.set(name, asFile(type, await readFile(join(directory, 'assets', name))));
    }
    return { page, assets };
  } catch (error) {
    log.warn('there is no console to show, only the API', { directory }, error);
    return { page: undefined, assets };
  }
}

/** Serves the page at `/`, fresh each time, and its assets for ever: a new build has new names. */
export function serveConsole(app: FastifyInstance, files: ConsoleFiles): void {
  app.get('/', async (request, reply) => {
    reply.header('content-security-policy', pagePolicy);
    if (files.page === undefined) {
      return reply
        .code(503)
        .type('text/plain; charset=utf-8')
        .send(
          'The console is not built. In a checkout: npm start, or sh tools/with-node node tools/console/build.ts\n',
        );
    }
    return send(reply, files.page, request.headers['accept-encoding']);
  });
  app.get<{ Params: { name: string } }>('/assets/:name', async (request, reply) => {
    const file = files.assets.get(request.params.name);
    if (file === undefined) return reply.callNotFound();
    reply.header('cache-control', 'public, max-age=31536000, immutable');
    return send(reply, file, request.headers['accept-encoding']);
  });
}

function asFile(type: string, bytes: Buffer): ConsoleFile {
  return { type, bytes, gzip: gzipSync(bytes, { level: 9 }) };
}

function send(reply: FastifyReply, file: ConsoleFile, encodings: string | string[] | undefined): FastifyReply {
  const zipped = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(String(encodings ?? ''));
  reply.type(file.type).header('vary', 'accept-encoding');
  if (!zipped) return reply.send(file.bytes);
  return reply.header('content-encoding', 'gzip').send(file.gzip);
}
