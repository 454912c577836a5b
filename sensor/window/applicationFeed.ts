import { rcodeName, typeName } from '../../core/dns/numbers.ts';
import { parsePrefix } from '../../core/packet/networkSet.ts';
import type { Log, Row } from '../../core/records/record.ts';
import type { ApplicationStatistics } from '../../core/summary/applications.ts';
import type { DnsExchange } from '../protocols/dns/exchange.ts';
import type { EncryptedDns } from '../protocols/protocol.ts';

/** Where application protocols are counted now: the open window, and the run as a whole where that is kept. */
export interface ApplicationTargets {
  applications(): readonly ApplicationStatistics[];
}

/** Application protocols into statistics: by rows of logs, and exchanges of DNS. */
export class ApplicationFeed {
  readonly #targets: ApplicationTargets;
  readonly #ends: Uint32Array = new Uint32Array(8);

  constructor(targets: ApplicationTargets) {
    this.#targets = targets;
  }

  /** A row of any log that was made. */
  row(log: Log, row: Row): void {
    if (log.path === 'http') this.#http(row);
    else if (log.path === 'ssl' || log.path === 'quic') this.#hello(row);
  }

  dns(exchange: DnsExchange): void {
    const { hasQuery, hasReply, name, qtype, rcode } = exchange;
    for (const target of this.#targets.applications()) {
      if (hasQuery) {
        target.count('dns.queries');
        if (qtype !== undefined) target.count(`dns.type.${typeName(qtype)}`);
        if (name !== '') target.name(name);
      }
      if (!hasReply) continue;
      target.count('dns.responses');
      if (rcode !== undefined) target.count(`dns.rcode.${rcodeName(rcode)}`);
    }
  }

  #http(row: Row): void {
    const status = row['status_code'];
    const octets = row['response_body_len'];
    const isKnown =
      typeof status === 'number' &&
      putAddress(row['id.orig_h'], this.#ends, 0) &&
      putAddress(row['id.resp_h'], this.#ends, 4);
    for (const target of this.#targets.applications()) {
      if (row['method'] !== undefined) target.count('http.requests');
      if (typeof status !== 'number') continue;
      target.count('http.responses');
      if (isKnown) target.status(status, this.#ends, 0, typeof octets === 'number' ? octets : 0);
    }
  }

  #hello(row: Row): void {
    const name = row['server_name'];
    for (const target of this.#targets.applications()) {
      if (row['ja3'] !== undefined) target.count('tls.clientHellos');
      if (typeof name === 'string') target.serverName(name.toLowerCase());
    }
  }

  /** A connection is over that hid questions of DNS. */
  hidden(kind: EncryptedDns): void {
    for (const target of this.#targets.applications()) target.count(`dns.encrypted.${kind}`);
  }

  /** A connection is over: how much of the web could be looked into. `octets` are those of its frames. */
  ended(services: readonly string[], octets: number): void {
    const isEncrypted = services.includes('ssl') || services.includes('quic');
    if (!isEncrypted && !services.includes('http')) return;
    const counter = isEncrypted ? 'web.encrypted.octets' : 'web.clear.octets';
    for (const target of this.#targets.applications()) target.count(counter, octets);
  }
}

/** The address that a text says, as four words; false where it says none. */
function putAddress(text: unknown, words: Uint32Array, at: number): boolean {
  const address = typeof text === 'string' ? parsePrefix(text) : undefined;
  if (address === undefined) return false;
  words.set(address.words, at);
  return true;
}
