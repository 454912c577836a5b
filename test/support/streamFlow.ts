import type { Log, Row } from '../../core/records/record.ts';
import type { FlowId, ProtocolFlow, StreamAnalyser, StreamSink } from '../../sensor/protocols/protocol.ts';

export interface Emitted {
  readonly log: string;
  readonly row: Row & { readonly ts: number };
}

/** A TCP flow that keeps what an analyser does to it. */
export class StreamFlow implements ProtocolFlow {
  readonly slot = 1;
  readonly transport = 'tcp';
  readonly isPartial: boolean;
  readonly isOrigLocal = true;
  readonly isRespLocal = false;
  readonly id: FlowId;
  readonly rows: Emitted[] = [];
  readonly services: string[] = [];
  readonly weirds: string[] = [];
  violations = 0;
  /** What went on inside, by direction, as text of octets. */
  readonly insides: { orig: string; resp: string; isFinished: boolean }[] = [];

  constructor({ isPartial = false, port = 40_000 }: { isPartial?: boolean; port?: number } = {}) {
    this.isPartial = isPartial;
    this.id = {
      uid: `C${port}`,
      'id.orig_h': '192.0.2.7',
      'id.orig_p': port,
      'id.resp_h': '198.51.100.9',
      'id.resp_p': 80,
    };
  }

  port(isOrig: boolean): number {
    return this.id[isOrig ? 'id.orig_p' : 'id.resp_p'];
  }

  address(_isOrig: boolean, words: Uint32Array, at: number): void {
    words.fill(0, at, at + 4);
  }

  readonly emit = (log: Log, row: Row & { readonly ts: number }): void => {
    this.rows.push({ log: log.path, row });
  };

  of(log: string): Row[] {
    return this.rows.filter((emitted) => emitted.log === log).map(({ row }) => row);
  }

  confirm(service: string): void {
    if (!this.services.includes(service)) this.services.push(service);
  }

  hiddenDns: string | undefined;

  hidesDns(kind: string): void {
    this.hiddenDns = kind;
  }

  retract(service: string): void {
    if (this.services.includes(service)) this.services.splice(this.services.indexOf(service), 1);
  }

  violation(): void {
    this.violations++;
  }

  turnRound(): boolean {
    return false;
  }

  weird(name: string): void {
    if (!this.weirds.includes(name)) this.weirds.push(name);
  }

  inner(): StreamSink {
    const inside = { orig: '', resp: '', isFinished: false };
    this.insides.push(inside);
    return {
      data: (isOrig, bytes, from, to) => {
        inside[isOrig ? 'orig' : 'resp'] += Buffer.from(bytes.subarray(from, to)).toString('latin1');
      },
      gap: () => {},
      endOfData: () => {},
      finish: () => {
        inside.isFinished = true;
      },
    };
  }
}

/** One thing that happens in a stream: octets (a text has one octet a character), a hole, or the end of a side. */
export type Event =
  | { readonly isOrig: boolean; readonly octets: string | Uint8Array }
  | { readonly isOrig: boolean; readonly gap: number }
  | { readonly isOrig: boolean; readonly isEnd: true }
  | { readonly isReset: true };

export const client = (octets: string | Uint8Array): Event => ({ isOrig: true, octets });
export const server = (octets: string | Uint8Array): Event => ({ isOrig: false, octets });
export const clientGap = (gap: number): Event => ({ isOrig: true, gap });
export const serverGap = (gap: number): Event => ({ isOrig: false, gap });
export const clientEnd: Event = { isOrig: true, isEnd: true };
export const reset: Event = { isReset: true };
export const serverEnd: Event = { isOrig: false, isEnd: true };

/**
 * Plays events to an analyser, a second apart, octets in pieces of `piece`, amid others that are not theirs; ends with
 * `finish`.
 */
export function play(analyser: StreamAnalyser, events: readonly Event[], piece = Infinity): void {
  let time = 1000;
  for (const event of events) {
    time++;
    if (analyser.isDone) break;
    if ('isReset' in event) {
      analyser.reset?.(time);
    } else if ('gap' in event) {
      analyser.gap(event.isOrig, event.gap, time);
    } else if ('isEnd' in event) {
      analyser.endOfData(event.isOrig, time);
    } else {
      const { octets } = event;
      const bytes = typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets;
      for (let at = 0; at < bytes.length && !analyser.isDone; at += piece) {
        const part = bytes.subarray(at, Math.min(bytes.length, at + piece));
        const wire = new Uint8Array(part.length + 7).fill(0x0a);
        wire.set(part, 3);
        analyser.data(event.isOrig, wire, 3, 3 + part.length, time);
        // Octets are borrowed: nobody may look at them later.
        wire.fill(0xee);
      }
    }
  }
  analyser.finish(time + 1);
}
