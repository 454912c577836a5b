import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Row } from '../../core/records/record.ts';
import { FileSource } from '../../sensor/capture/file/fileSource.ts';
import { ProtocolStage } from '../../sensor/protocolStage.ts';
import type { ProtocolCounters, StageCounters } from '../../sensor/protocols/counters.ts';
import { createRun } from '../../sensor/read/pipelineRun.ts';
import { type CapturedPacket, toPcap } from '../captures/captureBytes.ts';

export interface ProtocolRun {
  /** Rows by the name of their log, in the order in which they came. */
  rows: Record<string, Row[]>;
  counters: StageCounters;
  /** Counters by protocol: `tcp http`. */
  protocols: Record<string, ProtocolCounters>;
  /** Flows that were looked at still when all was over. */
  left: number;
}

/** Runs packets through the sensor's pipeline with its application protocols. */
export async function runProtocols(
  packets: readonly CapturedPacket[],
  flowSlots = 4096,
  mostHeld = 64 << 20,
): Promise<ProtocolRun> {
  const folder = mkdtempSync(join(tmpdir(), 'picket-protocols-'));
  try {
    const file = join(folder, 'made.pcap');
    writeFileSync(file, toPcap(packets));
    return await runCapture(file, flowSlots, mostHeld);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same of a capture file. */
export async function runCapture(path: string, flowSlots = 4096, mostHeld = 64 << 20): Promise<ProtocolRun> {
  const rows: Record<string, Row[]> = {};
  const stage = new ProtocolStage({ sensor: 'test', emit: (log, row) => (rows[log.path] ??= []).push(row), mostHeld });
  const options = { filter: '', checksums: false, windows: false, windowSeconds: 10, by: 'octets' as const };
  const { pipeline } = await createRun({ ...options, flowSlots }, 0, 1, stage);
  const source = new FileSource({ paths: [path] });
  for (;;) {
    const batch = await source.next();
    if (batch === 'end') break;
    pipeline.process(batch);
    batch.release();
  }
  source.close();
  pipeline.finish();
  const { counters, watched } = stage.protocols!;
  const protocols: Record<string, ProtocolCounters> = {};
  for (const [{ transport, name }, counted] of counters.protocols) protocols[`${transport} ${name}`] = counted;
  return { rows, counters, protocols, left: watched };
}
