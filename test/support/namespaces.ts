import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import koffi from 'koffi';

/** Why network namespaces can't be made here, or undefined. */
export function namespacesMissing(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces are there on Linux only';
  if (process.getuid?.() !== 0) return 'making network namespaces needs root';
  try {
    run('ip', 'netns', 'list');
    return undefined;
  } catch {
    return 'the command ip (package iproute2) is missing';
  }
}

/** Two network namespaces with a veth pair between them: `a` has interface `va`, `b` has `vb`. Nothing sends by itself. */
export interface NamespacePair {
  a: string;
  b: string;
  /** Removes both, and what is in them. */
  remove(): void;
}

/**
 * Makes a pair. `links` pairs of interfaces are put between the namespaces: va, vb, then va1, vb1 and so on. Names carry
 * the process id, so that `sweep` finds what a killed run left.
 */
export function createPair(label = '', links = 1): NamespacePair {
  sweep();
  const stem = `picket-${process.pid}-${label}${Math.random().toString(36).slice(2, 6)}`;
  const pair = { a: `${stem}-a`, b: `${stem}-b` };
  const remove = (): void => {
    for (const name of [pair.a, pair.b]) removeNamespace(name);
  };
  try {
    for (const name of [pair.a, pair.b]) {
      run('ip', 'netns', 'add', name);
      // No router solicitations, no neighbour discovery: a test counts its own packets only.
      inside(name, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1');
      inside(name, 'ip', 'link', 'set', 'lo', 'up');
    }
    for (let i = 0; i < links; i++) createLink(pair, i === 0 ? '' : String(i));
  } catch (error) {
    remove();
    throw error;
  }
  return { ...pair, remove };
}

/** Makes the interfaces `va<suffix>` and `vb<suffix>` of a pair (again) and sets them up. */
export function createLink(pair: { a: string; b: string }, suffix = ''): void {
  const [va, vb] = [`va${suffix}`, `vb${suffix}`];
  run('ip', 'link', 'add', 'name', va, 'netns', pair.a, 'type', 'veth', 'peer', 'name', vb, 'netns', pair.b);
  for (const [namespace, name] of [
    [pair.a, va],
    [pair.b, vb],
  ] as const) {
    inside(namespace, 'ip', 'link', 'set', 'dev', name, 'addrgenmode', 'none');
    inside(namespace, 'ip', 'link', 'set', 'dev', name, 'up');
  }
  // The kernel says "up" a little after both ends are.
  for (const [namespace, name] of [
    [pair.a, va],
    [pair.b, vb],
  ] as const) {
    waitUntil(() => inside(namespace, 'cat', `/sys/class/net/${name}/operstate`).trim() === 'up', `${name} to be up`);
  }
}

/** Looks again and again, for up to 10 seconds. */
function waitUntil(done: () => boolean, what: string): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (const end = performance.now() + 10_000; !done(); Atomics.wait(pause, 0, 0, 10)) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
  }
}

/** Runs a command in a namespace to its end and gives its output. */
export function inside(namespace: string, ...command: string[]): string {
  return run('ip', 'netns', 'exec', namespace, ...command);
}

/** Starts a command in a namespace. */
export function spawnInside(namespace: string, ...command: string[]): ChildProcess {
  return spawn('ip', ['netns', 'exec', namespace, ...command], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs `action` with this thread in the namespace: sockets that it opens stay there. Synchronous only. */
export function within<T>(namespace: string, action: () => T): T {
  const setns = koffi.load('libc.so.6').func('int setns(int, int)') as (fd: number, kind: number) => number;
  const CLONE_NEWNET = 0x4000_0000;
  const home = openSync('/proc/thread-self/ns/net', 'r');
  const there = openSync(`/run/netns/${namespace}`, 'r');
  try {
    if (setns(there, CLONE_NEWNET) !== 0) throw new Error(`could not enter ${namespace}`);
    return action();
  } finally {
    setns(home, CLONE_NEWNET);
    closeSync(home);
    closeSync(there);
  }
}

/** Removes the namespaces of runs whose process is no more. */
export function sweep(): void {
  for (const line of run('ip', 'netns', 'list').split('\n')) {
    const found = /^(picket-(\d+)-\S+)/.exec(line);
    if (found !== null && !existsSync(`/proc/${found[2]!}`)) removeNamespace(found[1]!);
  }
}

/** A packet counter of an interface, as the kernel keeps it. */
export function counter(namespace: string, name: string, which: string): number {
  return Number(inside(namespace, 'cat', `/sys/class/net/${name}/statistics/${which}`).trim());
}

function removeNamespace(name: string): void {
  try {
    run('ip', 'netns', 'delete', name);
  } catch (error) {
    // Two sweeps at once may meet; what is gone is gone.
    if (existsSync(`/run/netns/${name}`)) throw error;
  }
}

function run(command: string, ...rest: string[]): string {
  return execFileSync(command, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
