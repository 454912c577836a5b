import { fanoutGroup, fanoutProgram } from './fanoutProgram.ts';
import { linkTypeOfHardware } from './hardware.ts';
import { acceptProgram, cutProgram } from './kernelFilter.ts';
import { Hardware, IFF_RUNNING, IFF_UP } from './layout.ts';
import { NicCounters } from './nicCounters.ts';
import type { Ring } from './ring.ts';
import type { RingOptions } from './ringSource.ts';
import { LinkType } from '../../../core/packet/linkType.ts';
import type { SourceInterface } from '../source.ts';

/** What an interface is, as far as capturing goes. `noSocket`: it came back, and there is no socket left to bind to it. */
export type InterfaceState = 'missing' | 'down' | 'up' | 'noSocket';

/**
 * One interface of a tap and the ring that is bound to it. An interface that is not there is waited for; one that was
 * removed and made again is bound anew, on the same socket and ring, or on a new one when the socket belongs to a fanout
 * group and so can't be bound twice.
 */
export class TapInterface implements SourceInterface {
  readonly name: string;
  readonly snaplen: number;
  linkType: number = LinkType.EN10MB;
  state: InterfaceState = 'missing';
  ring: Ring;
  readonly #options: RingOptions;
  readonly #newRing: () => Ring | undefined;
  readonly #nic: NicCounters;
  /** The index that the socket is bound to, 0 = none yet. */
  #bound = 0;
  #promiscuous = false;
  #joined = false;

  /** `newRing` makes a ring of a spare socket, or answers undefined when there is none. */
  constructor(name: string, options: RingOptions, ring: Ring, newRing: () => Ring | undefined) {
    this.name = name;
    this.snaplen = options.snaplen;
    this.ring = ring;
    this.#options = options;
    this.#newRing = newRing;
    this.#nic = new NicCounters(options.sysfs ?? '/sys/class/net', name);
    this.check();
  }

  /** Looks whether the interface is there and up, and binds to it when it is new. */
  check(): void {
    this.state = this.#look();
    this.ring.expected = this.state === 'up';
  }

  /** Packets that the card or its driver lost since the last call. */
  takeNicLoss(): number {
    return this.#bound === 0 ? 0 : this.#nic.take(this.#bound);
  }

  /** Lets no more packets in. The socket itself lives as long as its ring is mapped. */
  stop(): void {
    this.ring.socket.setFilter(acceptProgram(0));
    if (this.#promiscuous) this.ring.socket.setPromiscuous(this.#bound, false);
  }

  #look(): InterfaceState {
    const index = this.ring.socket.interfaceIndex(this.name);
    if (index === 0) return 'missing';
    const refused = index === this.#bound ? undefined : this.#bind(index);
    if (refused !== undefined) return refused;
    const running = IFF_UP | IFF_RUNNING;
    if ((this.ring.socket.interfaceFlags(this.name) & running) !== running) return 'down';
    return this.#join() ? 'up' : 'down';
  }

  /** Undefined when it worked. */
  #bind(index: number): 'missing' | 'noSocket' | undefined {
    if (this.#joined) {
      const ring = this.#newRing();
      if (ring === undefined) return 'noSocket';
      this.ring.expected = false;
      this.ring = ring;
      this.#joined = false;
    }
    const socket = this.ring.socket;
    const hardware = socket.interfaceHardware(this.name);
    if (hardware < 0) return 'missing';
    this.linkType = linkTypeOfHardware(hardware);
    // Between bind and joining its group a socket would get the packets of all members.
    if (this.#options.fanout === null) this.#openFilter();
    else socket.setFilter(acceptProgram(0));
    // A packet on the loopback interface leaves and arrives; elsewhere this would hide what the host itself sends.
    if (hardware === Hardware.LOOPBACK) socket.ignoreOutgoing();
    if (!socket.bind(index)) return 'missing';
    this.#promiscuous =
      this.#options.promiscuous && hardware !== Hardware.LOOPBACK && socket.setPromiscuous(index, true);
    this.#bound = index;
    this.#nic.reset(index);
    return undefined;
  }

  #join(): boolean {
    const { fanout } = this.#options;
    if (fanout === null || this.#joined) return true;
    const program = fanoutProgram(this.linkType === LinkType.EN10MB ? 14 : 0);
    if (!this.ring.socket.joinFanout(fanoutGroup(fanout.group, this.#bound), program)) return false;
    this.#joined = true;
    this.#openFilter();
    return true;
  }

  #openFilter(): void {
    const { filter, snaplen } = this.#options;
    this.ring.socket.setFilter(filter === null ? acceptProgram(snaplen) : cutProgram(filter, snaplen));
  }
}
