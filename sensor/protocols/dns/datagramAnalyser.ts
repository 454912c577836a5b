import type { DatagramAnalyser, ProtocolFlow } from '../protocol.ts';
import { DnsSession } from './session.ts';
import type { DnsShared } from './shared.ts';

/** DNS over UDP: a message a datagram. */
export class DnsDatagramAnalyser implements DatagramAnalyser {
  /** It keeps account itself of what it looks at: of what is no DNS not even a header. */
  readonly isSure = true;
  readonly #session: DnsSession;

  constructor(flow: ProtocolFlow, shared: DnsShared) {
    this.#session = new DnsSession(flow, shared);
  }

  get isDone(): boolean {
    return this.#session.isDone;
  }

  datagram(isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number): void {
    if (to > from) this.#session.message(isOrig, bytes, from, to, time);
  }

  finish(): void {
    this.#session.finish();
  }
}
