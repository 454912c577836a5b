import { PacketBatch } from '../../../core/packet/batch.ts';
import { compileToFunction, type PacketFunction } from '../../../core/packet/bpf/compiled.ts';
import { kernelProgram } from '../../../core/packet/bpf/kernelProgram.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { BlindClock } from '../ring/blindClock.ts';
import { IFF_UP, IFREQ_VALUE, interfaceRequest, Ioctl } from '../ring/layout.ts';
import type { PacketSource, SourceInterface, SourceLoss } from '../source.ts';
import { compileFilter } from './compile.ts';
import { collectPackets, LibpcapHandle, type LibpcapOptions, recordHeaderBytes } from './handle.ts';
import { type Libpcap, loadLibpcap } from './library.ts';

/** How often an idle source looks at its interface, in milliseconds. */
const lookMillis = 250;
/** How often an interface that went away is opened anew, in milliseconds. */
const retryMillis = 1000;

/**
 * Live capture through libpcap: the portable source, for systems and link types that the ring does not know.
 *
 * A batch holds at most 128 packets, in memory that is filled anew by the next `next`. Times are nanoseconds where the
 * system has them. libpcap puts a stripped VLAN tag back itself. A filter has the meaning of `tcpdump -r`: what is
 * attached to the kernel lets a superset through, and the compiled function decides.
 *
 * An interface that goes down, or vanishes and comes back under its name, is waited for (`condition()` says why) and
 * counted as blind time; to open one that was made anew takes the right to capture. Wants a thread of its own.
 */
export class LibpcapSource implements PacketSource {
  readonly live = true;
  readonly interfaces: SourceInterface[];
  readonly #library: Libpcap;
  readonly #options: LibpcapOptions;
  readonly #clock: Pick<Clock, 'elapsed'>;
  readonly #batch = new PacketBatch(collectPackets);
  readonly #blind: BlindClock;
  readonly #seen = new Uint32Array(2);
  #handle: LibpcapHandle;
  /** The interface's index; 0 for what is none, as libpcap's `any`. */
  #index: number;
  #select: PacketFunction | undefined;
  #fault: string | undefined;
  #nextRetry = 0;
  #nextLook = 0;
  /** Drops of handles that were closed, not yet taken. */
  readonly #left: SourceLoss = { kernel: 0, freezes: 0, nic: 0, blindMillis: 0 };

  /**
   * Opens at once. Throws `capture.open`, `capture.permission`, `libpcap.missing`, or `filter.syntax`.
   */
  constructor(options: LibpcapOptions, clock: Pick<Clock, 'elapsed'>, library: Libpcap = loadLibpcap()) {
    this.#library = library;
    this.#options = options;
    this.#clock = clock;
    this.#blind = new BlindClock(clock.elapsed(), false);
    const handle = new LibpcapHandle(library, options);
    this.interfaces = [{ name: options.interface, linkType: handle.linkType, snaplen: handle.snaplen }];
    try {
      this.#select = attachFilter(library, handle, options);
    } catch (error) {
      handle.close();
      throw error;
    }
    this.#handle = handle;
    this.#index = this.#interfaceIndex();
  }

  /** Why nothing is captured at present (libpcap's words), or `undefined`. */
  condition(): string | undefined {
    return this.#fault;
  }

  /** libpcap's warning from opening the interface, or an empty string. */
  get warning(): string {
    return this.#handle.warning;
  }

  next(waitMillis: number): PacketBatch | 'idle' {
    if (this.#fault !== undefined && !this.#recover()) {
      this.#library.poll(null, 0, waitMillis);
      return 'idle';
    }
    let bytes = this.#handle.collect();
    if (bytes === 0) {
      this.#handle.wait(waitMillis);
      bytes = this.#handle.collect();
    }
    if (bytes < 0) this.#lose(this.#handle.failure());
    else if (bytes === 0) this.#look();
    if (bytes <= 0) return 'idle';
    this.#fillBatch(bytes);
    return this.#batch.count === 0 ? 'idle' : this.#batch;
  }

  takeLoss(into: SourceLoss): void {
    this.#addDrops();
    into.kernel += this.#left.kernel;
    into.nic += this.#left.nic;
    into.blindMillis += this.#blind.take(this.#clock.elapsed());
    this.#left.kernel = 0;
    this.#left.nic = 0;
  }

  close(): void {
    this.#handle.close();
  }

