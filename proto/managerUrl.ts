import { linkPath } from './link.ts';

/** Where a manager is: a Unix socket of this host, or a port of its loopback. */
export type ManagerPlace = { kind: 'unix'; path: string } | { kind: 'tcp'; host: string; port: number };

/**
 * Reads `unix:PATH`, `http://HOST:PORT` or `ws://HOST:PORT`. Answers with the reason when it is none, or when the host
 * is not a loopback address: until sensors and people have identities, nothing goes over a network.
 */
export function parseManagerUrl(text: string): ManagerPlace | string {
  if (text.startsWith('unix:')) {
    const path = text.slice('unix:'.length).replace(/^\/\//, '');
    return path.startsWith('/') && !path.includes(':')
      ? { kind: 'unix', path }
      : `${text}: unix: is followed by an absolute path without a colon`;
  }
  if (!URL.canParse(text)) return `${text}: not unix:PATH or http://127.0.0.1:PORT`;
  const url = new URL(text);
  if (!['http:', 'ws:'].includes(url.protocol)) return `${text}: only unix:, http: and ws: until there are identities`;
  if (url.username !== '' || url.password !== '') return `${url.host}: a user or password has no place in the address`;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (!isLoopback(host)) return `${host}: only this host's loopback until there are identities`;
  return { kind: 'tcp', host, port: url.port === '' ? 8480 : Number(url.port) };
}

/** Whether a host name or address is this host's loopback. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/** The address of the link for the WebSocket client. */
export function linkAddress(place: ManagerPlace): string {
  if (place.kind === 'unix') return `ws+unix:${place.path}:${linkPath}`;
  return `ws://${place.host.includes(':') ? `[${place.host}]` : place.host}:${place.port}${linkPath}`;
}
