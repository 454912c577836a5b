import { getSystemErrorName } from 'node:util';
import { encodeProgram } from '../../../core/packet/bpf/program.ts';
import type { BpfProgram } from '../../../core/packet/bpf/program.ts';
import { AppError } from '../../../runtime/error.ts';
import {
  AF_PACKET,
  ENODEV,
  ENXIO,
  ETH_P_ALL,
  FANOUT_CBPF,
  IFREQ_VALUE,
  Ioctl,
  PacketOption,
  SOL_PACKET,
  SOL_SOCKET,
  SocketOption,
  TPACKET_V3,
  filterProgram,
  interfaceRequest,
  promiscuousRequest,
  ringRequest,
  sockaddrLl,
} from './layout.ts';
import { MAP_FIXED, MAP_SHARED, PROT_READ_WRITE } from './libc.ts';
import type { Libc } from './libc.ts';

/**
 * One AF_PACKET socket's calls by name. None needs a capability: only making the socket does. Failures are
 * `AppError('capture.socket')` naming the call and the system's error.
 */
export class PacketSocket {
  readonly fd: number;
  readonly #libc: Libc;
  readonly #statistics = new Uint32Array(3);
  readonly #error = new Int32Array(1);
  readonly #length = new Uint32Array(1);

  constructor(libc: Libc, fd: number) {
    this.fd = fd;
    this.#libc = libc;
  }

  /** Replaces the filter; packets that come meanwhile see the old or the new one. */
  setFilter(program: BpfProgram): void {
    this.#setProgram(SOL_SOCKET, SocketOption.ATTACH_FILTER, 'SO_ATTACH_FILTER', program);
  }

  /** Makes the ring and maps it at `pointer`. The mapping is never undone. */
  mapRing(pointer: bigint, blockBytes: number, blocks: number, timeoutMillis: number): void {
    this.#set(SOL_PACKET, PacketOption.VERSION, 'PACKET_VERSION', Uint32Array.of(TPACKET_V3));
    this.#set(SOL_PACKET, PacketOption.RX_RING, 'PACKET_RX_RING', ringRequest(blockBytes, blocks, timeoutMillis));
    const flags = MAP_SHARED | MAP_FIXED;
    const mapped = this.#libc.mmap(pointer, blockBytes * blocks, PROT_READ_WRITE, flags, this.fd, 0);
    if (mapped !== pointer) throw this.#failure('mmap');
  }

  /** Binds to an interface (again). False when it has gone meanwhile. */
  bind(index: number): boolean {
    const address = sockaddrLl(index, ETH_P_ALL);
    if (this.#libc.bind(this.fd, address, address.byteLength) === 0) return true;
    const errno = this.#libc.errno();
    if (errno === ENODEV || errno === ENXIO) return false;
    throw this.#failure('bind', errno);
  }

  /** False when the interface has gone meanwhile. */
  setPromiscuous(index: number, on: boolean): boolean {
    const request = promiscuousRequest(index);
    const option = on ? PacketOption.ADD_MEMBERSHIP : PacketOption.DROP_MEMBERSHIP;
    return this.#libc.setsockopt(this.fd, SOL_PACKET, option, request, request.byteLength) === 0;
  }

  ignoreOutgoing(): void {
    this.#set(SOL_PACKET, PacketOption.IGNORE_OUTGOING, 'PACKET_IGNORE_OUTGOING', Uint32Array.of(1));
  }

  /** Joins a fanout group and gives it its program. False while the interface is down: then there is nothing to join. */
  joinFanout(group: number, program: BpfProgram): boolean {
    const value = Uint32Array.of(((FANOUT_CBPF << 16) | group) >>> 0);
    if (this.#libc.setsockopt(this.fd, SOL_PACKET, PacketOption.FANOUT, value, 4) !== 0) return false;
    this.#setProgram(SOL_PACKET, PacketOption.FANOUT_DATA, 'PACKET_FANOUT_DATA', program);
    return true;
  }

  /** Packets dropped for want of room, and freezes, since the last call: the kernel resets them when they are read. */
  readStatistics(): { drops: number; freezes: number } {
    this.#length[0] = this.#statistics.byteLength;
    const failed = this.#libc.getsockopt(this.fd, SOL_PACKET, PacketOption.STATISTICS, this.#statistics, this.#length);
    if (failed !== 0) throw this.#failure('PACKET_STATISTICS');
    return { drops: this.#statistics[1]!, freezes: this.#statistics[2]! };
  }

  /** Reads, and thereby clears, the socket's pending error: as long as there is one, poll returns at once. */
  takeError(): number {
    this.#length[0] = 4;
    this.#libc.getsockopt(this.fd, SOL_SOCKET, SocketOption.ERROR, this.#error, this.#length);
    return this.#error[0]!;
  }

  /** The index that an interface's name has now, 0 when there is none of that name. */
  interfaceIndex(name: string): number {
    const view = this.#ask(Ioctl.GET_INDEX, name);
    return view === null ? 0 : view.getInt32(IFREQ_VALUE, true);
  }

  /** IFF_ flags; 0 when there is no interface of that name. */
  interfaceFlags(name: string): number {
    const view = this.#ask(Ioctl.GET_FLAGS, name);
    return view === null ? 0 : view.getUint16(IFREQ_VALUE, true);
  }

  /** ARPHRD_ type; -1 when there is no interface of that name. */
  interfaceHardware(name: string): number {
    const view = this.#ask(Ioctl.GET_HARDWARE, name);
    return view === null ? -1 : view.getUint16(IFREQ_VALUE, true);
  }

  #ask(request: number, name: string): DataView | null {
    const bytes = interfaceRequest(name);
    if (bytes === null || this.#libc.ioctl(this.fd, request, bytes) < 0) return null;
    return new DataView(bytes.buffer);
  }

  #setProgram(level: number, option: number, name: string, program: BpfProgram): void {
    const instructions = encodeProgram(program);
    this.#set(level, option, name, filterProgram(instructions, this.#libc.addressOf(instructions)));
  }

  #set(level: number, option: number, name: string, value: Uint8Array | Uint32Array): void {
    if (this.#libc.setsockopt(this.fd, level, option, value, value.byteLength) !== 0) throw this.#failure(name);
  }

  #failure(call: string, errno = this.#libc.errno()): AppError {
    const why = errno > 0 ? getSystemErrorName(-errno) : 'unknown error';
    return new AppError('capture.socket', `${call} failed on a packet socket: ${why}`, {
      context: { fd: this.fd, family: AF_PACKET },
    });
  }
}
