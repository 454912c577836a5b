import { createDhcp } from './dhcp/dhcp.ts';
import { createDns, type DnsOptions } from './dns/dns.ts';
import type { HttpFiles } from './files/file.ts';
import { noFiles } from './files/noFiles.ts';
import { createFtp } from './ftp/ftp.ts';
import { createHttp } from './http/http.ts';
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
}

/** The application protocols that are looked at, made for one pipeline. */
export function createProtocols({ files = noFiles, dns = {} }: ProtocolServices = {}): Protocol[] {
  const certificates = new Certificates(files);
  return [
    createDhcp(),
    ...createDns(dns),
    createDtls(certificates),
    createFtp(),
    createHttp(files),
    createQuic(),
    createSmtp(files === noFiles ? undefined : files),
    createSsh(),
    createStartTls(certificates),
    createTls(certificates),
  ];
}
