import fs from 'node:fs';
import type { PacketFields } from '../../core/packet/fields.ts';
import { NetworkSet, nonGlobalNetworks } from '../../core/packet/networkSet.ts';
import { IpProtocol } from '../../core/packet/numbers.ts';
import { formatAddress } from '../../core/packet/address.ts';
import { conn } from '../../core/records/conn.ts';
import { dns } from '../../core/records/dns.ts';
import type { Log } from '../../core/records/record.ts';
import { connectionUid } from '../../core/records/uid.ts';
import { KeyHasher } from '../../core/sketch/hash/keyHasher.ts';
import { AppError } from '../../runtime/error.ts';
import { readConnection, type ConnectionContext } from '../flow/connection.ts';
import { appendHistory, Letter } from '../flow/history.ts';
import { turnRound } from './turnRound.ts';
import { Double, SLOT_DOUBLES, SLOT_WORDS, StateBit, Word } from '../flow/layout.ts';
import type { FlowTable } from '../flow/table.ts';
import type { Pipeline } from '../pipeline.ts';
import { DnsAnalyser, type DnsCounters, type DnsFlowId, type DnsFlows } from '../protocols/dns/analyser.ts';
import { LogFile, type LogFormat } from './logFile.ts';

export interface LogsOptions {
  /** Folder of the logs, made if need be. */
  directory: string;
  format: LogFormat;
  /** Names of the fields that are written; all if absent. A log that has none of them is not written. */
  fields?: readonly string[];
  /** Networks that are local; the non-global blocks if absent. */
  local?: readonly string[];
  /** The sensor's name: part of what uids are made of. */
  sensor: string;
  now: () => Date;
}

/** What a pipeline is told to call, so that logs come of it. */
export interface LogHooks {
  onPacket: (pipeline: Pipeline, fields: PacketFields) => void;
  onConnection: (table: FlowTable, slot: number) => void;
}

/**
 * The logs of one pipeline: rows as connections end and messages are read, to files in a folder. Without it no payload
 * is looked at.
 */
export class CaptureLogs {
  readonly hooks: LogHooks = {
    onPacket: (pipeline, fields) => this.#packet(pipeline, fields),
    onConnection: (_table, slot) => this.#connection(slot),
  };
  readonly #options: LogsOptions;
  readonly #files: LogFile[] = [];
  readonly #conn: LogFile | undefined;
  readonly #dns: DnsAnalyser;
  readonly #local: NetworkSet;
  readonly #hasher: KeyHasher = new KeyHasher();
  /** Names of the carriers, of the flows that began in a tunnel. As bounded as the flow table. */
  readonly #parents: Map<number, readonly string[]> = new Map();
  #context: ConnectionContext | undefined;

  /** Throws an `AppError` when there can be no such folder. */
  constructor(options: LogsOptions) {
    this.#options = options;
    this.#local = new NetworkSet(options.local ?? nonGlobalNetworks);
    try {
      fs.mkdirSync(options.directory, { recursive: true });
    } catch (error) {
      throw new AppError('logs.output', 'the folder of the logs could not be made', {
        context: { directory: options.directory },
        cause: error,
      });
    }
    this.#conn = this.#open(conn);
    const file = this.#open(dns);
    this.#dns = new DnsAnalyser(this.#dnsFlows, (row) => file?.add(row.ts, row));
  }

  /** What was done for DNS. */
  get dnsCounters(): DnsCounters {
    return this.#dns.counters;
  }

  /** The pipeline whose hooks these are; before its first packet. */
  attach(pipeline: Pipeline): void {
    const { table, tracker } = pipeline.flows;
    this.#context = { table, tracker, sensor: this.#options.sensor, local: this.#local, hasher: this.#hasher };
  }

  /** The pipeline has finished: all rows are there. */
  close(): void {
    for (const file of this.#files) file.close();
  }

  /** Gives up: no file comes to be. */
  discard(): void {
    for (const file of this.#files) file.discard();
  }

  #open(log: Log): LogFile | undefined {
    const { directory, format, fields, now } = this.#options;
    const only = fields === undefined ? undefined : new Set(fields);
    if (only !== undefined && !log.fields.some((field) => only.has(field.name))) return undefined;
    const file = new LogFile(log, { directory, format, now, ...(only === undefined ? {} : { only }) });
    this.#files.push(file);
    return file;
  }

  #packet(pipeline: Pipeline, fields: PacketFields): void {
    const { flows } = pipeline;
    if (flows.created && fields.outerCount > 0) {
      const carriers = Array.from(pipeline.carriers.subarray(0, fields.outerCount));
      this.#parents.set(
        flows.slot,
        carriers.map((slot) => this.#uid(flows.table, slot)),
      );
    }
    if (fields.protocol === IpProtocol.UDP) this.#datagram(pipeline, fields);
  }

  #datagram({ flows }: Pipeline, fields: PacketFields): void {
    const { slot, table, frame } = flows;
    const orig = (table.u32[slot * SLOT_WORDS + Word.STATE]! >> 1) & 1;
    const isOriginator = table.direction === orig;
    if (!DnsAnalyser.isPort(isOriginator ? fields.destinationPort : fields.sourcePort) && !this.#dns.has(slot)) return;
    const from = fields.payloadOffset;
    const time = frame.seconds[0]! + Math.floor(frame.nanos / 1000) / 1e6;
    this.#dns.datagram(slot, isOriginator, fields.bytes, from, from + fields.payloadCaptured, time);
  }

  /** What DNS tells of a flow changes its row: the roles, and a letter of Zeek's for what is no DNS after all. */
  readonly #dnsFlows: DnsFlows = {
    id: (slot) => this.#flowId(slot),
    turnRound: (slot) => turnRound(this.#context!.table, slot),
    violation: (slot) => appendHistory(this.#context!.table.u32, slot * SLOT_WORDS, Letter.X),
  };

  #flowId(slot: number): DnsFlowId {
    const { table } = this.#context!;
    const { u32 } = table;
    const at = slot * SLOT_WORDS;
    const isB = (u32[at + Word.STATE]! & StateBit.ORIG_B) !== 0;
    const ports = u32[at + Word.PORTS]!;
    return {
      uid: this.#uid(table, slot),
      'id.orig_h': formatAddress(u32, at + (isB ? Word.B : Word.A)),
      'id.orig_p': isB ? ports & 0xffff : ports >>> 16,
      'id.resp_h': formatAddress(u32, at + (isB ? Word.A : Word.B)),
      'id.resp_p': isB ? ports >>> 16 : ports & 0xffff,
      proto: 'udp',
    };
  }

  #connection(slot: number): void {
    const service = this.#dns.end(slot);
    const parents = this.#parents.get(slot);
    this.#parents.delete(slot);
    const row = readConnection(this.#context!, slot);
    this.#conn?.add(row.ts, {
      ...row,
      ...(service === undefined ? {} : { service }),
      ...(parents === undefined ? {} : { tunnel_parents: parents }),
    });
  }

  #uid(table: FlowTable, slot: number): string {
    const at = slot * SLOT_WORDS;
    const key = new Uint8Array(table.u32.buffer, table.u32.byteOffset + at * 4, 40);
    const seconds = table.f64[slot * SLOT_DOUBLES + Double.FIRST_SECONDS]!;
    return connectionUid(this.#options.sensor, key, seconds, table.u32[at + Word.FIRST_NANOS]!, 'C', this.#hasher);
  }
}
