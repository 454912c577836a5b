import { PacketBatch } from '../../../core/packet/batch.ts';
import type { BpfProgram } from '../../../core/packet/bpf/program.ts';
import { AppError } from '../../../runtime/error.ts';
import type { PacketSource, SourceLoss } from '../source.ts';
import { BlindClock } from './blindClock.ts';
import { POLLERR, POLLFD_BYTES, POLLIN } from './layout.ts';
import type { Libc } from './libc.ts';
import { PacketSocket } from './packetSocket.ts';
import { BlockHolds, Ring } from './ring.ts';
import type { RingMemory } from './ring.ts';
import { RingRegion } from './ringRegion.ts';
import { ringShape } from './ringSize.ts';
import { TapInterface } from './tapInterface.ts';

/** How a ring source captures. */
export interface RingOptions {
  /** Memory of all rings together (one an interface). The kernel takes it whole and at once, and it can't be swapped. */
  ringBytes: number;
  /** Size of a block, a power of two; made smaller when the ring would have fewer than 8. Default 1 MiB. */
  blockBytes?: number;
  /** Time after which a block that is not full is handed over. */
  blockTimeoutMillis: number;
  snaplen: number;
  promiscuous: boolean;
  /** The program that the kernel runs on each packet, null for all packets. See `kernelProgram` in core/packet/bpf. */
  filter: BpfProgram | null;
  /**
   * The part of this source among the workers of one tap, null for a single worker. `group` is a number that the workers
   * share and other processes have not (the process id). Worker 0 reports the interfaces' losses, so they count once.
   */
  fanout: { group: number; size: number; index: number } | null;
  /** Packets that a batch holds; a fuller block comes in pieces. Default 8,192. */
  batchCapacity?: number;
  /** Batches that may be out at a time. Default 1. */
  batches?: number;
  /** Gets the number of each block whose packets have all been read; to keep it, `hold` it in the call. */
  onBlock?: (block: number) => void;
  /** Milliseconds of a clock that never goes back. */
  clock: () => number;
  /** Milliseconds since 1970, the clock that packets are stamped by. Default `Date.now`. */
  wallClock?: () => number;
  /** Where the interfaces' counters are; tests have their own. Default `/sys/class/net`. */
  sysfs?: string;
}

/** How often it is looked whether the interfaces are there and up. A new interface announces itself on no socket. */
const CHECK_MILLIS = 1000;
/** The same while one of them is not. */
const WAITING_MILLIS = 200;
/** The kernel hands a block over this long after its time-out at the latest, unless it is very busy. */
const RETIRE_SLACK_MILLIS = 10;
/** Longest sleep while a block is at another thread: new blocks of other rings don't end it. */
const HELD_MILLIS = 5;

/**
 * Packets of one or more interfaces, out of memory-mapped rings (TPACKET_V3), in place.
 *
 * Takes AF_PACKET sockets that are open and neither bound nor set up; it needs no privilege. Packets of several interfaces
 * are put in the order of their times, so that a connection whose directions come on two interfaces is seen as it was: a
 * packet waits until the other interfaces can have none that is older (`blockTimeoutMillis` and a little), unless its ring
 * is half full. A batch may hold packets of several interfaces and blocks; `PacketBatch.block` is the first one's.
 *
 * `next` waits by a synchronous poll, so it belongs into a thread of its own; 'idle' may come before the time is over.
 */
export class RingSource implements PacketSource {
  readonly live = true;
  readonly interfaces: readonly TapInterface[];
  readonly #rings: Ring[] = [];
  readonly #spares: PacketSocket[];
  readonly #options: RingOptions;
  readonly #libc: Libc;
  readonly #wallClock: () => number;
  readonly #free: { batch: PacketBatch; holds: BlockHolds }[] = [];
  /** Each ring's next packet's time, and the time up to which packets may be read now. */
  readonly #times: Float64Array;
  readonly #limit = new Float64Array(1);
  readonly #pollBytes: Uint8Array;
  readonly #pollView: DataView;
  /** One clock for all interfaces: time in which several of them are away counts once. */
  readonly #blind: BlindClock;
  #checked: number;
  #checkEvery = CHECK_MILLIS;
  #nextBlock = 0;
  #unread = 0;