  /** Takes the records apart in place. Lengths are libpcap's own, and were written within the memory. */
  #fillBatch(bytes: number): void {
    const batch = this.#batch;
    const handle = this.#handle;
    const select = this.#select;
    const scale = handle.nanoseconds ? 1 : 1000;
    const linkType = handle.linkType;
    batch.setBytes(handle.memory);
    const { view } = batch;
    let count = 0;
    let at = 0;
    while (at + recordHeaderBytes <= bytes && count < batch.capacity) {
      const caplen = view.getUint32(at + 8, true);
      const len = view.getUint32(at + 12, true);
      const start = at + recordHeaderBytes;
      const end = start + caplen;
      if (end > bytes) break;
      if (select === undefined || select(batch.bytes, view, start, caplen, len) !== 0) {
        batch.offset[count] = start;
        batch.caplen[count] = caplen;
        batch.len[count] = len;
        batch.seconds[count] = view.getUint32(at, true);
        batch.nanos[count] = view.getUint32(at + 4, true) * scale;
        batch.vlanTci[count] = -1;
        batch.interface[count] = 0;
        batch.linkType[count] = linkType;
        count++;
      }
      at = end;
    }
    batch.count = count;
  }

  #addDrops(): void {
    const stats = this.#handle.stats();
    if (stats === undefined) return;
    this.#left.kernel += (stats[1]! - this.#seen[0]!) >>> 0;
    this.#left.nic += (stats[2]! - this.#seen[1]!) >>> 0;
    this.#seen[0] = stats[1]!;
    this.#seen[1] = stats[2]!;
  }

  #lose(fault: string): void {
    this.#fault = fault;
    this.#blind.look(this.#clock.elapsed(), true);
  }

  /** Without packets for a while: is the interface still there and up? libpcap does not tell of one that went down. */
  #look(): void {
    const now = this.#clock.elapsed();
    if (this.#index === 0 || now < this.#nextLook) return;
    this.#nextLook = now + lookMillis;
    const index = this.#interfaceIndex();
    if (index !== this.#index) this.#lose('the interface disappeared');
    else if (this.#isUp()) this.#blind.look(now, false);
    else this.#lose('the interface is down');
  }

  /** Looks whether the interface is there again and up; opens it anew when it is another one of the same name. */
  #recover(): boolean {
    const index = this.#interfaceIndex();
    if (index === 0 || !this.#isUp()) return false;
    if (index !== this.#index && !this.#reopen(index)) return false;
    this.#blind.look(this.#clock.elapsed(), false);
    this.#fault = undefined;
    return true;
  }

  #reopen(index: number): boolean {
    const now = this.#clock.elapsed();
    if (now < this.#nextRetry) return false;
    this.#nextRetry = now + retryMillis;
    let handle: LibpcapHandle | undefined;
    try {
      handle = new LibpcapHandle(this.#library, this.#options);
      this.#select = attachFilter(this.#library, handle, this.#options);
    } catch (error) {
      handle?.close();
      this.#fault = error instanceof Error ? error.message : String(error);
      return false;
    }
    this.#addDrops();
    this.#handle.close();
    this.#handle = handle;
    this.#index = index;
    this.#seen.fill(0);
    this.interfaces[0] = { name: this.#options.interface, linkType: handle.linkType, snaplen: handle.snaplen };
    return true;
  }

  #interfaceIndex(): number {
    return this.#ask(Ioctl.GET_INDEX)?.getInt32(IFREQ_VALUE, true) ?? 0;
  }

  #isUp(): boolean {
    return ((this.#ask(Ioctl.GET_FLAGS)?.getUint16(IFREQ_VALUE, true) ?? 0) & IFF_UP) !== 0;
  }

  #ask(request: number): DataView | undefined {
    const ifreq = interfaceRequest(this.#options.interface);
    return ifreq !== null && this.#handle.ask(request, ifreq) ? new DataView(ifreq.buffer) : undefined;
  }
}

/** Compiles the options' filter for the handle's link type, attaches its superset, and answers with the exact function. */
function attachFilter(library: Libpcap, handle: LibpcapHandle, options: LibpcapOptions): PacketFunction | undefined {
  if (options.filter === undefined) return undefined;
  const program = compileFilter(options.filter, handle.linkType, { snaplen: handle.snaplen, library });
  // Where it can't be attached, all packets come up and the function does the work.
  handle.attach(process.platform === 'linux' ? kernelProgram(program) : program);
  return compileToFunction(program);
}
