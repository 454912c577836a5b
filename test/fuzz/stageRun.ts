/** Mutated, cut, lost, doubled and reordered packets through the whole stage of application protocols, rows and all. */
import { PacketBatch } from '../../core/packet/batch.ts';
import { jsonLine } from '../../core/records/jsonLine.ts';
import type { Log, Row } from '../../core/records/record.ts';
import { tsvLine } from '../../core/records/tsv.ts';
import { ProtocolStage } from '../../sensor/protocolStage.ts';
import { createRun } from '../../sensor/read/pipelineRun.ts';
import type { CapturedPacket } from '../captures/captureBytes.ts';
import type { Random } from '../captures/random.ts';

/** A packet and the link it came over. */
export interface StagePacket extends CapturedPacket {
  readonly linkType?: number;
}

export interface StageFuzz {
  readonly packets: number;
  /** Rows by log. */
  readonly rows: Record<string, number>;
  /** Characters of the longest line. */
  readonly longest: number;
  /** The first line that is none: no JSON, control characters in it, or not as many columns as the log has. */
  readonly badLine: string;
  /** Protocols of which an analyser was entered. */
  readonly entered: readonly string[];
  /** What is left when all is over. */
  readonly left: { readonly watched: number; readonly heldOctets: number };
}

const BATCH = 256;
const SNAPLEN = 65_536;
/** Ethernet, IPv4 without options and TCP: what follows is mostly payload. */
const HEADERS = 54;
const edges = [0, 1, 0x0a, 0x0d, 0x16, 0x20, 0x7f, 0x80, 0xff] as const;

/** Plays `rounds` of those talks, some at a time and packets of each in nearly their order, with damage. */
export async function fuzzStage(
  talks: readonly (readonly StagePacket[])[],
  random: Random,
  rounds: number,
): Promise<StageFuzz> {
  const rows: Record<string, number> = {};
  let longest = 0;
  let badLine = '';
  const emit = (log: Log, row: Row): void => {
    rows[log.path] = (rows[log.path] ?? 0) + 1;
    const json = jsonLine(log, row);
    const tsv = tsvLine(log, row);
    longest = Math.max(longest, json.length, tsv.length);
    if (badLine === '' && !isLine(log, json, tsv)) badLine = json;
  };
  const stage = new ProtocolStage({ sensor: 'fuzz', emit });
  const options = { filter: '', checksums: false, windows: false, windowSeconds: 10, by: 'octets' as const };
  const { pipeline } = await createRun({ ...options, flowSlots: 2048 }, 0, 1, stage);
  const batch = new PacketBatch(BATCH);
  let packets = 0;
  let queue: StagePacket[] = [];
  const play = (): void => {
    for (let at = 0; at < queue.length; at += BATCH) {
      const part = queue.slice(at, at + BATCH);
      const bytes = new Uint8Array(part.reduce((sum, packet) => sum + packet.bytes.length, 0));
      batch.setBytes(bytes);
      let to = 0;
      part.forEach((packet, i) => {
        bytes.set(packet.bytes, to);
        batch.offset[i] = to;
        batch.caplen[i] = packet.bytes.length;
        batch.len[i] = packet.len;
        // A round takes a second or so, so that time-outs come.
        batch.seconds[i] = 1_700_000_000 + Math.floor(packets / 200);
        batch.nanos[i] = (packets % 200) * 5_000_000;
        batch.linkType[i] = packet.linkType ?? 1;
        batch.vlanTci[i] = -1;
        to += packet.bytes.length;
        packets++;
      });
      batch.count = part.length;
      pipeline.process(batch);
    }
    queue = [];
  };
  for (let round = 0; round < rounds; round++) {
    queue.push(...damaged(random.pick(talks), random, round));
    if (queue.length >= BATCH) play();
  }
  play();
  pipeline.finish();
  const { counters, watched } = stage.protocols!;
  const entered = [...counters.protocols].filter(([, { entered: count }]) => count > 0);
  return {
    packets,
    rows,
    longest,
    badLine,
    entered: entered.map(([{ transport, name }]) => `${transport} ${name}`).toSorted(),
    left: { watched, heldOctets: counters.heldOctets },
  };
}

/** A talk from another port, so that it is a flow of its own, with some of its packets damaged. */
function damaged(talk: readonly StagePacket[], random: Random, round: number): StagePacket[] {
  const isGentle = random.chance(0.2);
  const packets: StagePacket[] = [];
  for (const packet of talk) {
    const bytes = packet.bytes.slice(0, SNAPLEN);
    // The last octet of the source or destination address: both directions alike.
    for (const at of [29, 33]) if (bytes.length > 34) bytes[at] = bytes[at]! ^ (round & 0x3f);
    if (isGentle) {
      packets.push({ ...packet, bytes });
      continue;
    }
    if (random.chance(0.03)) continue;
    const changed = random.chance(0.4) ? mutated(random, bytes) : bytes;
    const len = random.chance(0.02) ? random.below(70_000) : Math.max(packet.len, changed.length);
    const place = random.chance(0.1) ? random.below(packets.length + 1) : packets.length;
    packets.splice(place, 0, { ...packet, bytes: changed, len });
    if (random.chance(0.03)) packets.push({ ...packet, bytes: mutated(random, bytes) });
  }
  return packets;
}

/** One to four changes, most of them in the payload. */
function mutated(random: Random, bytes: Uint8Array): Uint8Array {
  let changed = bytes.slice();
  for (let changes = random.between(1, 4); changes > 0 && changed.length > 0; changes--) {
    const isPayload = changed.length > HEADERS && random.chance(0.85);
    const place = isPayload ? random.between(HEADERS, changed.length - 1) : random.below(changed.length);
    switch (random.below(5)) {
      case 0:
        changed[place] = changed[place]! ^ (1 << random.below(8));
        break;
      case 1:
        changed[place] = random.pick(edges);
        break;
      case 2:
        changed.fill(random.pick(edges), place, place + random.between(2, 40));
        break;
      case 3:
        if (random.chance(0.2)) changed = changed.slice(0, place);
        break;
      default:
        changed.copyWithin(place, isPayload ? random.between(HEADERS, place) : 0, place + random.between(1, 60));
    }
  }
  return changed;
}

function isLine(log: Log, json: string, tsv: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f]/u.test(json) || /[\u0000-\u0008\u000a-\u001f\u007f]/u.test(tsv)) return false;
  if (tsv.split('\t').length !== log.fields.length) return false;
  try {
    return typeof JSON.parse(json) === 'object';
  } catch {
    return false;
  }
}
