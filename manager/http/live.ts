import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { LiveMessage } from '../../proto/api.ts';
import { formatTime } from '../../proto/time.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import { packageVersion } from '../../runtime/packageVersion.ts';
import type { LogArrival, LogStore } from '../store/logStore.ts';
import type { SummaryStore, WindowRow } from '../store/summaryStore.ts';
import { rowStreamOf } from './liveRows.ts';
import type { RowStream } from './liveRows.ts';

/** Clients at once, bytes that may wait for one of them, and milliseconds between signs of life. */
const mostClients = 64;
const mostWaiting = 256 * 1024;
const pingMillis = 20_000;

export interface LiveDeps {
  store: Pick<SummaryStore, 'subscribe'>;
  logs: Pick<LogStore, 'subscribe'>;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

/** The stream of arriving windows, or of rows of a log, by WebSocket. */
export interface Live {
  /** Takes over a connection that may have it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

interface Client {
  socket: WebSocket;
  sites: readonly string[];
  sensors: readonly string[];
  /** It wants rows, and no windows. */
  rows: RowStream | undefined;
  alive: boolean;
  dropped: number;
}

/**
 * Tells each client of each window that became durable, as one small text message; or, where its query has a `log`, of the
 * rows of that log, those that `where` lets through. A client that reads too slowly loses
 * windows, not the manager memory: it is told how many as soon as it reads again. `site` and `sensor` in the query
 * restrict the stream. What a client sends is not looked at.
 */
export function createLive(deps: LiveDeps): Live {
  const { store, logs, clock, log, metrics } = deps;
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 4096 });
  const clients = new Set<Client>();
  const dropped = metrics.counter(
    'live_dropped_windows',
    'windows',
    'Windows not sent to a slow reader of the stream.',
  );
  metrics.computed('live_clients', 'clients', 'Readers of the stream of windows.', () => clients.size);
  const droppedRows = metrics.counter(
    'live_dropped_rows',
    'rows',
    'Rows of logs not sent to a slow reader of the stream.',
  );
  let unsubscribe: (() => void) | undefined;
  let unsubscribeRows: (() => void) | undefined;
  let cancelPing: (() => void) | undefined;

  const send = (client: Client, message: LiveMessage): void => client.socket.send(JSON.stringify(message));

  function tell(row: WindowRow): void {
    if (row.seconds !== row.windowSeconds) return;
    let text: string | undefined;
    for (const client of clients) {
      if (client.rows !== undefined || !wants(client, row) || client.socket.readyState !== WebSocket.OPEN) continue;
      if (client.socket.bufferedAmount > mostWaiting) {
        client.dropped += 1;
        dropped.add();
        continue;
      }
      if (client.dropped > 0) send(client, { type: 'dropped', windows: client.dropped });
      client.dropped = 0;
      text ??= JSON.stringify(messageOf(row));
      client.socket.send(text);
    }
  }

  function tellRows(arrival: LogArrival): void {
    const { site, sensor, tap } = arrival;
    for (const client of clients) {
      if (client.rows?.log !== arrival.log || !wants(client, arrival)) continue;
      if (client.socket.readyState !== WebSocket.OPEN) continue;
      const rows = client.rows.choose(arrival.rows);
      if (rows.length === 0) continue;
      if (client.socket.bufferedAmount > mostWaiting) {
        client.dropped += rows.length;
        droppedRows.add(rows.length);
        continue;
      }
      if (client.dropped > 0) send(client, { type: 'dropped', windows: 0, rows: client.dropped });
      client.dropped = 0;
      send(client, { type: 'rows', log: arrival.log.path, site, sensor, tap, rows });
    }
  }

  /** Nothing is made for nobody: rows are read only while somebody wants rows. */
  function listen(): void {
    const wanted = [...clients].some(({ rows }) => rows !== undefined);
    if (wanted) unsubscribeRows ??= logs.subscribe(tellRows);
    else {
      unsubscribeRows?.();
      unsubscribeRows = undefined;
    }
  }

  function ping(): void {
    for (const client of clients) {
      if (!client.alive) client.socket.terminate();
      client.alive = false;
      if (client.socket.readyState === WebSocket.OPEN) client.socket.ping();
    }
    cancelPing = clock.after(pingMillis, ping, true);
  }

  function welcome(socket: WebSocket, searchParams: URLSearchParams, rows: RowStream | undefined): void {
    const client: Client = {
      socket,
      sites: searchParams.getAll('site'),
      sensors: searchParams.getAll('sensor'),
      rows,
      alive: true,
      dropped: 0,
    };
    clients.add(client);
    listen();
    unsubscribe ??= store.subscribe(tell);
    cancelPing ??= clock.after(pingMillis, ping, true);
    // Each of its pings is answered: who does not read the answers is cut off.
    socket.on('ping', () => {
      if (socket.bufferedAmount > mostWaiting) socket.terminate();
    });
    socket.on('pong', () => {
      client.alive = true;
    });
    socket.on('error', (error) => log.debug('live stream lost', {}, error));
    socket.on('close', () => {
      clients.delete(client);
      listen();
      if (clients.size > 0) return;
      unsubscribe?.();
      cancelPing?.();
      [unsubscribe, cancelPing] = [undefined, undefined];
    });
    send(client, { type: 'hello', version: packageVersion(), now: new Date(clock.now()).toISOString() });
  }

  return {
    upgrade(request, socket, head) {
      if (clients.size >= mostClients) {
        socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n');
        return;
      }
      const { searchParams } = new URL(request.url ?? '/', 'http://manager');
      const rows = rowStreamOf(searchParams);
      if (typeof rows === 'string') {
        socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, (opened) => welcome(opened, searchParams, rows));
    },
    close() {
      for (const { socket } of clients) socket.close(1001, 'the manager stops');
      server.close();
    },
  };
}

function wants({ sites, sensors }: Client, { site, sensor }: { site: string; sensor: string }): boolean {
  return (
    (sites.length === 0 || sites.includes(site)) &&
    (sensors.length === 0 || sensors.includes(sensor) || sensors.includes(`${site}/${sensor}`))
  );
}

function messageOf({ site, sensor, tap, replay, start, seconds, packets, octets, loss }: WindowRow): LiveMessage {
  const { nic, kernel, shed, unrecorded } = loss;
  return {
    type: 'window',
    site,
    sensor,
    tap,
    replay,
    start: formatTime(start),
    seconds,
    packets,
    octets,
    loss: { nic, kernel, shed, unrecorded },
  };
}
