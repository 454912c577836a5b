import { beforeEach, expect, test } from 'vitest';
import type { Libc } from './libc.ts';
import { RingSource } from './ringSource.ts';
import type { RingOptions } from './ringSource.ts';

const BLOCK = 1 << 17;
const BLOCKS = 8;
const UP = 0x41;

/** Plays the kernel: sockets 10, 11, ... whose rings lie in plain memory in the order in which they are mapped. */
class FakeKernel {
  readonly memory = new ArrayBuffer(BLOCK * BLOCKS * 4);
  readonly view = new DataView(this.memory);
  readonly interfaces = new Map<string, { index: number; flags: number; hardware: number }>();
  readonly bound = new Map<number, number>();
  readonly polls: { fds: number[]; millis: number }[] = [];
  readonly filters: number[] = [];
  readonly statistics = new Map<number, [number, number]>();
  /** What happens during a poll. */
  onPoll: () => void = () => undefined;
  pollErrors: number[] = [];
  #next: number[] = [];

  readonly libc: Libc = {
    errno: () => 19,
    memory: () => this.memory,
    addressOf: () => 0n,
    mmap: (hint) => hint ?? 0n,
    bind: (fd, address) => {
      this.bound.set(fd, new DataView(address.buffer).getInt32(4, true));
      return 0;
    },
    setsockopt: (fd, level, option) => {
      if (level === 1 && option === 26) this.filters.push(fd);
      return 0;
    },
    getsockopt: (fd, level, option, value) => {
      const words = new Uint32Array(value.buffer);
      if (level === 263 && option === 6) {
        const [drops, freezes] = this.statistics.get(fd) ?? [0, 0];
        words.set([drops, drops, freezes]);
        this.statistics.delete(fd);
      }
      return 0;
    },
    ioctl: (_fd, request, argument) => {
      const bytes = new Uint8Array(argument.buffer);
      const found = this.interfaces.get(new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0))));
      if (found === undefined) return -1;
      const view = new DataView(argument.buffer);
      if (request === 0x8933) view.setInt32(16, found.index, true);
      else view.setUint16(16, request === 0x8913 ? found.flags : found.hardware, true);
      return 0;
    },
    poll: (fds, count, millis) => {
      const view = new DataView(fds.buffer);
      const list = Array.from({ length: count }, (_, i) => view.getInt32(i * 8, true));
      this.polls.push({ fds: list, millis });
      this.onPoll();
      for (const [i, fd] of list.entries()) if (this.pollErrors.includes(fd)) view.setUint16(i * 8 + 6, 8, true);
      const answer = this.pollErrors.length;
      this.pollErrors = [];
      return answer;
    },
  };

  /** Fills and retires the next block of a ring with a packet for each time, whose one byte is its number. */
  retire(ring: number, packets: [seconds: number, id: number][]): void {
    const block = this.#next[ring] ?? 0;
    this.#next[ring] = (block + 1) % BLOCKS;
    const start = (ring * BLOCKS + block) * BLOCK;
    if (this.view.getUint32(start + 8, true) !== 0) throw new Error("the block is not the kernel's");
    this.view.setUint32(start + 12, packets.length, true);
    this.view.setUint32(start + 16, 48, true);
    packets.forEach(([seconds, id], i) => {
      const at = start + 48 + i * 96;
      this.view.setUint32(at, i === packets.length - 1 ? 0 : 96, true);
      this.view.setUint32(at + 4, Math.floor(seconds), true);
      this.view.setUint32(at + 8, Math.round((seconds % 1) * 1e9), true);
      this.view.setUint32(at + 12, 1, true);
      this.view.setUint32(at + 16, 60, true);
      this.view.setUint32(at + 24, 82, true);
      this.view.setUint16(at + 56, 1, true);
      this.view.setUint8(at + 82, id);
    });
    this.view.setUint32(start + 8, 1, true);
  }

  status(ring: number, block: number): number {
    return this.view.getUint32((ring * BLOCKS + block) * BLOCK + 8, true);
  }
}

let kernel: FakeKernel;
let now: number;
let wall: number;
beforeEach(() => {
  kernel = new FakeKernel();
  now = 0;
  wall = 1_000_000;
});

