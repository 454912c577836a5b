import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { PacketRun } from './packetRun.ts';

const program = fileURLToPath(new URL('packetRun.ts', import.meta.url));
const captures = fileURLToPath(new URL('../../../shared/pcaps', import.meta.url));

/** Runs `packetRun.ts` in a process of its own; a run that throws, crashes or takes longer than `minutes` rejects. */
export async function fuzzPackets(packets: number, seed: number, minutes: number): Promise<PacketRun> {
  const folder = existsSync(captures) ? [captures] : [];
  const { stdout } = await promisify(execFile)(process.execPath, [program, String(packets), String(seed), ...folder], {
    timeout: minutes * 60_000,
  });
  return JSON.parse(stdout) as PacketRun;
}
