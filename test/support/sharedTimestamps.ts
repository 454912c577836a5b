import koffi from 'koffi';

const AF_INET = 2;
const SOCK_DGRAM = 2;
const SOL_SOCKET = 1;
const SO_TIMESTAMP = 29;

/**
 * While one socket of the machine asks for times, the kernel stamps each packet once, when it comes in; without any, each
 * capture stamps it by itself, microseconds apart, and two captures disagree about which second a packet is of.
 * Answers with how to end it.
 */
export function shareTimestamps(): () => void {
  const libc = koffi.load('libc.so.6');
  const socket = libc.func('int socket(int, int, int)') as (family: number, type: number, protocol: number) => number;
  const close = libc.func('int close(int)') as (fd: number) => number;
  const setsockopt = libc.func('int setsockopt(int, int, int, const void *, uint32_t)') as (
    fd: number,
    level: number,
    option: number,
    value: Uint32Array,
    bytes: number,
  ) => number;
  const fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_TIMESTAMP, Uint32Array.of(1), 4) !== 0)
    throw new Error(`no time stamps: errno ${koffi.errno()}`);
  return () => void close(fd);
}
