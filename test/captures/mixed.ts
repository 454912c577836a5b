import type { CapturedPacket } from './captureBytes.ts';
import { toPcap } from './captureBytes.ts';
import { Conversations } from './conversations.ts';

export interface MixedOptions {
  seed?: number;
  /** About how many conversations share the packets. */
  flows?: number;
  /** Exactly so many packets. */
  packets?: number;
  startSeconds?: number;
  /** Over so many seconds the conversations begin. */
  seconds?: number;
}

export interface MixedCapture {
  packets: CapturedPacket[];
  pcap(): Uint8Array;
}

/**
 * A capture made in code: TCP conversations from handshake to close, DNS, ICMP, IPv6, SCTP, ARP, tags and labels,
 * fragments, every kind of tunnel, cut and malformed frames; hosts by Zipf's law. Ethernet, nanoseconds, in order of
 * time. The same options give the same bytes. No checksum is wrong but in what is malformed on purpose.
 */
export function makeMixedCapture(options: MixedOptions = {}): MixedCapture {
  const flows = options.flows ?? 2000;
  const count = options.packets ?? flows * 10;
  const conversations = new Conversations({
    seed: options.seed ?? 1,
    startSeconds: options.startSeconds ?? 1_700_000_000,
    seconds: options.seconds ?? 60,
    meanPackets: count / flows,
    mostPackets: Math.max(20, Math.ceil(count / 50)),
  });
  while (conversations.packets.length < count) conversations.add();
  const packets = conversations.packets.sort((a, b) => a.seconds - b.seconds || a.nanos - b.nanos).slice(0, count);
  return { packets, pcap: () => toPcap(packets) };
}
