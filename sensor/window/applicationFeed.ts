import { rcodeName, typeName } from '../../core/dns/numbers.ts';
import type { Log, Row } from '../../core/records/record.ts';
import type { ApplicationStatistics } from '../../core/summary/applications.ts';
import type { DnsExchange } from '../protocols/dns/exchange.ts';
import type { EncryptedDns, ProtocolFlow } from '../protocols/protocol.ts';

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

  /** A row of any log that was made; those of DNS and HTTP are told beside. */
  row(log: Log, row: Row): void {
    if (log.path === 'ssl' || log.path === 'quic') this.#hello(row);
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

  /** A request with its answer, or one of them: `octets` are those of the answer's body as it was sent. */
  http(flow: ProtocolFlow, method: string | undefined, status: number | undefined, octets: number): void {
    flow.address(true, this.#ends, 0);
    flow.address(false, this.#ends, 4);
    for (const target of this.#targets.applications()) {
      if (method !== undefined) target.count('http.requests');
      if (status === undefined) continue;
      target.count('http.responses');
      target.status(status, this.#ends, 0, octets);
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

  /** Flows made way for others before they were looked at to their end. */
  shed(flows: number): void {
    for (const target of this.#targets.applications()) target.count('protocols.shed', flows);
  }

  /** A connection is over: how much of the web could be looked into. `octets` are those of its frames. */
  ended(services: readonly string[], octets: number): void {
    const isEncrypted = services.includes('ssl') || services.includes('quic');
    if (!isEncrypted && !services.includes('http')) return;
    const counter = isEncrypted ? 'web.encrypted.octets' : 'web.clear.octets';
    for (const target of this.#targets.applications()) target.count(counter, octets);
  }
}
