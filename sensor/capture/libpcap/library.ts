import koffi from 'koffi';

import { AppError } from '../../../runtime/error.ts';

/** An address in C memory. */
export type Pointer = bigint;

/** The functions of libpcap and of the C library that this folder uses. Addresses are bigint, NULL is `null`. */
export interface Libpcap {
  /** Where a C function of libpcap begins, to hand to another C function. */
  address(name: string): Pointer;

  fopenOffline(file: Pointer, errors: Uint8Array): Pointer | null;
  close(handle: Pointer): void;
  geterr(handle: Pointer): string;
  statustostr(status: number): string;
  compile(handle: Pointer, program: Uint8Array, expression: string, optimize: number, netmask: number): number;
  freecode(program: Uint8Array): void;
  offlineFilter(program: Uint8Array, header: Uint8Array, packet: Uint8Array): number;

  create(device: string, errors: Uint8Array): Pointer | null;
  setSnaplen(handle: Pointer, bytes: number): number;
  setPromisc(handle: Pointer, on: number): number;
  setTimeout(handle: Pointer, millis: number): number;
  setBufferSize(handle: Pointer, bytes: number): number;
  setTstampPrecision(handle: Pointer, precision: number): number;
  getTstampPrecision(handle: Pointer): number;
  activate(handle: Pointer): number;
  datalink(handle: Pointer): number;
  snapshot(handle: Pointer): number;
  setnonblock(handle: Pointer, on: number, errors: Uint8Array): number;
  getSelectableFd(handle: Pointer): number;
  setfilter(handle: Pointer, program: Uint8Array): number;
  stats(handle: Pointer, into: Uint8Array): number;
  dispatch(handle: Pointer, count: number, callback: Pointer, user: Pointer): number;
  dumpFopen(handle: Pointer, file: Pointer): Pointer | null;
  dumpClose(dumper: Pointer): void;

  fmemopen(bytes: Uint8Array, length: number, mode: string): Pointer | null;
  fclose(file: Pointer): number;
  fseek(file: Pointer, offset: number, whence: number): number;
  ftell(file: Pointer): number;
  fflush(file: Pointer): number;
  poll(fds: Uint8Array | null, count: number, millis: number): number;
  ioctl(fd: number, request: number, argument: Uint8Array): number;
}

/** Debian's name has an ABI number of its own (0.8); elsewhere it is libpcap's major version. */
const names = ['libpcap.so.0.8', 'libpcap.so.1'];

/**
 * Loads libpcap (0.1 ms once it is in the process). Throws `libpcap.missing` where it is not installed.
 */
export function loadLibpcap(sonames: readonly string[] = names): Libpcap {
  const pcap = loadFirst(sonames);
  const libc = koffi.load('libc.so.6');
  return {
    address: (name) => pcap.symbol(name) as Pointer,

    fopenOffline: pcap.func('void *pcap_fopen_offline(void *, void *)'),
    close: pcap.func('void pcap_close(void *)'),
    geterr: pcap.func('const char *pcap_geterr(void *)'),
    statustostr: pcap.func('const char *pcap_statustostr(int)'),
    compile: pcap.func('int pcap_compile(void *, void *, const char *, int, uint32_t)'),
    freecode: pcap.func('void pcap_freecode(void *)'),
    offlineFilter: pcap.func('int pcap_offline_filter(const void *, const void *, const void *)'),

    create: pcap.func('void *pcap_create(const char *, void *)'),
    setSnaplen: pcap.func('int pcap_set_snaplen(void *, int)'),
    setPromisc: pcap.func('int pcap_set_promisc(void *, int)'),
    setTimeout: pcap.func('int pcap_set_timeout(void *, int)'),
    setBufferSize: pcap.func('int pcap_set_buffer_size(void *, int)'),
    setTstampPrecision: pcap.func('int pcap_set_tstamp_precision(void *, int)'),
    getTstampPrecision: pcap.func('int pcap_get_tstamp_precision(void *)'),
    activate: pcap.func('int pcap_activate(void *)'),
    datalink: pcap.func('int pcap_datalink(void *)'),
    snapshot: pcap.func('int pcap_snapshot(void *)'),
    setnonblock: pcap.func('int pcap_setnonblock(void *, int, void *)'),
    getSelectableFd: pcap.func('int pcap_get_selectable_fd(void *)'),
    setfilter: pcap.func('int pcap_setfilter(void *, void *)'),
    stats: pcap.func('int pcap_stats(void *, void *)'),
    dispatch: pcap.func('int pcap_dispatch(void *, int, void *, void *)'),
    dumpFopen: pcap.func('void *pcap_dump_fopen(void *, void *)'),
    dumpClose: pcap.func('void pcap_dump_close(void *)'),

    fmemopen: libc.func('void *fmemopen(void *, size_t, const char *)'),
    fclose: libc.func('int fclose(void *)'),
    fseek: libc.func('int fseek(void *, long, int)'),
    ftell: libc.func('long ftell(void *)'),
    fflush: libc.func('int fflush(void *)'),
    poll: libc.func('int poll(void *, ulong, int)'),
    ioctl: libc.func('int ioctl(int, ulong, void *)'),
  };
}

function loadFirst(sonames: readonly string[]): ReturnType<typeof koffi.load> {
  let cause: unknown;
  for (const name of sonames) {
    try {
      return koffi.load(name);
    } catch (error) {
      cause = error;
    }
  }
  throw new AppError(
    'libpcap.missing',
    'libpcap is not installed; it is the package libpcap0.8 on Debian and Ubuntu (apt-get install libpcap0.8)',
    { cause },
  );
}

/** A C string in a buffer that libpcap filled. */
export function textOf(buffer: Uint8Array): string {
  const end = buffer.indexOf(0);
  return new TextDecoder().decode(buffer.subarray(0, end < 0 ? buffer.length : end));
}

/** PCAP_ERRBUF_SIZE. */
export const errorBufferBytes = 256;
