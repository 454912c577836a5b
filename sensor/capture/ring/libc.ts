import koffi from 'koffi';

/**
 * The C library's calls that a ring needs, as they are: a negative answer is a failure, `errno()` straight after it tells
 * which. Typed arrays pass as pointers; they must stay alive during the call.
 */
export interface Libc {
  setsockopt(fd: number, level: number, option: number, value: ArrayBufferView, bytes: number): number;
  getsockopt(fd: number, level: number, option: number, value: ArrayBufferView, bytes: Uint32Array): number;
  bind(fd: number, address: ArrayBufferView, bytes: number): number;
  ioctl(fd: number, request: number, argument: ArrayBufferView): number;
  /** Blocks the thread for up to `millis`. */
  poll(fds: ArrayBufferView, count: number, millis: number): number;
  mmap(hint: bigint | null, bytes: number, protection: number, flags: number, fd: number, offset: number): bigint;
  errno(): number;
  /** The memory at `pointer`, without a copy. It must stay mapped as long as anything refers to the answer. */
  memory(pointer: bigint, bytes: number): ArrayBuffer;
  /** Where a typed array lies. */
  addressOf(bytes: Uint8Array): bigint;
}

/** mmap's answer on failure. */
export const MAP_FAILED = 0xffff_ffff_ffff_ffffn;
export const PROT_NONE = 0;
export const PROT_READ_WRITE = 3;
export const MAP_SHARED = 1;
export const MAP_FIXED = 0x10;
/** MAP_PRIVATE, MAP_ANONYMOUS and MAP_NORESERVE: addresses only, no memory. */
export const MAP_ADDRESSES = 0x4022;

/** Loads the C library. Costs a few milliseconds, so once a thread. */
export function loadLibc(): Libc {
  const library = koffi.load('libc.so.6');
  return {
    setsockopt: library.func('int setsockopt(int, int, int, const void *, uint32_t)'),
    getsockopt: library.func('int getsockopt(int, int, int, void *, void *)'),
    bind: library.func('int bind(int, const void *, uint32_t)'),
    // Variadic in C; both platforms pass these three arguments in the same registers either way.
    ioctl: library.func('int ioctl(int, ulong, void *)'),
    poll: library.func('int poll(void *, ulong, int)'),
    mmap: library.func('void *mmap(void *, size_t, int, int, int, int64_t)'),
    errno: () => koffi.errno(),
    memory: (pointer, bytes) => koffi.view(pointer, bytes),
    addressOf: (bytes) => koffi.address(bytes),
  };
}
