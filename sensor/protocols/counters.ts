import type { Protocol } from './protocol.ts';

/** What was done for one protocol, to be told and asserted. */
export class ProtocolCounters {
  /** Flows that an analyser was made for. */
  created = 0;
  /** Times an analyser was given octets, and how many. */
  entered = 0;
  octets = 0;
  /** Flows that were found to speak it, and those that were taken for it and do not. */
  confirmed = 0;
  refused = 0;
  /** Analysers that were let go because they were not sure of anything after `MOST_UNSURE` octets. */
  unsure = 0;
}

/** Counters of the stage. */
export interface StageCounters {
  readonly protocols: ReadonlyMap<Protocol, ProtocolCounters>;
  /** Times and octets that recognition by content looked at. */
  looks: number;
  lookedOctets: number;
  /** Flows of which nothing more is looked at, and packets of them that came afterwards. */
  leftFlows: number;
  leftPackets: number;
  /** Flows that were left for want of room: the one that was watched longest makes way for a new one. */
  shedFlows: number;
  /** Octets that wait now for what their streams turn out to be. */
  heldOctets: number;
}
