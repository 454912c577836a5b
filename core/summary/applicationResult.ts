import { formatAddress } from '../packet/address.ts';
import type { Estimate } from '../sketch/hll/estimator.ts';
import type { TopRows } from '../sketch/top/topRows.ts';
import type { Counters } from './counters.ts';
import type { Summary } from './summary.ts';

/** Answers of HTTP with one status by one host: the truth lies within `count` +- `error`. */
export interface StatusCount {
  status: number;
  count: number;
  error: number;
  /** Octets of their bodies. */
  octets: number;
}

/** What application protocols said, as people and programs are shown it: part of `picket read --json`. */
export interface ApplicationResult {
  dns: {
    queries: number;
    responses: number;
    names: Estimate;
    /** Queries by type, answers by response code. */
    types: Record<string, number>;
    rcodes: Record<string, number>;
    /** Connections that hide their questions, by kind: `dot`, `doh`, `doq`. */
    encrypted: Record<string, number>;
  };
  http: {
    requests: number;
    responses: number;
    byStatusClient: (StatusCount & { client: string })[];
    byStatusServer: (StatusCount & { server: string })[];
    /** Share of the web's octets (HTTP, TLS, QUIC) that were encrypted, and so are in no count here; null without any. */
    unseen: number | null;
  };
  tls: { clientHellos: number; serverNames: Estimate };
}

/** `count` lines of each list. */
export function applicationsOf(summary: Summary, count: number): ApplicationResult {
  const { counters, names, serverNames, statusClients, statusServers } = summary.values;
  const seen = counters.get('web.clear.octets');
  const unseen = counters.get('web.encrypted.octets');
  return {
    dns: {
      queries: counters.get('dns.queries'),
      responses: counters.get('dns.responses'),
      names: names.estimate(),
      types: under(counters, 'dns.type.'),
      rcodes: under(counters, 'dns.rcode.'),
      encrypted: under(counters, 'dns.encrypted.'),
    },
    http: {
      requests: counters.get('http.requests'),
      responses: counters.get('http.responses'),
      byStatusClient: statuses(statusClients, count, (client) => ({ client })),
      byStatusServer: statuses(statusServers, count, (server) => ({ server })),
      unseen: seen + unseen === 0 ? null : unseen / (seen + unseen),
    },
    tls: { clientHellos: counters.get('tls.clientHellos'), serverNames: serverNames.estimate() },
  };
}

function statuses<T>(rows: TopRows, count: number, named: (address: string) => T): (StatusCount & T)[] {
  return rows.top(count, 'packets').map(({ key, packets, octets, error }) => ({
    status: key[0]!,
    ...named(statusHost(key)),
    count: packets,
    error: error.packets,
    octets,
  }));
}

/** The address of a key by status; with `@` and the realm's word in hexadecimal where it has one. */
function statusHost(key: Uint32Array): string {
  const address = formatAddress(key, 1);
  const realm = key[5]!;
  return realm === 0 ? address : `${address}@${realm.toString(16).padStart(8, '0')}`;
}

/** `404 192.0.2.7`. */
export function statusText(key: Uint32Array): string {
  return `${key[0]!} ${statusHost(key)}`;
}

function under({ values }: Counters, prefix: string): Record<string, number> {
  const entries = [...values].filter(([name]) => name.startsWith(prefix));
  entries.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return Object.fromEntries(entries.map(([name, value]) => [name.slice(prefix.length), value]));
}
