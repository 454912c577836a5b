/**
 * A window part: what one tap saw in one window, or in some of it. Parts of one (tap, start, seconds) merge in any
 * number and order (`mergeParts`); a manager stores and forwards sections of kinds that it does not know.
 */
export interface WindowPart {
  readonly tap: string;
  /** The window: epoch seconds of its start, and its length in seconds. */
  readonly start: number;
  readonly seconds: number;
  /**
   * Length of the tap's windows. Where `seconds` is more, the part is of a longer period (`period.ts`): it holds the
   * sections of that period, and its packets, octets, loss and covered span say again what those of its windows said.
   * They are never added to those.
   */
  readonly windowSeconds: number;
  /**
   * The span that was watched, epoch seconds with fraction. Equal when nothing was (a part of late packets): such a part
   * adds packets and no covered time.
   */
  readonly coveredFrom: number;
  readonly coveredTo: number;
  /** Frames and their octets, undecodable ones included. */
  readonly packets: number;
  readonly octets: number;
  readonly loss: Loss;
  readonly sections: readonly Section[];
}

/** What did not get as far as the counts, by layer. All are of this part alone, and add. */
export interface Loss {
  /** Packets: dropped by the kernel, by the network card, by us under load, and counted but not kept in the buffer. */
  readonly kernel: number;
  readonly nic: number;
  readonly shed: number;
  readonly unrecorded: number;
  /** Times that the ring stood still. */
  readonly freezes: number;
  /** Milliseconds within the covered span without an interface to watch. One worker of a tap reports them. */
  readonly blindMillis: number;
}

export const noLoss: Loss = { kernel: 0, nic: 0, shed: 0, unrecorded: 0, freezes: 0, blindMillis: 0 };

/** One encoded statistic of a part. */
export interface Section {
  /** What it is (`kinds.ts`), and the version of its body's form. */
  readonly kind: number;
  readonly version: number;
  /** The kind's parameters, each a varint, in the kind's order. */
  readonly parameters: Uint8Array;
  /** Which deployment seed keyed it; empty for sections without a key. */
  readonly seedHash: Uint8Array;
  readonly body: Uint8Array;
}