function open(names: string[], options: Partial<RingOptions> & { spares?: number } = {}): RingSource {
  const { spares = 0, ...rest } = options;
  const fds = Array.from({ length: names.length + spares }, (_, i) => 10 + i);
  return new RingSource(kernel.libc, fds, names, {
    ringBytes: BLOCK * BLOCKS * names.length,
    blockBytes: BLOCK,
    blockTimeoutMillis: 90,
    snaplen: 65_535,
    promiscuous: true,
    filter: null,
    fanout: null,
    clock: () => now,
    wallClock: () => wall,
    sysfs: '/nonexistent',
    ...rest,
  });
}

function up(...names: string[]): void {
  for (const name of names) kernel.interfaces.set(name, { index: kernel.interfaces.size + 1, flags: UP, hardware: 1 });
}

/** The packets' numbers of the next batch, with the interface each. */
function take(source: RingSource, wait = 100): string {
  const batch = source.next(wait);
  if (batch === 'idle') return 'idle';
  const text = Array.from(
    { length: batch.count },
    (_, i) => `${batch.interface[i]!}:${batch.bytes[batch.offset[i]!]!}`,
  ).join(' ');
  batch.release();
  return text;
}

test('hands over blocks in order and gives them back when the batch is released', () => {
  up('a');
  const source = open(['a']);
  kernel.retire(0, [
    [1, 1],
    [2, 2],
  ]);
  kernel.retire(0, [[3, 3]]);
  const batch = source.next(0);
  if (batch === 'idle') throw new Error('nothing came');
  expect([batch.count, batch.block, kernel.status(0, 0)]).toEqual([2, 0, 1]);
  batch.release();
  expect(kernel.status(0, 0)).toBe(0);
  expect(take(source)).toBe('0:3');
  expect(kernel.polls.length).toBe(0);
  expect(take(source, 70)).toBe('idle');
  expect(kernel.polls).toEqual([{ fds: [10], millis: 70 }]);
  for (let round = 0; round < 20; round++) {
    kernel.retire(0, [[4, round]]);
    expect(take(source)).toBe(`0:${round}`);
  }
});

test('a block that comes during the wait is handed over at once', () => {
  up('a');
  const source = open(['a']);
  kernel.onPoll = () => kernel.retire(0, [[1, 7]]);
  expect(take(source)).toBe('0:7');
});

test('a block in pieces goes back with the last one, and a batch is released once', () => {
  up('a');
  const source = open(['a'], { batchCapacity: 2, batches: 2 });
  kernel.retire(0, [
    [1, 1],
    [2, 2],
    [3, 3],
  ]);
  const first = source.next(0);
  const second = source.next(0);
  if (first === 'idle' || second === 'idle') throw new Error('nothing came');
  expect([first.count, second.count]).toEqual([2, 1]);
  expect(() => source.next(0)).toThrow('release one first');
  second.release();
  expect(kernel.status(0, 0)).toBe(1);
  first.release();
  expect(kernel.status(0, 0)).toBe(0);
  expect(() => first.release()).toThrow('released twice');
});

test('while a block is held elsewhere it does not poll, and does not take it again', () => {
  up('a');
  const held: number[] = [];
  const source = open(['a'], {
    onBlock: (block) => {
      source.hold(block);
      held.push(block);
    },
  });
  kernel.retire(0, [[1, 1]]);
  expect(take(source)).toBe('0:1');
  expect(kernel.status(0, 0)).toBe(1);
  expect(take(source, 1)).toBe('idle');
  expect(kernel.polls.length).toBe(0);
  for (const block of held) source.drop(block);
  expect(kernel.status(0, 0)).toBe(0);
  expect(take(source, 1)).toBe('idle');
  expect(kernel.polls.length).toBe(1);
});

test('packets of several interfaces come in the order of their times', () => {
  up('a', 'b');
  const source = open(['a', 'b']);
  kernel.retire(0, [
    [1, 1],
    [3, 3],
    [4, 4],
    [7, 7],
  ]);
  kernel.retire(1, [
    [2, 2],
    [5, 5],
    [6, 6],
  ]);
  // Ring b has nothing behind 6: packet 7 waits until b can have nothing older.
  wall = 7000 + 99;
  expect(take(source, 0)).toBe('0:1 1:2 0:3 0:4 1:5 1:6');
  expect(take(source, 50)).toBe('idle');
  expect(kernel.polls.at(-1)).toEqual({ fds: [-1, 11], millis: 1 });
  wall = 7000 + 100;
  expect(take(source, 0)).toBe('0:7');
  expect([kernel.status(0, 0), kernel.status(1, 0)]).toEqual([0, 0]);
});

