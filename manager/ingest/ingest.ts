import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { linkLimits } from '../../proto/link.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Stage } from '../../runtime/lifecycle.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { ControlStore } from '../store/controlStore.ts';
import type { SummaryStore } from '../store/summaryStore.ts';
import { ingestMetrics } from './metrics.ts';
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
}

export function createIngest(deps: IngestDeps): Ingest {
  const log = deps.log.named('ingest');
  const metrics = ingestMetrics(deps.metrics);
  const sessions = new Set<Session>();
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
    onHello(session: Session) {
      for (const other of sessions) if (other !== session && other.stream === session.stream) other.close('replaced');
      metrics.links.add(1);
    },
    onEnd(session: Session) {
      sessions.delete(session);
      if (session.sensor !== '') metrics.links.add(-1);
    },
  };

  return {
    name: 'ingest',
    start: () => undefined,
    async stop(deadline) {
      stopping = true;
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
      server.handleUpgrade(request, socket, head, (webSocket) => sessions.add(new Session(webSocket, sessionDeps)));
    },
    connected: () => new Set([...sessions].map((session) => session.sensor).filter((sensor) => sensor !== '')),
  };
}
