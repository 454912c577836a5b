import type { Log, Row } from '../../core/records/record.ts';
import type { FlowId, ProtocolFlow, StreamSink } from '../../sensor/protocols/protocol.ts';
import type { Files } from '../../sensor/protocols/files/file.ts';

/** A flow that writes down what its analyser does to it. */
export class RecordedFlow implements ProtocolFlow {
  readonly slot = 1;
  readonly transport: 'tcp' | 'udp';
  readonly isPartial: boolean;
  readonly isOrigLocal = true;
  readonly isRespLocal = false;
  readonly id: FlowId;
  readonly services: string[] = [];
  readonly weirds: string[] = [];
  readonly rows: { log: string; row: Row }[] = [];
  violations = 0;

  constructor(options: { transport?: 'tcp' | 'udp'; isPartial?: boolean; port?: number; address?: string } = {}) {
    this.transport = options.transport ?? 'tcp';
    this.isPartial = options.isPartial ?? false;
    this.id = {
      uid: 'Ctest',
      'id.orig_h': '192.0.2.1',
      'id.orig_p': 40_000,
      'id.resp_h': options.address ?? '198.51.100.2',
      'id.resp_p': options.port ?? 443,
    };
  }

  readonly emit = (log: Log, row: Row): void => {
    this.rows.push({ log: log.path, row });
  };

  /** The only row of that log. */
  row(log: string): Row {
    const rows = this.rows.filter((one) => one.log === log);
    if (rows.length !== 1) throw new Error(`${rows.length} rows of ${log}`);
    return rows[0]!.row;
  }

  port(isOrig: boolean): number {
    return this.id[isOrig ? 'id.orig_p' : 'id.resp_p'];
  }

  address(_isOrig: boolean, words: Uint32Array, at: number): void {
    words.fill(0, at, at + 4);
  }

  confirm(service: string): void {
    this.services.push(service);
  }

  hiddenDns: string | undefined;

  hidesDns(kind: string): void {
    this.hiddenDns = kind;
  }

  retract(service: string): void {
    this.services.splice(0, this.services.length, ...this.services.filter((one) => one !== service));
  }

  violation(): void {
    this.violations++;
  }

  turnRound(): boolean {
    return false;
  }

  weird(name: string): void {
    this.weirds.push(name);
  }

  inner(): StreamSink {
    throw new Error('nothing goes on inside');
  }
}

/** Files that nobody looks at, counted. */
export function countedFiles(): Files & { whole: Files['whole']; seen: number[] } {
  const seen: number[] = [];
  return {
    seen,
    open: () => ({ fuid: 'F', mimeType: undefined, data: () => {}, gap: () => {}, end: () => {} }),
    whole: (_options, bytes) => {
      seen.push(bytes.length);
      return { fuid: 'F', sha256: '' };
    },
  };
}
