import { createDns } from './dns/dns.ts';
import type { Protocol } from './protocol.ts';

/** The application protocols that are looked at, made for one pipeline. */
export function createProtocols(): Protocol[] {
  return [...createDns()];
}
