import type { PacketFields } from '../core/packet/fields.ts';
import { IpProtocol } from '../core/packet/numbers.ts';
import { CommunityIds } from '../core/packet/communityIds.ts';
import { NetworkSet, nonGlobalNetworks } from '../core/packet/networkSet.ts';
import { formatAddress } from '../core/packet/address.ts';
import { conn } from '../core/records/conn.ts';
import { dns } from '../core/records/dns.ts';
import { files } from '../core/records/files.ts';
import type { Log } from '../core/records/record.ts';
import { connectionUid } from '../core/records/uid.ts';
import { cutText } from '../core/records/limits.ts';
import { weird } from '../core/records/weird.ts';
import { x509 } from '../core/records/x509.ts';
import { KeyHasher } from '../core/sketch/hash/keyHasher.ts';
import { readConnection, type ConnectionContext } from './flow/connection.ts';
import { appendHistory, Letter } from './flow/history.ts';
import { Double, KIND_OUTER, KIND_PROTOCOL, SLOT_DOUBLES, SLOT_WORDS, StateBit, Word } from './flow/layout.ts';
import { Streams } from './flow/streams/streams.ts';
import type { FlowTable } from './flow/table.ts';
import { MOST_TUNNEL_CHANGES, TunnelChanges } from './flow/tunnelChanges.ts';
import { turnRound } from './flow/turnRound.ts';
import type { Pipeline } from './pipeline.ts';
import { FileTracker } from './protocols/files/fileTracker.ts';
import type { FlowAccess } from './protocols/flow.ts';
import type { DnsPlaces } from './protocols/dns/dns.ts';
import type { DnsSubscriber } from './protocols/dns/exchange.ts';
import type { Emit, EncryptedDns, FlowId, Protocol, ProtocolFlow } from './protocols/protocol.ts';
import { Protocols } from './protocols/protocols.ts';
import { createProtocols } from './protocols/registry.ts';
import { Tunnels } from './protocols/tunnels.ts';
import { VerdictWeirds } from './protocols/verdictWeirds.ts';
import { ApplicationFeed } from './window/applicationFeed.ts';

export interface ProtocolStageOptions {
  /** The sensor's name: part of what uids are made of. */
  sensor: string;
  /** Networks that are local; the non-global blocks if absent. */
  local?: readonly string[];
  /** Takes the rows, in the order in which they come to be. */
  emit: Emit;
  /** Names of the logs whose rows somebody wants; all if absent. Others may come all the same, where they cost little. */
  wants?: ReadonlySet<string>;
  /** Octets of memory that flows which are looked at may take; beyond, those looked at for long make way. */
  mostHeld?: number;
  /** Where DNS is looked for beside its usual ports. */
  dnsPlaces?: DnsPlaces;
  /** Told of DNS, beside the rows. */
  onDns?: DnsSubscriber;
  /** Told of each flow that hid DNS, when it is over, with the octets of its frames. */
  onHiddenDns?: (kind: EncryptedDns, octets: number) => void;
}

/** What a pipeline is told to call. */
export interface PipelineHooks {
  onPacket: (pipeline: Pipeline, fields: PacketFields) => void;
  onConnection: (table: FlowTable, slot: number) => void;
  onOther: (pipeline: Pipeline) => void;
  onCarrier: (pipeline: Pipeline, slot: number) => void;
  onVerdict: (pipeline: Pipeline, fields: PacketFields, reason: number) => void;
  onFinish: () => void;
}

/** Flows whose carriers are remembered; the rows of others do not name theirs. */
const MOST_PARENTS = 65_536;
const noServices: readonly string[] = [];

/**
 * Application protocols and connections' rows of one pipeline: joins the flow table, streams and analysers. Without it
 * no payload is looked at.
 */
export class ProtocolStage implements FlowAccess {
  readonly hooks: PipelineHooks = {
    onPacket: (pipeline, fields) => this.#packet(pipeline, fields),
    onOther: (pipeline) => this.#tick(pipeline),
    onConnection: (_table, slot) => this.#connection(slot),
    onCarrier: (pipeline, slot) => this.#carrier(pipeline, slot),
    onVerdict: (pipeline, fields, reason) => this.#verdicts.note(fields, reason, timeOf(pipeline)),
    onFinish: () => this.#files.finish(),
  };
  readonly emit: Emit = (log, row) => {
    this.#feed?.row(log, row);
    this.#emit(log, row);
  };
  readonly #emit: Emit;
  #feed: ApplicationFeed | undefined;
  readonly #options: ProtocolStageOptions;
  readonly #sensor: string;
  readonly #local: NetworkSet;
  readonly #hasher: KeyHasher = new KeyHasher();
  /** Names of the carriers, joined by commas, of the flows that began in a tunnel. */
  readonly #parents: Map<number, string> = new Map();
  readonly #tunnels: Tunnels;
  readonly #tunnelChanges: TunnelChanges = new TunnelChanges();
  readonly #files: FileTracker = new FileTracker();
  readonly #verdicts: VerdictWeirds;
  /** Set by `attach`. */
  #context: ConnectionContext | undefined;
  #protocols: Protocols | undefined;
  /** Of the packet at hand, in seconds. */
  #time = 0;
  /** Flows that made way, as far as windows were told. */
  #shed = 0;

