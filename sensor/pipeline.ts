import { IpProtocol } from '../core/packet/numbers.ts';
import type { PacketBatch } from '../core/packet/batch.ts';
import { MAX_TUNNELS, type PacketFields } from '../core/packet/fields.ts';
import { wrongChecksum } from '../core/packet/checksum.ts';
import { Decoder } from '../core/packet/decoder.ts';
import { spread } from '../core/packet/spread.ts';
import { Reason, verdictOfReason } from '../core/packet/verdict.ts';
import type { ApplicationStatistics } from '../core/summary/applications.ts';
import type { Statistics, StatisticsOptions } from '../core/summary/statistics.ts';
import { FlowClock } from './flow/clock.ts';
import { Flows } from './flow/flows.ts';
import { FragmentResult, FragmentTable } from './flow/fragments.ts';
import {
  Double,
  KIND_FRAGMENT,
  KIND_OUTER,
  KIND_PROTOCOL,
  SLOT_DOUBLES,
  SLOT_WORDS,
  StateBit,
  Word,
} from './flow/layout.ts';
import { Realms, type RealmRules } from './flow/realms.ts';
import { EndReason, type FlowSink, type FlowTable } from './flow/table.ts';
import { Count, flowCounter } from './window/counters.ts';
import { endConnection, feedDeltas, resetDeltas } from './window/feed.ts';
import { RunTimes } from './window/runTimes.ts';
import { StatisticsPool } from './window/statisticsPool.ts';
import type { Window } from './window/window.ts';
import { Windows, type WindowsOptions } from './window/windows.ts';

/** Slots looked at for expiry now and then, and dirty slots fed between two batches (well under 2 ms). */
const SWEEP = 1024;
/** Packets between two looks for expired flows, less one. */
const SWEEP_EVERY = 4095;
const FEED_SLICE = 2048;
const UNBOUNDED = 0x3fffffff;
/** Octets of IPv6's fragment header (RFC 8200, 4.5). */
const IPV6_FRAGMENT_HEADER = 8;

export interface PipelineOptions extends Omit<WindowsOptions, 'onClose' | 'makeStatistics'> {
  statistics: Omit<StatisticsOptions, 'number'>;
  flowSlots: number;
  /** 20 random words: the flow table's own seed. */
  seed: Uint32Array;
  /** This worker's share of the packets: those with `spread % workers === worker`. */
  worker: number;
  workers: number;
  /** Verify checksums: a packet with a wrong one counts for its addresses only. */
  checksums: boolean;
  /** Which packets are looked at; undefined = all. */
  filter?: { accept(batch: PacketBatch, i: number): boolean };
  /** Told of each connection that is over, tunnels' UDP carriers included, with the table to read its slot from. */
  onConnection?: (table: FlowTable, slot: number, reason: number) => void;
  /** Every flow has ended; nothing comes any more. */
  onFinish?: () => void;
  /** Told of each innermost packet that was counted for a flow, where logs are made. The fields are the next packet's after it. */
  onPacket?: (pipeline: Pipeline, fields: PacketFields) => void;
  /** Told of each frame without an IP packet: its time is time as well. */
  onOther?: (pipeline: Pipeline) => void;
  /** Told of each flow of a tunnel's carrier that begins, by its slot. Before `onPacket` of the packet. */
  onCarrier?: (pipeline: Pipeline, slot: number) => void;
  /** Told of each verdict (`verdict.ts`), with what was decoded of its packet. */
  onVerdict?: (pipeline: Pipeline, fields: PacketFields, reason: number) => void;
  /** Which realms packets are of; without rules all are of the default one. */
  realms?: RealmRules;
  /** Fed with everything besides the windows: what a whole run comes to, without merging thousands of windows. */
  total?: Statistics;
  /** Use the statistics of a window again once `onWindow` has returned: nothing is then kept of them by anybody. */
  recycle: boolean;
  /** A closed window whose flows have all been fed. */
  onWindow: (window: Window) => void;
}

/**
 * The way of a packet: decode, reassemble, flow table, window. One object a capture worker; the same for rings, libpcap
 * and files. Packets are counted when they come, flows are fed to the statistics once a window (or when they end).
 */
