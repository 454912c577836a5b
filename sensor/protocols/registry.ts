import { conn } from '../../core/records/conn.ts';
import { dhcp } from '../../core/records/dhcp.ts';
import { http } from '../../core/records/http.ts';
import type { Log } from '../../core/records/record.ts';
import { ssh } from '../../core/records/ssh.ts';
import { ssl } from '../../core/records/ssl.ts';
import { weird } from '../../core/records/weird.ts';
import { x509 } from '../../core/records/x509.ts';
import { createDhcp } from './dhcp/dhcp.ts';
import { createDns, type DnsOptions } from './dns/dns.ts';
import type { HttpFiles } from './files/file.ts';
import { noFiles } from './files/noFiles.ts';
import { createFtp } from './ftp/ftp.ts';
import { createHttp } from './http/http.ts';
import type { HttpSubscriber } from './http/transactions.ts';
import type { Protocol } from './protocol.ts';
import { createQuic } from './quic/quic.ts';
import { createSmtp } from './smtp/smtp.ts';
import { createSsh } from './ssh/ssh.ts';
import { createStartTls } from './tls/startTls.ts';
import { createDtls, createTls } from './tls/tls.ts';
import { Certificates } from './x509/certificates.ts';

export interface ProtocolServices {
  /** Who looks at what connections carry; nobody if absent. */
  files?: HttpFiles;
  dns?: DnsOptions;
  /** Told of HTTP, beside the rows. */
  onHttp?: HttpSubscriber;
  /** Names of the logs whose rows somebody wants; all if absent. */
  wants?: ReadonlySet<string>;
}

/**
 * The application protocols that are looked at, made for one pipeline. What nobody wants is left out, unless it counts
 * in windows: in mails and transfers of files TLS may begin.
 */
export function createProtocols(services: ProtocolServices = {}): Protocol[] {
  const { files = noFiles, dns = {}, onHttp, wants } = services;
  const isWanted = ({ path }: Log): boolean => wants?.has(path) ?? true;
  // Rows of connections name their protocols, and any analyser may find something odd.
  const isAnyWanted = isWanted(conn) || isWanted(weird);
  const certificates = new Certificates(files, isWanted(ssl) || isWanted(x509));
  const hasHttpRows = isWanted(http);
  return [
    ...(isAnyWanted || isWanted(dhcp) ? [createDhcp()] : []),
    ...createDns(dns),
    createDtls(certificates),
    ...createFtp(files === noFiles ? undefined : files),
    createHttp(files, {
      isLogged: hasHttpRows,
      inflates: hasHttpRows || files !== noFiles || isWanted(weird),
      ...(onHttp === undefined ? {} : { subscriber: onHttp }),
    }),
    createQuic(),
    createSmtp(files === noFiles ? undefined : files),
    ...(isAnyWanted || isWanted(ssh) ? [createSsh()] : []),
    createStartTls(certificates),
    createTls(certificates),
  ];
}
