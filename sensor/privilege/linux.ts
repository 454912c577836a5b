import koffi from 'koffi';

/** Numbers of the calls below (socket(7), prctl(2), capabilities(7), fcntl(2)). */
export const AF_PACKET = 17;
export const SOCK_RAW = 3;
export const SOCK_CLOEXEC = 0o2000000;
export const SOL_SOCKET = 1;
export const SO_TYPE = 3;
export const SO_DOMAIN = 39;
export const F_SETFD = 2;
export const FD_CLOEXEC = 1;
export const Prctl = { CAPBSET_DROP: 24, SECUREBITS: 28, NO_NEW_PRIVS: 38, CAP_AMBIENT: 47 } as const;
export const CAP_AMBIENT_CLEAR_ALL = 4;
/** Root is nobody special any more, and that can't be undone: NOROOT, NO_SETUID_FIXUP and the locks of all three bits. */
export const SECUREBITS = 0x2f;
export const CAPABILITY_VERSION_3 = 0x2008_0522;
export const Errno = { EPERM: 1, EACCES: 13, EINVAL: 22, ENOSYS: 38, EAFNOSUPPORT: 97 } as const;

/** The system calls of the start: a negative answer is a failure, `errno()` straight after it tells which. */
export interface Linux {
  socket(family: number, type: number, protocol: number): number;
  getsockopt(fd: number, level: number, option: number, value: Int32Array, bytes: Uint32Array): number;
  fcntl(fd: number, command: number, argument: number): number;
  prctl(option: number, a: number, b: number, c: number, d: number): number;
  capset(header: Uint32Array, data: Uint32Array): number;
  setgroups(count: number, groups: null): number;
  setresgid(real: number, effective: number, saved: number): number;
  setresuid(real: number, effective: number, saved: number): number;
  errno(): number;
}

/** Loads the C library. Its set...id calls act on all threads of the process; capset and prctl on the calling one only. */
export function loadLinux(): Linux {
  const library = koffi.load('libc.so.6');
  return {
    socket: library.func('int socket(int, int, int)'),
    getsockopt: library.func('int getsockopt(int, int, int, void *, void *)'),
    fcntl: library.func('int fcntl(int, int, int)'),
    prctl: library.func('int prctl(int, ulong, ulong, ulong, ulong)'),
    capset: library.func('int capset(void *, void *)'),
    setgroups: library.func('int setgroups(size_t, const void *)'),
    setresgid: library.func('int setresgid(uint32_t, uint32_t, uint32_t)'),
    setresuid: library.func('int setresuid(uint32_t, uint32_t, uint32_t)'),
    errno: () => koffi.errno(),
  };
}