  /** `fds` has a socket for each name; more are spares, for interfaces that are made again under a fanout group. */
  constructor(libc: Libc, fds: readonly number[], names: readonly string[], options: RingOptions) {
    if (names.length === 0 || fds.length < names.length) {
      throw new AppError('capture.sockets', 'there are fewer packet sockets than interfaces', {
        context: { sockets: fds.length, interfaces: names.length },
      });
    }
    const fanout = options.fanout !== null && options.fanout.size > 1 ? options.fanout : null;
    this.#libc = libc;
    this.#options = { ...options, fanout };
    this.#wallClock = options.wallClock ?? Date.now;
    const sockets = fds.map((fd) => new PacketSocket(libc, fd));
    this.#spares = sockets.slice(names.length);
    const shape = ringShape(options, names.length, this.#spares.length);
    const region = new RingRegion(libc, shape.blockBytes * shape.blocks, fds.length);
    const onBlock = options.onBlock ?? (() => undefined);
    this.#times = new Float64Array(fds.length);
    this.interfaces = names.map((name, number) => {
      const makeRing = (socket: PacketSocket): Ring => {
        const ring = new Ring(socket, shape, region, number, this.#nextBlock, onBlock);
        this.#nextBlock += shape.blocks;
        this.#rings.push(ring);
        return ring;
      };
      const replace = (): Ring | undefined => {
        const spare = this.#spares.pop();
        return spare === undefined ? undefined : makeRing(spare);
      };
      return new TapInterface(name, this.#options, makeRing(sockets[number]!), replace);
    });
    const bytes = new Uint8Array(region.memory);
    for (let i = 0; i < (options.batches ?? 1); i++) this.#free.push(this.#newBatch(bytes));
    this.#pollBytes = new Uint8Array(names.length * POLLFD_BYTES);
    this.#pollView = new DataView(this.#pollBytes.buffer);
    this.#checked = options.clock();
    this.#blind = new BlindClock(this.#checked, !this.#areUp);
    this.#decideInterval();
  }

  next(waitMillis: number): PacketBatch | 'idle' {
    if (this.#options.clock() - this.#checked >= this.#checkEvery) this.#check();
    const batch = this.#take();
    if (batch !== undefined) return batch;
    this.#wait(waitMillis);
    return this.#take() ?? 'idle';
  }

  takeLoss(into: SourceLoss): void {
    let unread = 0;
    for (const ring of this.#rings) {
      const { drops, freezes } = ring.socket.readStatistics();
      into.kernel += drops;
      into.freezes += freezes;
      unread += ring.unread;
    }
    // What a damaged block hid was lost between the kernel and us.
    into.kernel += unread - this.#unread;
    this.#unread = unread;
    const { fanout, clock } = this.#options;
    if (fanout !== null && fanout.index !== 0) return;
    for (const one of this.interfaces) into.nic += one.takeNicLoss();
    into.blindMillis += this.#blind.take(clock());
  }

  /** No more packets come in. Rings stay mapped, and so their sockets open, as long as the process lives. */
  close(): void {
    for (const one of this.interfaces) one.stop();
  }

  /** The rings' memory, for a thread that writes blocks to a disk. Grows when an interface needed a new ring. */
  get memory(): readonly RingMemory[] {
    return this.#rings.map((ring) => ring.memory);
  }

  /** Keeps the block of a batch that is out from going back to the kernel, until `drop` (of any thread). */
  hold(block: number): void {
    this.#ringOf(block).hold(block);
  }

  drop(block: number): void {
    this.#ringOf(block).drop(block);
  }

  /** What is known of an interface by name: for health and for people. */
  states(): { name: string; state: string }[] {
    return this.interfaces.map(({ name, state }) => ({ name, state }));
  }

  #ringOf(block: number): Ring {
    for (let i = 0; i < this.#rings.length; i++) if (this.#rings[i]!.has(block)) return this.#rings[i]!;
    throw new Error(`no ring has a block ${block}`);
  }

  #take(): PacketBatch | undefined {
    const free = this.#free.at(-1);
    if (free === undefined) throw new Error('all packet batches are out: release one first');
    const { batch, holds } = free;
    batch.count = 0;
    holds.count = 0;
    if (this.#rings.length === 1) this.#readOne(batch, holds);
    else this.#readMerged(batch, holds);
    if (batch.count === 0) return undefined;
    batch.block = holds.at(0);
    this.#free.pop();
    return batch;
  }

  /** One ring: what is left of a block, so that blocks go back soon. */
  #readOne(batch: PacketBatch, holds: BlockHolds): void {
    const ring = this.#rings[0]!;
    this.#limit[0] = Infinity;
    while (batch.count === 0 && ring.advance(this.#times, 0)) ring.read(batch, this.#limit, holds);
  }

  /** Several rings: always from the one with the oldest packet, up to where another one's are older. */
  #readMerged(batch: PacketBatch, holds: BlockHolds): void {
    const times = this.#times;
    // The time first, the rings' state after it: what a ring without a block gets from now on is later than this.
    const horizon = this.#isPressed() ? Infinity : (this.#wallClock() - this.#delayMillis()) / 1000;
    while (batch.count < batch.capacity && !holds.isFull) {
      let oldest = 0;
      let limit = Infinity;
      for (let i = 0; i < this.#rings.length; i++) {
        const ring = this.#rings[i]!;
        if (!ring.advance(times, i) && ring.expected && horizon < limit) limit = horizon;
        if (times[i]! < times[oldest]!) oldest = i;
      }
      if (times[oldest]! > limit || times[oldest] === Infinity) return;
      for (let i = 0; i < this.#rings.length; i++) if (i !== oldest && times[i]! < limit) limit = times[i]!;
      this.#limit[0] = limit;
      this.#rings[oldest]!.read(batch, this.#limit, holds);
    }
  }

  #isPressed(): boolean {
    for (let i = 0; i < this.#rings.length; i++) if (this.#rings[i]!.isPressed()) return true;
    return false;
  }

  #delayMillis(): number {
    return this.#options.blockTimeoutMillis + RETIRE_SLACK_MILLIS;
  }

  #wait(millis: number): void {
    let first = Infinity;
    for (let i = 0; i < this.#rings.length; i++) {
      const ring = this.#rings[i]!;
      if (this.#times[i]! < first) first = this.#times[i]!;
      if (this.#times[i] !== Infinity || !ring.isLastHeld()) continue;
      // Poll would return at once, for as long as that block is not given back.
      ring.waitForLast(Math.min(millis, HELD_MILLIS));
      return;
    }
    let timeout = millis;
    if (first !== Infinity) {
      const due = Math.ceil(first * 1000 + this.#delayMillis() - this.#wallClock());
      timeout = Math.max(0, Math.min(millis, due));
    }
    this.#listDescriptors();
    const ready = this.#libc.poll(this.#pollBytes, this.interfaces.length, timeout);
    if (ready <= 0) return;
    let failed = false;
    for (let i = 0; i < this.interfaces.length; i++) {
      if ((this.#pollView.getUint16(i * POLLFD_BYTES + 6, true) & POLLERR) === 0) continue;
      this.interfaces[i]!.ring.socket.takeError();
      failed = true;
    }
    if (failed) this.#check();
  }

  #check(): void {
    const now = this.#options.clock();
    this.#checked = now;
    for (const one of this.interfaces) one.check();
    this.#blind.look(now, !this.#areUp);
    this.#decideInterval();
  }

  get #areUp(): boolean {
    return this.interfaces.every(({ state }) => state === 'up');
  }

  #decideInterval(): void {
    this.#checkEvery = this.#areUp ? CHECK_MILLIS : WAITING_MILLIS;
  }

  /** A ring with packets that wait for those of others is left out: its socket would be readable at once. */
  #listDescriptors(): void {
    const view = this.#pollView;
    for (let i = 0; i < this.interfaces.length; i++) {
      const { ring } = this.interfaces[i]!;
      const waits = this.#times[this.#rings.indexOf(ring)] !== Infinity;
      view.setInt32(i * POLLFD_BYTES, waits ? -1 : ring.socket.fd, true);
      view.setUint16(i * POLLFD_BYTES + 4, POLLIN, true);
      view.setUint16(i * POLLFD_BYTES + 6, 0, true);
    }
  }

  #newBatch(bytes: Uint8Array): { batch: PacketBatch; holds: BlockHolds } {
    const batch = new PacketBatch(this.#options.batchCapacity ?? 8192);
    const entry = { batch, holds: new BlockHolds() };
    batch.setBytes(bytes);
    batch.onRelease(() => {
      if (this.#free.includes(entry)) throw new Error('a packet batch was released twice');
      for (let i = 0; i < entry.holds.count; i++) this.drop(entry.holds.at(i));
      this.#free.push(entry);
    });
    return entry;
  }
}
