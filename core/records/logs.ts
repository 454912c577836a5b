import { conn } from './conn.ts';
import { dhcp } from './dhcp.ts';
import { dns } from './dns.ts';
import { files } from './files.ts';
import { http } from './http.ts';
import { quic } from './quic.ts';
import type { Log } from './record.ts';
import { ssl } from './ssl.ts';
import { ssh } from './ssh.ts';
import { tunnel } from './tunnel.ts';
import { weird } from './weird.ts';
import { x509 } from './x509.ts';

/** Every log there is, in the order of their documentation. */
export const logs: readonly Log[] = [conn, dhcp, dns, files, http, quic, ssl, ssh, tunnel, weird, x509];
