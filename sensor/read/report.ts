import type { SummaryResult } from '../../core/summary/result.ts';
import type { PartSizesReport } from './partSizes.ts';
import type { CaptureFileInfo } from '../capture/file/captureFile.ts';

/** The answer of `picket read --json`; what each field means is in docs/definitions.md. */
export interface ReadReport extends SummaryResult {
  version: string;
  files: CaptureFileInfo[];
  packets: number;
  octets: number;
  capturedOctets: number;
  /** Earliest and latest packet time, RFC 3339; null when there was no packet. */
  firstTime: string | null;
  lastTime: string | null;
  /** Packets that came after their window had closed. */
  late: number;
  verdicts: { truncated: number; malformed: number; unsupported: number; reasons: Record<string, number> };
  fragments: { seen: number; reassembled: number; unmatched: number; overlaps: number };
  tunnelled: number;
  flows: { total: number; tcp: number; udp: number; sctp: number; icmp: number; other: number; evicted: number };
  /** Frames without an IP header that are understood, by kind. */
  links: Record<string, number>;
  windows?: WindowReport[];
  /** SHA-256 of the registers of every HLL of the run, with `--registers`. */
  registers?: string;
  /** What a sensor would ship of the capture, with `--explain-size`. */
  partSizes?: PartSizesReport[];
  /** Link types of which no packet could be selected, with why. */
  filterRefusals?: string[];
}

export interface WindowReport extends Pick<SummaryResult, 'distinct' | 'top' | 'local' | 'remote'> {
  start: string;
  seconds: number;
  packets: number;
  octets: number;
}