test('an interface that is away is not waited for', () => {
  up('a', 'b');
  const source = open(['a', 'b']);
  wall = 0;
  kernel.retire(0, [[1, 1]]);
  expect(take(source, 0)).toBe('idle');
  kernel.interfaces.delete('b');
  kernel.pollErrors = [11];
  expect(take(source, 0)).toBe('0:1');
  expect(source.states()).toEqual([
    { name: 'a', state: 'up' },
    { name: 'b', state: 'missing' },
  ]);
});

test('a ring that is half full does not wait for the others', () => {
  up('a', 'b');
  const source = open(['a', 'b']);
  wall = 0;
  for (let i = 0; i < BLOCKS / 2; i++) kernel.retire(0, [[10 + i, i]]);
  expect(take(source, 0)).toBe('idle');
  kernel.retire(0, [[20, 9]]);
  expect(take(source, 0)).toBe('0:0 0:1 0:2 0:3 0:9');
});

test('an interface made anew is bound again on the same socket, and the time without it is blind', () => {
  const source = open(['a']);
  expect(source.states()[0]!.state).toBe('missing');
  now = 150;
  up('a');
  take(source, 0);
  expect(kernel.bound.get(10)).toBeUndefined();
  now = 200;
  take(source, 0);
  expect(kernel.bound.get(10)).toBe(1);
  kernel.interfaces.set('a', { index: 5, flags: UP, hardware: 65_534 });
  now = 1200;
  take(source, 0);
  expect(kernel.bound.get(10)).toBe(5);
  expect(source.interfaces[0]!.linkType).toBe(101);
  const loss = { kernel: 1, freezes: 2, nic: 0, blindMillis: 0.5 };
  kernel.statistics.set(10, [30, 4]);
  source.takeLoss(loss);
  expect(loss).toEqual({ kernel: 31, freezes: 6, nic: 0, blindMillis: 200.5 });
  source.takeLoss(loss);
  expect(loss).toEqual({ kernel: 31, freezes: 6, nic: 0, blindMillis: 200.5 });
});

test('time in which several interfaces are away counts once', () => {
  up('a');
  const source = open(['a', 'b', 'c']);
  const blind = (): number => {
    const loss = { kernel: 0, freezes: 0, nic: 0, blindMillis: 0 };
    source.takeLoss(loss);
    return loss.blindMillis;
  };
  now = 1000;
  up('b');
  take(source, 0);
  expect(blind()).toBe(1000);
  now = 1500;
  up('c');
  take(source, 0);
  now = 9000;
  expect(blind()).toBe(500);
});

test('under a fanout group a new socket is taken, as long as there is one; worker 0 alone reports blind time', () => {
  up('a');
  const fanout = { group: 77, size: 2, index: 1 };
  const source = open(['a'], { fanout, spares: 1 });
  const remake = (index: number): void => {
    kernel.interfaces.set('a', { index, flags: UP, hardware: 1 });
    now += 1000;
    take(source, 0);
  };
  remake(8);
  expect([...kernel.bound]).toEqual([
    [10, 1],
    [11, 8],
  ]);
  // What the first ring still has is read.
  kernel.retire(0, [[1, 1]]);
  kernel.retire(1, [[2, 2]]);
  expect(take(source, 0)).toBe('0:1 0:2');
  remake(9);
  expect(source.states()[0]!.state).toBe('noSocket');
  now += 1000;
  const loss = { kernel: 0, freezes: 0, nic: 0, blindMillis: 0 };
  source.takeLoss(loss);
  expect(loss.blindMillis).toBe(0);
});

test('a damaged block is no end, and what it hid is lost', () => {
  up('a');
  const source = open(['a']);
  kernel.retire(0, [
    [1, 1],
    [2, 2],
    [3, 3],
  ]);
  kernel.view.setUint32(48 + 96, 3, true);
  kernel.retire(0, [[4, 4]]);
  expect(take(source)).toBe('0:1 0:2');
  expect(take(source)).toBe('0:4');
  kernel.retire(0, [[5, 5]]);
  kernel.view.setUint32(2 * BLOCK + 16, 0xffff_fff0, true);
  kernel.retire(0, [[6, 6]]);
  expect(take(source)).toBe('0:6');
  const loss = { kernel: 0, freezes: 0, nic: 0, blindMillis: 0 };
  source.takeLoss(loss);
  expect(loss.kernel).toBe(2);
});

test('too few sockets are told at once', () => {
  expect(() => new RingSource(kernel.libc, [10], ['a', 'b'], { ...({} as RingOptions) })).toThrow(
    'fewer packet sockets',
  );
});
