import type { BpfProgram } from '../../../core/packet/bpf/program.ts';
import type { PacketBatch } from '../../../core/packet/batch.ts';
import { AppError } from '../../../runtime/error.ts';
import type { PacketSource, SourceLoss } from '../source.ts';
import type { Libc } from './libc.ts';
import { POLLERR, POLLFD_BYTES, POLLIN } from './layout.ts';
import { PacketSocket } from './packetSocket.ts';
import { Ring } from './ring.ts';
import type { RingMemory } from './ring.ts';
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
  /** Batches of one interface that may be out at a time. Default 1. */
  batches?: number;
  /** Milliseconds of a clock that never goes back. */
  clock: () => number;
  /** Where the interfaces' counters are; tests have their own. Default `/sys/class/net`. */
  sysfs?: string;
}

/** How often it is looked whether the interfaces are there and up. A new interface announces itself on no socket. */
const CHECK_MILLIS = 1000;
/** The same while one of them is not. */
const WAITING_MILLIS = 200;
/** Longest sleep while a block is at another thread: new blocks of other rings don't end it. */
const HELD_MILLIS = 5;

/**
 * Packets of one or more interfaces, out of memory-mapped rings (TPACKET_V3), in place.
 *
 * Takes AF_PACKET sockets that are open and neither bound nor set up; it needs no privilege. With several interfaces the
 * ring with the oldest packet is read first, so packets come in order within an interface, and between interfaces within
 * about `blockTimeoutMillis`.
 *
 * `next` waits by a synchronous poll, so it belongs into a thread of its own; 'idle' may come before the time is over.
 * As many batches may be out at a time as `batches` says, of each interface.
 */
export class RingSource implements PacketSource {
  readonly live = true;
  readonly interfaces: readonly TapInterface[];
  readonly #rings: Ring[] = [];
  readonly #spares: PacketSocket[];
  readonly #options: RingOptions;
  readonly #libc: Libc;
  #pollBytes = new Uint8Array(0);
  #pollView = new DataView(this.#pollBytes.buffer);
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
    const shape = ringShape(options, names.length);
    const sockets = fds.map((fd) => new PacketSocket(libc, fd));
    this.#spares = sockets.slice(names.length);
    this.interfaces = names.map((name, number) => {
      const makeRing = (socket: PacketSocket): Ring => {
        const ring = new Ring(socket, shape, number, this.#nextBlock);
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
    this.#checked = options.clock();
    this.#decideInterval();
    this.#listDescriptors();
  }

  next(waitMillis: number): PacketBatch | 'idle' {
    this.#checkWhenDue();
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
    for (const one of this.interfaces) {
      into.nic += one.takeNicLoss();
      into.blindMillis += one.takeBlindMillis(clock());
    }
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
    const ring = this.#rings.find(({ memory }) => {
      const inside = block - memory.firstBlock;
      return inside >= 0 && inside < memory.bytes / memory.blockBytes;
    });
    if (ring === undefined) throw new Error(`no ring has a block ${block}`);
    return ring;
  }

  #take(): PacketBatch | undefined {
    for (;;) {
      let oldest: Ring | undefined;
      for (let i = 0; i < this.#rings.length; i++) {
        const ring = this.#rings[i]!;
        if (ring.advance() && (oldest === undefined || ring.isBefore(oldest))) oldest = ring;
      }
      if (oldest === undefined) return undefined;
      const batch = oldest.take();
      if (batch === undefined) throw new Error('all packet batches are out: release one first');
      if (batch.count > 0) return batch;
      batch.release();
    }
  }

  #wait(millis: number): void {
    for (let i = 0; i < this.#rings.length; i++) {
      const ring = this.#rings[i]!;
      if (!ring.isLastHeld()) continue;
      // Poll would return at once, for as long as that block is not given back.
      ring.waitForLast(Math.min(millis, HELD_MILLIS));
      return;
    }
    const ready = this.#libc.poll(this.#pollBytes, this.interfaces.length, millis);
    if (ready <= 0) return;
    let failed = false;
    for (let i = 0; i < this.interfaces.length; i++) {
      if ((this.#pollView.getUint16(i * POLLFD_BYTES + 6, true) & POLLERR) === 0) continue;
      this.interfaces[i]!.ring.socket.takeError();
      failed = true;
    }
    if (failed) this.#check();
  }

  #checkWhenDue(): void {
    if (this.#options.clock() - this.#checked >= this.#checkEvery) this.#check();
  }

  #check(): void {
    const now = this.#options.clock();
    this.#checked = now;
    const rings = this.#rings.length;
    for (const one of this.interfaces) one.check(now);
    this.#decideInterval();
    if (this.#rings.length !== rings) this.#listDescriptors();
  }

  #decideInterval(): void {
    this.#checkEvery = this.interfaces.every(({ state }) => state === 'up') ? CHECK_MILLIS : WAITING_MILLIS;
  }

  #listDescriptors(): void {
    this.#pollBytes = new Uint8Array(this.interfaces.length * POLLFD_BYTES);
    this.#pollView = new DataView(this.#pollBytes.buffer);
    for (const [i, { ring }] of this.interfaces.entries()) {
      this.#pollView.setInt32(i * POLLFD_BYTES, ring.socket.fd, true);
      this.#pollView.setUint16(i * POLLFD_BYTES + 4, POLLIN, true);
    }
  }
}
