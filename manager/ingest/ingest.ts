import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { linkLimits, requestVersion } from '../../proto/link.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Stage } from '../../runtime/lifecycle.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { ControlStore } from '../store/controlStore.ts';
import type { SummaryStore } from '../store/summaryStore.ts';
import { ingestMetrics } from './metrics.ts';
import { OpenRequests } from './requests.ts';
import type { RequestAnswer, RequestOptions } from './requests.ts';
import { SensorLinks } from './sensorLinks.ts';
import type { SensorLink } from './sensorLinks.ts';
import { Session } from './session.ts';

/** Links that are open at a time, those that have not said hello included. */
const maxLinks = 5000;

export interface IngestDeps {
  store: SummaryStore;
  control: ControlStore;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

/** Takes in what sensors ship. The HTTP server hands over the connections that ask for the link. */
export interface Ingest extends Stage {
  /** Takes a connection over from the HTTP server ('upgrade'). */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** `site/name` of the sensors that are connected. */
  connected(): ReadonlySet<string>;
  /** Every sensor that was connected since the start: last window, lag, clock, what was refused of it. */
  sensors(): SensorLink[];
  /**
   * Asks a sensor (`site/name`) something. Sent at once, again after each reconnection, and when it connects; the sensor
   * does it once. Rejected or thrown while reading: `request.refused` when it can't be asked (`no-sensor`, `version`,
   * `busy`, `deadline`, `too-large`) or refuses (`unknown-kind`, `policy` ...), `request.failed` when no answer came.
   */
  request(sensor: string, kind: number, bytes: Uint8Array, options: RequestOptions): RequestAnswer;
}

export function createIngest(deps: IngestDeps): Ingest {
  const log = deps.log.named('ingest');
  const metrics = ingestMetrics(deps.metrics);
  const sessions = new Set<Session>();
  const links = new SensorLinks();
  const requests = new OpenRequests(deps.clock);
  deps.metrics.computed('ingest_open_requests', 'requests', 'Requests that wait for an answer.', () => requests.size);
  let stopping = false;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: linkLimits.message,
  });

  const sessionDeps = {
    ...deps,
    log,
    metrics,
    links,
    requests,
    onHello(session: Session) {
      for (const other of sessions) if (other !== session && other.stream === session.stream) other.close('replaced');
      metrics.links.add(1);
    },
    onEnd(session: Session) {
      sessions.delete(session);
      if (session.sensor !== '') metrics.links.add(-1);
    },
  };

  const connected = (): Set<string> =>
    new Set([...sessions].map((session) => session.sensor).filter((sensor) => sensor !== ''));

  return {
    name: 'ingest',
    start: () => undefined,
    async stop(deadline) {
      stopping = true;
      requests.stop();
      for (const session of sessions) session.close('goingAway');
      // Who does not answer the closing in a second is cut off. All must be gone before the stores close.
      const patience = Math.min(deadline, deps.clock.elapsed() + 1000);
      while (sessions.size > 0 && deps.clock.elapsed() < deadline) {
        if (deps.clock.elapsed() >= patience) for (const session of sessions) session.terminate();
        await new Promise<void>((resolve) => void deps.clock.after(10, resolve));
      }
    },
    upgrade(request, socket, head) {
      if (stopping || sessions.size >= maxLinks) {
        socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, (webSocket) =>
        // Node's server hands over net or TLS sockets only.
        sessions.add(new Session(webSocket, socket as Socket, sessionDeps)),
      );
    },
    connected: () => connected(),
    sensors() {
      const now = connected();
      return links.list().map((link) => ({ ...link, connected: now.has(`${link.site}/${link.name}`) }));
    },
    request(sensor, kind, bytes, options) {
      const known = deps.control.sensors().some(({ site, name }) => `${site}/${name}` === sensor);
      const own = [...sessions].filter((session) => session.sensor === sensor && !session.replay);
      const tooOld = own.length > 0 && own.every(({ version }) => version < requestVersion);
      return requests.ask(sensor, kind, bytes, options, known ? (tooOld ? 'version' : undefined) : 'no-sensor');
    },
  };
}
