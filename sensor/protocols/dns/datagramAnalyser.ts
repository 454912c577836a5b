import type { DatagramAnalyser } from '../protocol.ts';
import { DnsSession } from './session.ts';

/** DNS over UDP: a message a datagram. One object a flow: there are many. */
export class DnsDatagramAnalyser extends DnsSession implements DatagramAnalyser {
  /** It keeps account itself of what it looks at: of what is no DNS not even a header. */
  get isSure(): boolean {
    return true;
  }

  get isIdle(): boolean {
    return this.held === 0;
  }

  datagram(isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number): void {
    if (to > from) this.message(isOrig, bytes, from, to, time);
  }
}