export class Pipeline implements FlowSink {
  readonly clock: FlowClock = new FlowClock();
  readonly flows: Flows;
  readonly fragments: FragmentTable;
  readonly windows: Windows;
  readonly times: RunTimes = new RunTimes();
  /** Slots of the carriers of the packet at hand, outermost first, as many as `outerCount` says. */
  readonly carriers: Int32Array = new Int32Array(MAX_TUNNELS);

  readonly #options: PipelineOptions;
  readonly #decoder: Decoder = new Decoder();
  readonly #realms: Realms;
  /** Windows that deltas may still belong to, the open ones included; a handful. */
  readonly #feeding: Map<number, Window> = new Map();
  readonly #closing: Window[] = [];
  readonly #pool: StatisticsPool;
  readonly #onPacket: PipelineOptions['onPacket'];
  #packets = 0;
  /** Fragment counters already told: seen, reassembled, unmatched, overlaps. */
  readonly #toldFragments: Float64Array = new Float64Array(4);

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#onPacket = options.onPacket;
    this.#pool = new StatisticsPool(options.statistics, options.windowSeconds, options.recycle);
    this.#realms = new Realms(options.realms);
    this.flows = new Flows(options.flowSlots, options.seed, this.clock, this);
    this.fragments = new FragmentTable(this.clock);
    this.windows = new Windows({
      ...options,
      makeStatistics: (number) => this.#pool.take(number),
      onClose: (window) => this.#closing.push(window),
    });
    this.#feeding.set(this.windows.current.id, this.windows.current);
  }

  /** Counts every packet of the batch. The batch is not kept. */
  process(batch: PacketBatch): void {
    const { filter, workers, worker } = this.#options;
    const { clock, windows } = this;
    for (let i = 0; i < batch.count; i++) {
      // Clock and windows run on all packets, also those of other workers: nothing may depend on how many there are.
      windows.observe(batch.seconds[i]!);
      if (!windows.isStray(batch.seconds[i]!)) clock.advance(batch.seconds[i]!, batch.nanos[i]!);
      if (workers > 1) {
        const share = spread(batch.bytes, batch.view, batch.offset[i]!, batch.caplen[i]!, batch.linkType[i]!);
        if (share % workers !== worker) continue;
      }
      if (filter !== undefined && !filter.accept(batch, i)) continue;
      this.#packet(batch, i);
      // By packets and not by batches: a pipe cuts its batches otherwise than a file.
      if ((++this.#packets & SWEEP_EVERY) === 0) this.flows.table.sweep(SWEEP);
    }
    this.#feedClosed();
  }

  /** Where application protocols are counted now. */
  applications(): readonly ApplicationStatistics[] {
    const { applications } = this.windows.current.statistics;
    const { total } = this.#options;
    return total === undefined ? [applications] : [applications, total.applications];
  }

  /** What is done between batches: expiry, and feeding of closed windows, in slices. */
  work(): void {
    this.flows.table.sweep(SWEEP);
    this.fragments.expire();
    this.#countFragments(this.windows.current);
    this.#feedClosed();
  }

  /** Windows that begin from now on have statistics keyed by that seed (16 bytes). */
  keyBy(seed: Uint8Array): void {
    this.#pool.keyBy(seed);
  }

  #feedClosed(): void {
    if (this.#closing.length > 0) this.#feedClosing(this.#options.live ? FEED_SLICE : UNBOUNDED);
  }

  /** Live: closes what the wall clock (seconds) has passed. */
  tick(wall: number): void {
    this.windows.tick(wall);
    // Without packets time goes on all the same; with them, theirs is as good.
    this.clock.advance(Math.floor(wall) - 1, 0);
    this.work();
  }

  /** The capture is over: ends every flow, closes and hands out every window. */
  finish(): void {
    this.fragments.flush();
    this.#countFragments(this.windows.current);
    this.flows.table.flush();
    this.#options.onFinish?.();
    this.windows.finish();
    this.#feedClosing(UNBOUNDED);
  }

  feed(slot: number): void {
    const { table } = this.flows;
    const window = this.#feeding.get(table.f64[slot * SLOT_DOUBLES + Double.WINDOW]!);
    const { words } = this.#realms;
    if (window !== undefined) feedDeltas(window.statistics, table, slot, words);
    if (this.#options.total !== undefined) feedDeltas(this.#options.total, table, slot, words);
    resetDeltas(table, slot);
  }

  ended(slot: number, reason: number): void {
    const { table } = this.flows;
    const kind = table.u32[slot * SLOT_WORDS + Word.KIND]!;
    if ((kind & KIND_FRAGMENT) !== 0) return;
    if ((kind & KIND_OUTER) !== 0) {
      if ((kind & KIND_PROTOCOL) === IpProtocol.UDP) this.#options.onConnection?.(table, slot, reason);
      return;
    }
    const { current } = this.windows;
    if (reason === EndReason.EVICTED) current.counters.values[Count.FLOWS_EVICTED]! += 1;
    endConnection(current.statistics, table, slot);
    if (this.#options.total !== undefined) endConnection(this.#options.total, table, slot);
    this.#options.onConnection?.(table, slot, reason);
  }

  #packet(batch: PacketBatch, i: number): void {
    const { windows, flows } = this;
    const seconds = batch.seconds[i]!;
    const nanos = batch.nanos[i]!;
    windows.enter(seconds);
    const window = windows.current;
    if (window.id !== flows.frame.window) this.#switch(window);
    const { counters } = window;
    const { values } = counters;
    const octets = batch.len[i]!;
    values[Count.PACKETS]! += 1;
    values[Count.OCTETS]! += octets;
    values[Count.CAPTURED_OCTETS]! += batch.caplen[i]!;
    values[Count.LATE]! += windows.late;
    this.times.note(batch, i);
    const { frame } = flows;
    frame.seconds[0] = seconds;
    frame.nanos = nanos;
    frame.octets = octets;

    const decoder = this.#decoder;
    decoder.decode(batch, i);
    const { fields } = decoder;
    if (fields.reason !== 0) this.#verdict(window, fields.reason, batch.linkType[i]!);
    if (fields.ipVersion === 0) {
      counters.links[fields.linkKind]! += 1;
      this.#options.onOther?.(this);
      return;
    }
    fields.realm = this.#realms.of(fields);
    if (fields.outerCount > 0) {
      values[Count.TUNNELLED]! += 1;
      this.#outer(window);
    }
    if (fields.fragment === 0) this.#innermost(window);
    else this.#fragment(window, octets);
  }

  /** Counts the innermost packet of the frame for its flow, or for its addresses where the ports are not known. */
  #innermost(window: Window): void {
    const { flows } = this;
    const { fields } = this.#decoder;
    if (this.#options.checksums && fields.reason === 0) {
      const wrong = wrongChecksum(fields);
      if (wrong !== Reason.NONE) {
        this.#verdict(window, wrong, 0);
        fields.transport = 0;
      }
    }
    if (fields.transport === 0) {
      flows.addresses(fields);
    } else {
      flows.packet(fields);
      if (flows.created) window.counters.values[flowCounter(fields.protocol)]! += 1;
      if (this.#onPacket !== undefined) this.#onPacket(this, fields);
    }
    if (flows.touched) window.touch(flows.slot);
  }

  #outer(window: Window): void {
    const { flows } = this;
    const { fields } = this.#decoder;
    for (let n = 0; n < fields.outerCount; n++) {
      flows.outer(fields, n, this.#realms.ofOuter(fields, n));
      this.carriers[n] = flows.slot;
      if (flows.created) {
        window.counters.values[flowCounter(fields.outerProtocol[n]!)]! += 1;
        this.#options.onCarrier?.(this, flows.slot);
      }
      if (flows.touched) window.touch(flows.slot);
    }
  }

  /**
   * A fragment counts for the addresses in its own header. The one that completes its datagram counts for the datagram's
   * flow instead, so each frame is counted once, whatever it was cut into.
   */
  #fragment(window: Window, octets: number): void {
    const { fragments, flows } = this;
    const { fields } = this.#decoder;
    if (fields.fragment === 2) {
      fragments.countAtomic();
      // A datagram that was put together has no fragment header either (Zeek's `ip_bytes`).
      fields.ipLength -= IPV6_FRAGMENT_HEADER;
      this.#countFragments(window);
      this.#innermost(window);
      return;
    }
    const result = fragments.add(fields, octets);
    this.#countFragments(window);
    if (result === FragmentResult.REFUSED && fragments.reason !== Reason.NONE) {
      this.#verdict(window, fragments.reason, 0);
    }
    if (result !== FragmentResult.COMPLETE) {
      flows.addresses(fields);
      if (flows.touched) window.touch(flows.slot);
      return;
    }
    const wasTunnelled = fields.outerCount > 0;
    const { realm } = fields;
    this.#decoder.decodeDatagram(fragments.datagram, fragments.view, fragments.length);
    // Where the datagram is, its frame said, unless a tunnel in it says otherwise.
    fields.realm = fields.outerCount > 0 ? this.#realms.of(fields) : realm;
    if (fields.reason !== 0) this.#verdict(window, fields.reason, 0);
    if (fields.outerCount > 0) {
      if (!wasTunnelled) window.counters.values[Count.TUNNELLED]! += 1;
      this.#outer(window);
    }
    if (fields.fragment === 1) {
      // A fragment inside a reassembled datagram: a second level of reassembly would have no bound of its own.
      flows.addresses(fields);
      if (flows.touched) window.touch(flows.slot);
      return;
    }
    this.#innermost(window);
    if (fields.transport === 1) {
      const { table, slot } = flows;
      table.f64[slot * SLOT_DOUBLES + Double.OCTETS_A + table.direction]! += fragments.octets - octets;
    }
  }

  #verdict(window: Window, reason: number, linkType: number): void {
    window.counters.reasons[reason]! += 1;
    window.counters.verdicts[verdictOfReason[reason]!]! += 1;
    if (reason === Reason.LINK_TYPE) window.counters.countLinkType(linkType);
    this.#options.onVerdict?.(this, this.#decoder.fields, reason);
  }

  /** What happened to fragments since the last call counts for this window. */
  #countFragments(window: Window): void {
    const { values } = window.counters;
    const { fragments } = this;
    const told = this.#toldFragments;
    values[Count.FRAGMENTS_SEEN]! += fragments.seen - told[0]!;
    values[Count.FRAGMENTS_REASSEMBLED]! += fragments.reassembled - told[1]!;
    values[Count.FRAGMENTS_UNMATCHED]! += fragments.unmatched - told[2]!;
    values[Count.FRAGMENTS_OVERLAPS]! += fragments.overlaps - told[3]!;
    told[0] = fragments.seen;
    told[1] = fragments.reassembled;
    told[2] = fragments.unmatched;
    told[3] = fragments.overlaps;
  }

  #switch(window: Window): void {
    this.flows.frame.window = window.id;
    if (!this.#feeding.has(window.id)) this.#feeding.set(window.id, window);
  }

  /** Feeds at most `budget` dirty slots of the windows that closed, and hands out those that are done. */
  #feedClosing(budget: number): void {
    const { u32, f64 } = this.flows.table;
    let left = budget;
    while (this.#closing.length > 0) {
      const window = this.#closing[0]!;
      const { dirty } = window;
      for (; window.fed < window.dirtyCount; window.fed++) {
        if (left-- <= 0) return;
        const slot = dirty[window.fed]!;
        const word = slot * SLOT_WORDS;
        if (f64[slot * SLOT_DOUBLES + Double.WINDOW] !== window.id) continue;
        if ((u32[word + Word.STATE]! & StateBit.USED) === 0) continue;
        if ((u32[word + Word.DELTA_PACKETS_A]! | u32[word + Word.DELTA_PACKETS_B]!) !== 0) this.feed(slot);
      }
      this.#closing.shift();
      this.#feeding.delete(window.id);
      this.#options.onWindow(window);
      this.#pool.give(window.statistics);
    }
  }
}
