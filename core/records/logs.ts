import { conn } from './conn.ts';
import { dns } from './dns.ts';
import type { Log } from './record.ts';
import { tunnel } from './tunnel.ts';
import { weird } from './weird.ts';

/** Every log there is, in the order of their documentation. */
export const logs: readonly Log[] = [conn, dns, tunnel, weird];