  constructor(options: ProtocolStageOptions) {
    this.#options = options;
    this.#emit = options.emit;
    this.#sensor = options.sensor;
    this.#tunnels = new Tunnels(this.emit);
    this.#verdicts = new VerdictWeirds(this.emit, options.sensor);
    this.#local = new NetworkSet(options.local ?? nonGlobalNetworks);
  }

  /** The pipeline whose hooks these are; before its first packet. */
  attach(pipeline: Pipeline): void {
    const { flows } = pipeline;
    const { table, tracker } = flows;
    this.#feed = new ApplicationFeed(pipeline);
    this.#context = {
      table,
      tracker,
      sensor: this.#sensor,
      local: this.#local,
      hasher: this.#hasher,
      ids: new CommunityIds(),
    };
    this.#protocols = new Protocols(this.#create(), flows, new Streams(flows), this, this.#options.mostHeld);
  }

  #create(): Protocol[] {
    const feed: DnsSubscriber = (exchange) => this.#feed?.dns(exchange);
    const { onDns } = this.#options;
    const subscribers = onDns === undefined ? [feed] : [feed, onDns];
    // Bodies are inflated, typed and hashed for these two logs alone.
    const areFilesWanted = this.#wants(files) || this.#wants(x509);
    return createProtocols({
      ...(this.#options.wants !== undefined && { wants: this.#options.wants }),
      onHttp: (flow, method, status, octets) => this.#feed?.http(flow, method, status, octets),
      ...(areFilesWanted && { files: this.#files }),
      dns: { ...this.#options.dnsPlaces, subscribers, isLogged: this.#wants(dns) },
    });
  }

  /** Who looked at what; absent before `attach`. */
  get protocols(): Protocols | undefined {
    return this.#protocols;
  }

  originator(slot: number): number {
    return (this.#table.u32[slot * SLOT_WORDS + Word.STATE]! >> 1) & 1;
  }

  isLocal(slot: number, isOrig: boolean): boolean {
    return this.#local.has(this.#table.u32, slot * SLOT_WORDS + this.#end(slot, isOrig));
  }

  isPartial(slot: number): boolean {
    return (this.#table.u32[slot * SLOT_WORDS + Word.STATE]! & StateBit.PARTIAL) !== 0;
  }

  turnRound(slot: number): boolean {
    return turnRound(this.#table, slot);
  }

  violation(slot: number): void {
    appendHistory(this.#table.u32, slot * SLOT_WORDS, Letter.X);
  }

  port(slot: number, isOrig: boolean): number {
    const ports = this.#table.u32[slot * SLOT_WORDS + Word.PORTS]!;
    return this.#end(slot, isOrig) === Word.A ? ports >>> 16 : ports & 0xffff;
  }

  address(slot: number, isOrig: boolean, words: Uint32Array, at: number): void {
    const { u32 } = this.#table;
    const from = slot * SLOT_WORDS + this.#end(slot, isOrig);
    for (let i = 0; i < 4; i++) words[at + i] = u32[from + i]!;
  }

  payload(slot: number): number {
    const { tracker, table } = this.#context!;
    const isTcp = (table.u32[slot * SLOT_WORDS + Word.KIND]! & KIND_PROTOCOL) === IpProtocol.TCP;
    if (isTcp) return tracker.payload(slot, 0) + tracker.payload(slot, 1);
    const at = slot * SLOT_DOUBLES + Double.PAYLOAD_A;
    return table.f64[at]! + table.f64[at + 1]!;
  }

  id(slot: number): FlowId {
    const { u32 } = this.#table;
    const at = slot * SLOT_WORDS;
    return {
      uid: this.#uid(slot),
      'id.orig_h': formatAddress(u32, at + this.#end(slot, true)),
      'id.orig_p': this.port(slot, true),
      'id.resp_h': formatAddress(u32, at + this.#end(slot, false)),
      'id.resp_p': this.port(slot, false),
    };
  }

  weird(flow: ProtocolFlow, name: string, addl: string | undefined): void {
    const common = { ts: this.#time, ...flow.id, name, notice: false, peer: this.#sensor };
    this.emit(weird, addl === undefined ? common : { ...common, addl: cutText(addl) });
  }

  get #table(): FlowTable {
    return this.#context!.table;
  }

  /** Where the address of the originator (or responder) stands in the slot. */
  #end(slot: number, isOrig: boolean): number {
    return (this.originator(slot) === 1) === isOrig ? Word.B : Word.A;
  }

  #packet(pipeline: Pipeline, fields: PacketFields): void {
    const { flows } = pipeline;
    if (flows.created && fields.outerCount > 0 && this.#wants(conn) && this.#parents.size < MOST_PARENTS) {
      let names = '';
      for (let n = 0; n < fields.outerCount; n++) names += `${n === 0 ? '' : ','}${this.#uid(pipeline.carriers[n]!)}`;
      this.#parents.set(flows.slot, names);
    }
    this.#tick(pipeline);
    if (this.#tunnelChanges.look(flows.slot, fields, pipeline.carriers)) this.#markTunnels(flows.slot);
    if (fields.protocol !== IpProtocol.TCP && fields.protocol !== IpProtocol.UDP) return;
    const protocols = this.#protocols!;
    protocols.packet(fields, this.#time);
    const { shedFlows } = protocols.counters;
    if (shedFlows === this.#shed) return;
    this.#feed?.shed(shedFlows - this.#shed);
    this.#shed = shedFlows;
  }

  /** Time goes on to that of the frame at hand. As Zeek's clock it does not go back with packets that are late. */
  #tick(pipeline: Pipeline): void {
    this.#time = Math.max(this.#time, timeOf(pipeline));
    this.#protocols!.tick(this.#time);
  }

  /** The tunnel of a connection has changed too often. */
  #markTunnels(slot: number): void {
    this.violation(slot);
    const name = 'tunnel_max_changes_per_connection_exceeded';
    const addl = String(MOST_TUNNEL_CHANGES);
    this.emit(weird, { ts: this.#time, ...this.id(slot), name, addl, notice: false, peer: this.#sensor });
  }

  #carrier(pipeline: Pipeline, slot: number): void {
    const protocol = this.#table.u32[slot * SLOT_WORDS + Word.KIND]! & KIND_PROTOCOL;
    this.#tunnels.begin(this.id(slot), protocol, timeOf(pipeline));
  }

  #connection(slot: number): void {
    const { u32, f64 } = this.#table;
    const at = slot * SLOT_WORDS;
    const double = slot * SLOT_DOUBLES;
    const last = f64[double + Double.LAST_SECONDS]! + Math.floor(u32[at + Word.LAST_NANOS]! / 1000) / 1e6;
    const isCarrier = (u32[at + Word.KIND]! & KIND_OUTER) !== 0;
    const findings = isCarrier ? undefined : this.#protocols!.end(slot, last);
    const services = findings?.services ?? noServices;
    if (isCarrier) this.#tunnels.end(this.id(slot), this.#time);
    if (services.length > 0) {
      const octets = f64[double + Double.OCTETS_A]! + f64[double + Double.OCTETS_B]!;
      this.#feed!.ended(services, octets);
      const kind = findings?.hiddenDns;
      if (kind !== undefined) {
        this.#feed!.hidden(kind);
        this.#options.onHiddenDns?.(kind, octets);
      }
    }
    if (!isCarrier) this.#tunnelChanges.end(slot);
    const parents = this.#parents.get(slot);
    if (parents !== undefined) this.#parents.delete(slot);
    if (!this.#wants(conn)) return;
    const row = readConnection(this.#context!, slot);
    if (services.length > 0) row.service = services.length === 1 ? services[0]! : services.join(',');
    if (parents !== undefined) row.tunnel_parents = parents.split(',');
    this.emit(conn, row);
  }

  #wants({ path }: Log): boolean {
    return this.#options.wants?.has(path) ?? true;
  }

  #uid(slot: number): string {
    const { u32, f64 } = this.#table;
    const at = slot * SLOT_WORDS;
    const key = new Uint8Array(u32.buffer, u32.byteOffset + at * 4, 40);
    const seconds = f64[slot * SLOT_DOUBLES + Double.FIRST_SECONDS]!;
    return connectionUid(this.#sensor, key, seconds, u32[at + Word.FIRST_NANOS]!, 'C', this.#hasher);
  }
}

/** Of the packet at hand; finer parts than microseconds are cut, as Zeek does. */
function timeOf({ flows }: Pipeline): number {
  return flows.frame.seconds[0]! + Math.floor(flows.frame.nanos / 1000) / 1e6;
}
