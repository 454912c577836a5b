import { DnsAccumulator } from '../../core/dnsDigest/accumulator.ts';
import type { DnsTraffic } from '../../core/dnsDigest/digest.ts';
import type { DigestSpan, SealedDigest } from '../../core/dnsDigest/sealedPeriod.ts';
import { sizesOf } from '../../core/dnsDigest/sizes.ts';
import type { DnsSubscriber } from '../protocols/dns/exchange.ts';
import type { EncryptedDns } from '../protocols/protocol.ts';

export interface DnsDigestsOptions {
  tap: string;
  /** Length of a period: a multiple of a window's. */
  periodSeconds: number;
  /** Memory for the tables of a period. */
  bytes: number;
  /** Three random words. */
  seeds: readonly [number, number, number];
  /** Takes what is to be shipped. */
  give: (sealed: SealedDigest) => void;
}

/**
 * The digests of a capture worker: adds up what it is told of DNS, and gives a period's when the windows have passed its
 * end, new pairs with each window. Time is that of the windows.
 */
export class DnsDigests {
  readonly subscriber: DnsSubscriber = (exchange) => this.#accumulator.note(exchange);
  readonly #options: DnsDigestsOptions;
  readonly #accumulator: DnsAccumulator;
  #encrypted: Record<EncryptedDns, DnsTraffic> = nothing();
  /** Where the period begins; undefined before the first window. */
  #start: number | undefined;
  #from = 0;
  #to = 0;

  constructor(options: DnsDigestsOptions) {
    this.#options = options;
    this.#accumulator = new DnsAccumulator({ sizes: sizesOf(options.bytes), seeds: options.seeds });
  }

  /** A flow of encrypted DNS is over. */
  noteEncrypted(kind: EncryptedDns, octets: number): void {
    const { flows, octets: before } = this.#encrypted[kind];
    this.#encrypted[kind] = { flows: flows + 1, octets: before + octets };
  }

  /** A window is over, of which `from` to `to` was looked at (seconds since 1970). One that is late changes nothing. */
  window(from: number, to: number): void {
    const { periodSeconds, give } = this.#options;
    const start = Math.floor(from / periodSeconds) * periodSeconds;
    if (this.#start !== undefined && start > this.#start) this.#seal();
    if (this.#start === undefined) {
      this.#start = start;
      this.#from = from;
      this.#to = from;
    }
    if (to <= this.#to) return;
    if (this.#accumulator.hasFresh) {
      const fresh = { coveredFrom: this.#to, coveredTo: Math.max(this.#to, to) };
      give(this.#accumulator.takeFresh({ ...this.#span(), ...fresh }));
    }
    this.#to = to;
    if (to >= this.#start + periodSeconds) this.#seal();
  }

  /** The capture is over. */
  end(): void {
    if (this.#start !== undefined) this.#seal();
  }

  #seal(): void {
    this.#options.give(this.#accumulator.seal(this.#span(), this.#encrypted));
    this.#encrypted = nothing();
    this.#start = undefined;
  }

  #span(): DigestSpan {
    const { tap, periodSeconds } = this.#options;
    return { tap, start: this.#start!, seconds: periodSeconds, coveredFrom: this.#from, coveredTo: this.#to };
  }
}

function nothing(): Record<EncryptedDns, DnsTraffic> {
  const none = { flows: 0, octets: 0 };
  return { dot: none, doh: none, doq: none };
}
