import { closeSync } from 'node:fs';
import { getSystemErrorName } from 'node:util';
import { AF_PACKET, Errno, SOCK_CLOEXEC, SOCK_RAW, loadLinux } from './linux.ts';
import type { Linux } from './linux.ts';

/** Whether this process may capture; if not, one line that says why and the way out. */
export type CaptureRight = { ok: true } | { ok: false; why: string };

/** Packet sockets, or one line that says why there are none and the way out. */
export type OpenedSockets = { ok: true; sockets: number[] } | { ok: false; why: string };

/**
 * Opens `count` AF_PACKET sockets with protocol 0: nothing arrives on them until they are bound. Only this call needs
 * CAP_NET_RAW; everything that is done with the sockets later does not.
 */
export function openSockets(count: number, linux?: Linux): OpenedSockets {
  if (process.platform !== 'linux')
    return { ok: false, why: `capturing by ring is there on Linux only, and this is ${process.platform}` };
  const system = linux ?? loadLinux();
  const sockets: number[] = [];
  while (sockets.length < count) {
    const fd = system.socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (fd < 0) {
      const why = reason(system.errno());
      for (const open of sockets) closeSync(open);
      return { ok: false, why };
    }
    sockets.push(fd);
  }
  return { ok: true, sockets };
}

/** Whether packet sockets can be opened here. Tries it. */
export function captureRight(linux?: Linux): CaptureRight {
  const opened = openSockets(1, linux);
  if (!opened.ok) return opened;
  for (const fd of opened.sockets) closeSync(fd);
  return { ok: true };
}

function reason(errno: number): string {
  switch (errno) {
    case Errno.EPERM:
    case Errno.EACCES:
      return (
        'no right to capture: CAP_NET_RAW is missing; start with sudo, or as a systemd unit with ' +
        `AmbientCapabilities=CAP_NET_RAW, or once: sudo setcap cap_net_raw+ep ${process.execPath}`
      );
    case Errno.EAFNOSUPPORT:
      return 'no packet sockets: the kernel has none (CONFIG_PACKET), or RestrictAddressFamilies= of the unit leaves out AF_PACKET';
    default:
      return `no packet sockets: ${getSystemErrorName(-errno)}`;
  }
}
