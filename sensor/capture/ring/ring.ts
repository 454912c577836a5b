import { PacketBatch } from '../../../core/packet/batch.ts';
import { BlockReferences } from './blockReferences.ts';
import { BlockWalk } from './blockWalk.ts';
import { BLOCK_USER, BlockWord } from './layout.ts';
import type { PacketSocket } from './packetSocket.ts';

/** The size of a ring and of what it hands over. */
export interface RingShape {
  blockBytes: number;
  blocks: number;
  timeoutMillis: number;
  snaplen: number;
  /** Packets a batch holds. */
  batchCapacity: number;
  /** Batches that may be out at a time. */
  batches: number;
}

/** What another thread needs to read and give back a ring's blocks: it makes its own view of the memory. */
export interface RingMemory {
  pointer: bigint;
  bytes: number;
  blockBytes: number;
  /** `PacketBatch.block` of the first block. */
  firstBlock: number;
  /** For `BlockReferences`: an Int32 a block. */
  references: SharedArrayBuffer;
}

/**
 * One mapped TPACKET_V3 ring: takes retired blocks in the kernel's order and hands their packets over in batches. A
 * block with more packets than a batch holds comes in pieces.
 *
 * The memory stays mapped as long as the process lives.
 */
export class Ring {
  readonly memory: RingMemory;
  readonly #shape: RingShape;
  readonly #socket: PacketSocket;
  readonly #interface: number;
  readonly #walk: BlockWalk;
  readonly #references: BlockReferences;
  readonly #free: PacketBatch[] = [];
  /** The next block to take, or the one that is being walked. */
  #block = 0;
  #walking = false;

  /** Sets up the ring on a socket that is not bound. `interfaceNumber` goes into `PacketBatch.interface`. */
  constructor(socket: PacketSocket, shape: RingShape, interfaceNumber: number, firstBlock: number) {
    this.#shape = shape;
    this.#socket = socket;
    this.#interface = interfaceNumber;
    const { pointer, memory } = socket.mapRing(shape.blockBytes, shape.blocks, shape.timeoutMillis);
    const references = new SharedArrayBuffer(shape.blocks * 4);
    this.memory = { pointer, bytes: memory.byteLength, blockBytes: shape.blockBytes, firstBlock, references };
    this.#references = new BlockReferences(
      new Int32Array(references),
      new Int32Array(memory),
      BlockWord.STATUS,
      shape.blockBytes / 4,
    );
    this.#walk = new BlockWalk(memory, shape.snaplen);
    const bytes = new Uint8Array(memory);
    for (let i = 0; i < shape.batches; i++) this.#free.push(this.#newBatch(bytes));
  }

  get socket(): PacketSocket {
    return this.#socket;
  }

  /** Packets that were announced by a damaged block and not found, since the ring was made. */
  get unread(): number {
    return this.#walk.lost;
  }

  /** Takes the next block when there is none being walked. True when there are packets to hand over. */
  advance(): boolean {
    while (!this.#walking) {
      const block = this.#block;
      if ((this.#references.status(block) & BLOCK_USER) === 0 || this.#references.isHeld(block)) return false;
      this.#references.take(block);
      this.#walk.begin(block * this.#shape.blockBytes, this.#shape.blockBytes);
      this.#walking = true;
      // The kernel retires blocks without packets too.
      if (this.#walk.left === 0) this.#finishBlock();
    }
    return true;
  }

  /** True when this ring's next packet is older than the other's. Both have packets to hand over. */
  isBefore(other: Ring): boolean {
    const mine = this.#walk.nextSeconds();
    const theirs = other.#walk.nextSeconds();
    return mine < theirs || (mine === theirs && this.#walk.nextNanos() < other.#walk.nextNanos());
  }

  /** The next packets, after `advance` said that there are some. Undefined when all batches are out. */
  take(): PacketBatch | undefined {
    const batch = this.#free.pop();
    if (batch === undefined) return undefined;
    batch.block = this.memory.firstBlock + this.#block;
    this.#references.hold(this.#block);
    this.#walk.read(batch, this.#interface);
    if (this.#walk.left === 0) this.#finishBlock();
    return batch;
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

  /** One holder more or less of a block, by `PacketBatch.block`. */
  hold(block: number): void {
    this.#references.hold(block - this.memory.firstBlock);
  }

  drop(block: number): void {
    this.#references.drop(block - this.memory.firstBlock);
  }

  #lastBlock(): number {
    return (this.#block + this.#shape.blocks - 1) % this.#shape.blocks;
  }

  #finishBlock(): void {
    this.#walking = false;
    const block = this.#block;
    this.#block = (block + 1) % this.#shape.blocks;
    this.#references.drop(block);
  }

  #newBatch(bytes: Uint8Array): PacketBatch {
    const batch = new PacketBatch(this.#shape.batchCapacity);
    batch.setBytes(bytes);
    batch.onRelease(() => {
      if (this.#free.includes(batch)) throw new Error('a packet batch was released twice');
      this.#free.push(batch);
      this.#references.drop(batch.block - this.memory.firstBlock);
    });
    return batch;
  }
}
