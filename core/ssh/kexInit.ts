import { SshReader } from './sshReader.ts';

const COOKIE = 16;
const FAILED = 'Algorithm negotiation failed';

/** Names by the way they are for. */
export interface ByWay {
  readonly toServer: string;
  readonly toClient: string;
}

/** What an end offers (RFC 4253, 7.1): lists of names joined by commas, most wanted first. */
export interface KexInit {
  readonly kex: string;
  readonly hostKey: string;
  readonly cipher: ByWay;
  readonly mac: ByWay;
  readonly compression: ByWay;
}

/** What two ends agree on: of each list the first name of the client's that the server has too. */
export interface Agreement {
  readonly kex: string;
  readonly hostKey: string;
  readonly cipher: string;
  readonly mac: string;
  readonly compression: string;
}

/** Reads the payload of a KEXINIT after its message number; `undefined` when a list does not fit in. */
export function readKexInit(bytes: Uint8Array, from: number, to: number): KexInit | undefined {
  const reader = new SshReader(bytes, from, to);
  reader.skip(COOKIE);
  const byWay = (): ByWay => ({ toServer: reader.text(), toClient: reader.text() });
  const offer = { kex: reader.text(), hostKey: reader.text(), cipher: byWay(), mac: byWay(), compression: byWay() };
  return reader.isBroken ? undefined : offer;
}

/** What comes of two offers. Ways that differ are told both, in Zeek's words. */
export function agree(client: KexInit, server: KexInit): Agreement {
  const both = (mine: ByWay, theirs: ByWay): string => {
    const toServer = firstCommon(mine.toServer, theirs.toServer);
    const toClient = firstCommon(mine.toClient, theirs.toClient);
    return toServer === toClient ? toServer : `To server: ${toServer}, to client: ${toClient}`;
  };
  return {
    kex: firstCommon(client.kex, server.kex),
    hostKey: firstCommon(client.hostKey, server.hostKey),
    cipher: both(client.cipher, server.cipher),
    mac: both(client.mac, server.mac),
    compression: both(client.compression, server.compression),
  };
}

/** What HASSH hashes of an offer: the lists of the way away from who offers. */
export function hasshText(offer: KexInit, isClient: boolean): string {
  const way = isClient ? 'toServer' : 'toClient';
  return [offer.kex, offer.cipher[way], offer.mac[way], offer.compression[way]].join(';');
}

function firstCommon(client: string, server: string): string {
  const theirs = new Set(server.split(','));
  return client.split(',').find((name) => theirs.has(name)) ?? FAILED;
}
