import { writeFile } from 'node:fs/promises';
import { dns } from '../core/packet/build/dns.ts';
import { ethernet } from '../core/packet/build/ethernet.ts';
import { ipv4 } from '../core/packet/build/ipv4.ts';
import { tcp, udp } from '../core/packet/build/transport.ts';
import { encodePcapHeader, pcapRecordOctets, putPcapRecord } from '../core/packet/file/pcapWriter.ts';

const spanSeconds = 600;
const connections = 3000;
const clients = 200;
const servers = 80;
const resolver = '10.20.255.53';
const homeClients = 1500;
const movingClients = 600;

interface Frame {
  time: number;
  bytes: Uint8Array;
}

/**
 * Writes a capture of made-up traffic of the ten minutes before `nowMillis`: 280 hosts, name lookups and connections.
 * Addresses are of the blocks for documentation and private use.
 */
export async function writeDemoCapture(path: string, nowMillis: number): Promise<void> {
  const frames: Frame[] = [];
  const random = createRandom(1);
  const from = nowMillis / 1000 - spanSeconds;
  for (let i = 0; i < connections; i++) {
    const client = `10.20.0.${1 + Math.floor(random() ** 2 * clients)}`;
    addConnection(frames, client, from + random() * (spanSeconds - 2), random);
  }
  await writeFrames(path, frames);
}

/**
 * The same for several sites at once, one capture each. Every site has 1,500 clients of its own; 600 more move about and
 * are seen at all of them, and one connection in five passes the first site as well as its own, where it is captured
 * twice.
 */
export async function writeSiteCaptures(paths: readonly string[], nowMillis: number): Promise<void> {
  const random = createRandom(2);
  const from = nowMillis / 1000 - spanSeconds;
  const sites = paths.map((): Frame[] => []);
  for (const [site, frames] of sites.entries()) {
    for (let i = 0; i < 2 * (homeClients + movingClients); i++) {
      // Each is there; who sends more, sends much more.
      const one = i < homeClients + movingClients ? i : Math.floor(random() ** 3 * (homeClients + movingClients));
      const host = 1 + (one < movingClients ? one : one + site * homeClients);
      const client = `10.20.${host >>> 8}.${host & 255}`;
      const connection: Frame[] = [];
      addConnection(connection, client, from + random() * (spanSeconds - 2), random);
      frames.push(...connection);
      if (site > 0 && random() < 0.2) sites[0]?.push(...connection);
    }
  }
  await Promise.all(paths.map((path, site) => writeFrames(path, sites[site] ?? [])));
}

async function writeFrames(path: string, frames: Frame[]): Promise<void> {
  frames.sort((a, b) => a.time - b.time);
  const records = frames.map(({ time, bytes }) => {
    const record = new Uint8Array(pcapRecordOctets + bytes.length);
    const seconds = Math.floor(time);
    const micros = Math.floor((time - seconds) * 1e6);
    putPcapRecord(new DataView(record.buffer), 0, true, seconds, micros, bytes.length, bytes.length);
    record.set(bytes, pcapRecordOctets);
    return record;
  });
  await writeFile(path, Buffer.concat([encodePcapHeader({ linkType: 1 }), ...records]), { mode: 0o644 });
}

function addConnection(frames: Frame[], client: string, start: number, random: () => number): void {
  const server = `198.51.100.${1 + Math.floor(random() ** 2 * servers)}`;
  const port = 32_768 + Math.floor(random() * 28_000);
  const serverPort = random() < 0.8 ? 443 : 80;
  let time = start;
  const send = (source: string, destination: string, protocol: number, payload: Uint8Array): void => {
    frames.push({ time, bytes: ethernet({}, ipv4({ source, destination, protocol }, payload)) });
    time += 0.001 + random() * 0.02;
  };
  const name = `host${server.split('.')[3] ?? ''}.example.net`;
  const lookup = { id: port, name };
  send(client, resolver, 17, udp({ sourcePort: port, destinationPort: 53 }, dns(lookup)));
  const answers = [{ type: 1, data: server }];
  send(
    resolver,
    client,
    17,
    udp({ sourcePort: 53, destinationPort: port }, dns({ ...lookup, response: true, answers })),
  );
  const up = { sourcePort: port, destinationPort: serverPort };
  const down = { sourcePort: serverPort, destinationPort: port };
  send(client, server, 6, tcp({ ...up, flags: 2, sequence: 1 }));
  send(server, client, 6, tcp({ ...down, flags: 18, sequence: 1, acknowledgement: 2 }));
  let sequence = 2;
  for (let i = Math.floor(random() * 12); i >= 0; i--) {
    const bytes = new Uint8Array(100 + Math.floor(random() * 1300));
    send(server, client, 6, tcp({ ...down, flags: 24, sequence, acknowledgement: 2 }, bytes));
    sequence += bytes.length;
    send(client, server, 6, tcp({ ...up, flags: 16, sequence: 2, acknowledgement: sequence }));
  }
  send(client, server, 6, tcp({ ...up, flags: 17, sequence: 2, acknowledgement: sequence }));
  send(server, client, 6, tcp({ ...down, flags: 17, sequence, acknowledgement: 3 }));
  send(client, server, 6, tcp({ ...up, flags: 16, sequence: 3, acknowledgement: sequence + 1 }));
}

/** Numbers in [0, 1), the same ones for a seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
