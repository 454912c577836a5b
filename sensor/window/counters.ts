import { IpProtocol } from '../../core/packet/numbers.ts';
import { LinkKind, linkKinds } from '../../core/packet/linkKind.ts';
import { reasons, verdictNames } from '../../core/packet/verdict.ts';

/** What is added once a packet: places in `TrafficCounters.values`. */
export const Count = {
  PACKETS: 0,
  OCTETS: 1,
  CAPTURED_OCTETS: 2,
  /** Packets whose innermost IP header was inside a tunnel. */
  TUNNELLED: 3,
  /** Packets that were for a window already closed, and opened a supplement part. */
  LATE: 4,
  FLOWS_TCP: 5,
  FLOWS_UDP: 6,
  FLOWS_SCTP: 7,
  FLOWS_ICMP: 8,
  FLOWS_OTHER: 9,
  /** Flows that had to leave a full table; each goes on as a new one. */
  FLOWS_EVICTED: 10,
  /** Fragment packets: all, those that became part of a whole datagram, those that never will. */
  FRAGMENTS_SEEN: 11,
  FRAGMENTS_REASSEMBLED: 12,
  FRAGMENTS_UNMATCHED: 13,
  /** Fragments that overlapped others with the first bytes kept. */
  FRAGMENTS_OVERLAPS: 14,
} as const;

/** The counter that a new flow of an IP protocol adds to. */
export function flowCounter(protocol: number): number {
  switch (protocol) {
    case IpProtocol.TCP:
      return Count.FLOWS_TCP;
    case IpProtocol.UDP:
      return Count.FLOWS_UDP;
    case IpProtocol.SCTP:
      return Count.FLOWS_SCTP;
    case IpProtocol.ICMP:
    case IpProtocol.ICMPV6:
      return Count.FLOWS_ICMP;
    default:
      return Count.FLOWS_OTHER;
  }
}

const names = [
  'packets',
  'octets',
  'capturedOctets',
  'tunnelled',
  'late',
  'flows.tcp',
  'flows.udp',
  'flows.sctp',
  'flows.icmp',
  'flows.other',
  'flows.evicted',
  'fragments.seen',
  'fragments.reassembled',
  'fragments.unmatched',
  'fragments.overlaps',
] as const;

/** Undecoded link types told by number. A crafted file names thousands; each would be a counter's name in every part. */
const MAX_LINK_TYPES = 32;

/** The plain counters of a window or a run: one typed array each, so that counting a packet allocates nothing. */
export class TrafficCounters {
  readonly values: Float64Array = new Float64Array(names.length);
  /** By number of the reason. */
  readonly reasons: Float64Array = new Float64Array(reasons.length);
  /** By number of the verdict. */
  readonly verdicts: Float64Array = new Float64Array(verdictNames.length);
  /** By number of the link kind. */
  readonly links: Float64Array = new Float64Array(linkKinds.length);
  /** Packets of the first link types that are not decoded, by LINKTYPE_ value. */
  readonly linkTypes: Map<number, number> = new Map();

  /** Packets of still other ones. */
  otherLinkTypes = 0;

  countLinkType(value: number): void {
    const known = this.linkTypes.get(value);
    if (known === undefined && this.linkTypes.size === MAX_LINK_TYPES) this.otherLinkTypes++;
    else this.linkTypes.set(value, (known ?? 0) + 1);
  }

  /** The counters that are not zero, by name, as the counters section of a window part carries them. */
  toEntries(): [string, number][] {
    const entries: [string, number][] = [];
    const add = (name: string, value: number): void => {
      if (value !== 0) entries.push([name, value]);
    };
    names.forEach((name, i) => add(name, this.values[i]!));
    verdictNames.forEach((name, i) => add(name, this.verdicts[i]!));
    reasons.forEach((reason, i) => {
      if (reason.name !== 'linkType') add(`reason.${reason.name}`, this.reasons[i]!);
    });
    linkKinds.forEach((name, i) => {
      if (i !== LinkKind.NONE) add(`link.${name}`, this.links[i]!);
    });
    for (const [value, count] of this.linkTypes) add(`reason.linkType.${value}`, count);
    add('reason.linkType.other', this.otherLinkTypes);
    return entries;
  }
}
