import type { PacketBatch } from '../../core/packet/batch.ts';
import { compileToFunction, type PacketFunction } from '../../core/packet/bpf/compiled.ts';
import { LinkType, linkTypeName } from '../../core/packet/linkType.ts';
import { AppError } from '../../runtime/error.ts';
import { compileFilter } from './libpcap/compile.ts';
import { type Libpcap, loadLibpcap } from './libpcap/library.ts';

/** A link type for which libpcap refuses the expression, and how many packets of it were left out for that. */
export interface FilterRefusal {
  linkType: number;
  /** One line that names the link type and the reason. */
  message: string;
  packets: number;
}

/** What is known for one link type. */
interface Compiled {
  native: PacketFunction;
  /** BSD loopback only: for packets whose header is in the other byte order. */
  foreign: PacketFunction;
  refusal: FilterRefusal | undefined;
}

const selectsNothing: PacketFunction = () => 0;

/**
 * A tcpdump expression applied to batches, with the meaning of `tcpdump -r FILE EXPR` for every packet: live or stored,
 * of any link type. Compiled for a link type when its first packet comes.
 *
 * Where libpcap refuses the expression for a link type (`vlan` on raw IP), tcpdump would fail; here captures of several
 * link types are usual, so packets of that one are not selected, and `refusals()` says so.
 */
export class PacketFilter {
  readonly expression: string;
  readonly #library: Libpcap;
  readonly #compiled = new Map<number, Compiled>();
  #linkType = -1;
  #current: Compiled = { native: selectsNothing, foreign: selectsNothing, refusal: undefined };

  /** Throws `filter.syntax` for an expression that libpcap refuses for every link type that we decode. */
  constructor(expression: string, library: Libpcap = loadLibpcap()) {
    this.expression = expression;
    this.#library = library;
    let first: unknown;
    for (const linkType of [LinkType.EN10MB, ...Object.values(LinkType)]) {
      try {
        compileFilter(expression, linkType, { library });
        return;
      } catch (error) {
        first ??= error;
      }
    }
    throw first;
  }

  /** Whether packet `i` of the batch is selected. 10-25 ns for usual expressions. */
  accept(batch: PacketBatch, i: number): boolean {
    const linkType = batch.linkType[i]!;
    if (linkType !== this.#linkType) this.#switchTo(linkType);
    const { native, refusal } = this.#current;
    if (refusal !== undefined) {
      refusal.packets++;
      return false;
    }
    const offset = batch.offset[i]!;
    const caplen = batch.caplen[i]!;
    const run = linkType === LinkType.NULL && isForeign(batch, offset, caplen) ? this.#current.foreign : native;
    return run(batch.bytes, batch.view, offset, caplen, batch.len[i]!) !== 0;
  }

  /** The link types of which nothing could be selected, so far. */
  refusals(): FilterRefusal[] {
    return [...this.#compiled.values()].flatMap(({ refusal }) => (refusal === undefined ? [] : [{ ...refusal }]));
  }

  #switchTo(linkType: number): void {
    let compiled = this.#compiled.get(linkType);
    if (compiled === undefined) {
      compiled = this.#compile(linkType);
      this.#compiled.set(linkType, compiled);
    }
    this.#linkType = linkType;
    this.#current = compiled;
  }

  #compile(linkType: number): Compiled {
    const make = (foreign: boolean): PacketFunction =>
      compileToFunction(compileFilter(this.expression, linkType, { library: this.#library, foreign }));
    try {
      const native = make(false);
      return { native, foreign: linkType === LinkType.NULL ? make(true) : native, refusal: undefined };
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'filter.syntax') throw error;
      const message = `${error.message}: no packet of link type ${linkTypeName(linkType)} is selected`;
      return { native: selectsNothing, foreign: selectsNothing, refusal: { linkType, message, packets: 0 } };
    }
  }
}

/**
 * Whether BSD loopback's header (an address family, a small number, in the byte order of the machine that captured) is
 * big-endian. libpcap goes by the file's byte order, which is the same machine's.
 */
function isForeign(batch: PacketBatch, offset: number, caplen: number): boolean {
  return caplen >= 4 && batch.view.getUint32(offset) < 0x10000;
}
