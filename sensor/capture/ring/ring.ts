import type { PacketBatch } from '../../../core/packet/batch.ts';
import { BlockReferences } from './blockReferences.ts';
import { BlockWalk } from './blockWalk.ts';
import { BLOCK_USER, BlockWord } from './layout.ts';
import type { PacketSocket } from './packetSocket.ts';
import type { RingRegion } from './ringRegion.ts';
import type { RingShape } from './ringSize.ts';

/** What another thread needs to read and give back a ring's blocks: it makes its own view of the memory. */
export interface RingMemory {
  pointer: bigint;
  bytes: number;
  blockBytes: number;
  /** The number of its first block among the blocks of all rings (`PacketBatch.block`). */
  firstBlock: number;
  /** For `BlockReferences`: an Int32 a block. */
  references: SharedArrayBuffer;
}

/**
 * One mapped TPACKET_V3 ring: takes retired blocks in the kernel's order and reads their packets into batches, a part of
 * a block at a time if need be. The memory stays mapped as long as the process lives.
 */
export class Ring {
  readonly memory: RingMemory;
  readonly socket: PacketSocket;
  /** False when no more packets can come: the interface is away, or another ring took this one's place. */
  expected = false;
  readonly #shape: RingShape;
  readonly #start: number;
  readonly #interface: number;
  readonly #walk: BlockWalk;
  readonly #references: BlockReferences;
  readonly #onBlock: (block: number) => void;
  /** The next block to take, or the one that is being walked. */
  #block = 0;
  #walking = false;

  /**
   * Sets up the ring on a socket that is not bound. `interfaceNumber` goes into `PacketBatch.interface`; `onBlock` is told
   * of each block whose packets have all been read.
   */
  constructor(
    socket: PacketSocket,
    shape: RingShape,
    region: RingRegion,
    interfaceNumber: number,
    firstBlock: number,
    onBlock: (block: number) => void,
  ) {
    const { blockBytes, blocks } = shape;
    const { pointer, start } = region.nextPlace();
    socket.mapRing(pointer, blockBytes, blocks, shape.timeoutMillis);
    const references = new SharedArrayBuffer(blocks * 4);
    this.socket = socket;
    this.memory = { pointer, bytes: blockBytes * blocks, blockBytes, firstBlock, references };
    this.#shape = shape;
    this.#start = start;
    this.#interface = interfaceNumber;
    this.#onBlock = onBlock;
    const status = new Int32Array(region.memory);
    const firstStatus = start / 4 + BlockWord.STATUS;
    this.#references = new BlockReferences(new Int32Array(references), status, firstStatus, blockBytes / 4);
    this.#walk = new BlockWalk(region.memory, shape.snaplen);
  }

  /** Packets that were announced by a damaged block and not found, since the ring was made. */
  get unread(): number {
    return this.#walk.lost;
  }

  /**
   * Takes the next block when there is none being walked. True when there are packets to read; their first one's time
   * (in seconds) is then in `times[at]`, else Infinity.
   */
  advance(times: Float64Array, at: number): boolean {
    while (!this.#walking) {
      const block = this.#block;
      if (!this.#isRetired(block) || this.#references.isHeld(block)) {
        times[at] = Infinity;
        return false;
      }
      this.#references.take(block);
      this.#walk.begin(this.#start + block * this.#shape.blockBytes, this.#shape.blockBytes);
      this.#walking = true;
      // The kernel retires blocks without packets too.
      if (this.#walk.left === 0) this.#finishBlock();
    }
    this.#walk.nextTime(times, at);
    return true;
  }

  /**
   * Adds packets that are not later than `limit[0]` to a batch, after `advance` said that there are some. `holds` gets the
   * block, which is the batch's until `drop`.
   */
  read(batch: PacketBatch, limit: Float64Array, holds: BlockHolds): void {
    const before = batch.count;
    const block = this.#block;
    this.#walk.read(batch, this.#interface, limit);
    if (batch.count > before && holds.add(this.memory.firstBlock + block)) this.#references.hold(block);
    if (this.#walk.left === 0) this.#finishBlock();
  }

  /** Whether at least half of the ring waits to be read. */
  isPressed(): boolean {
    const { blocks } = this.#shape;
    return this.#isRetired((this.#block + (blocks >> 1)) % blocks);
  }

  /**
   * Whether somebody still holds the block that was taken last. As long as that is so, poll finds the socket readable
   * although nothing new has come.
   */
  isLastHeld(): boolean {
    return this.#references.isHeld(this.#lastBlock());
  }

  /** Waits for that block to be given back, at most `millis`. */
  waitForLast(millis: number): void {
    this.#references.wait(this.#lastBlock(), millis);
  }

  /** Whether a block of all rings is one of this ring's. */
  has(block: number): boolean {
    const inside = block - this.memory.firstBlock;
    return inside >= 0 && inside < this.#shape.blocks;
  }

  /** One holder more or less of a block, by its number among the blocks of all rings. */
  hold(block: number): void {
    this.#references.hold(block - this.memory.firstBlock);
  }

  drop(block: number): void {
    this.#references.drop(block - this.memory.firstBlock);
  }

  #isRetired(block: number): boolean {
    return (this.#references.status(block) & BLOCK_USER) !== 0;
  }

  #lastBlock(): number {
    return (this.#block + this.#shape.blocks - 1) % this.#shape.blocks;
  }

  #finishBlock(): void {
    this.#walking = false;
    const block = this.#block;
    this.#block = (block + 1) % this.#shape.blocks;
    this.#onBlock(this.memory.firstBlock + block);
    this.#references.drop(block);
  }
}

/** Blocks that one batch may hold: few, since a block is of no use to the kernel meanwhile. */
const MOST_HOLDS = 32;

/** The blocks that a batch's packets lie in. */
export class BlockHolds {
  count = 0;
  readonly #blocks = new Int32Array(MOST_HOLDS);

  get isFull(): boolean {
    return this.count === MOST_HOLDS;
  }

  at(i: number): number {
    return this.#blocks[i]!;
  }

  /** False when it is in already. Not to be called when full. */
  add(block: number): boolean {
    for (let i = this.count - 1; i >= 0; i--) if (this.#blocks[i] === block) return false;
    this.#blocks[this.count++] = block;
    return true;
  }
}
