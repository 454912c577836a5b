import { HandshakeStream } from '../../../core/tls/handshakes.ts';
import { RecordStream, type RecordHandler } from '../../../core/tls/recordStream.ts';
import type { ProtocolFlow, StreamAnalyser } from '../protocol.ts';
import type { Certificates } from '../x509/certificates.ts';
import { TlsConversation } from './conversation.ts';
import type { KeptOctets } from './keptOctets.ts';

/** TLS and SSL over a stream. A gap of either side ends it: what follows can't be told apart from what is encrypted. */
export class TlsStreamAnalyser implements StreamAnalyser, RecordHandler {
  isDone: boolean;
  readonly #conversation: TlsConversation;
  readonly #records: RecordStream = new RecordStream(this);
  readonly #handshakes: readonly [HandshakeStream, HandshakeStream] = [new HandshakeStream(), new HandshakeStream()];
  readonly #budget: KeptOctets;
  #kept = 0;
  #time = 0;

  constructor(flow: ProtocolFlow, certificates: Certificates, budget: KeptOctets) {
    this.#budget = budget;
    this.#conversation = new TlsConversation(flow, certificates, 'ssl');
    this.isDone = flow.isPartial;
  }

  /** A hello may be larger than what is looked at of the unknown. */
  get isSure(): boolean {
    return this.#conversation.hasBegun || this.#records.hasRecord;
  }

  data(isOrig: boolean, bytes: Uint8Array, from: number, to: number, time: number): void {
    if (this.isDone) return;
    this.#time = time;
    if (!this.#records.data(isOrig, bytes, from, to)) {
      this.#conversation.violation();
      this.isDone = true;
      return;
    }
    const kept = this.#records.kept + this.#handshakes[0].kept + this.#handshakes[1].kept;
    if (kept === this.#kept) return;
    if (this.#budget.change(this.#kept, kept)) this.#kept = kept;
    else this.isDone = true;
  }

  get held(): number {
    return this.#kept;
  }

  gap(_isOrig: boolean, _length: number, _time: number): void {
    this.isDone = true;
  }

  endOfData(_isOrig: boolean, _time: number): void {
    // The other side may still have something to say.
  }

  finish(_time: number): void {
    this.isDone = true;
    this.#budget.change(this.#kept, 0);
    this.#kept = 0;
    this.#conversation.finish();
  }

  wants(isOrig: boolean, type: number): boolean {
    return this.#conversation.wants(isOrig, type);
  }

  record(isOrig: boolean, type: number, bytes: Uint8Array, from: number, to: number): boolean {
    return this.#conversation.record(isOrig, type, bytes, from, to, this.#time, (content, begin, end) =>
      this.#handshakes[isOrig ? 0 : 1].data(content, begin, end, (kind, body, bodyFrom, bodyTo) =>
        this.#conversation.message(isOrig, kind, body, bodyFrom, bodyTo),
      ),
    );
  }
}
