import type { Files } from '../files/file.ts';
import { isText, latin1 } from '../lines.ts';
import { type ProtocolFlow, Sign, type StreamProtocol } from '../protocol.ts';
import { FtpAnalyser } from './analyser.ts';
import { FtpDataAnalyser } from './dataAnalyser.ts';
import { ExpectedData } from './expectedData.ts';

const ports: ReadonlySet<number> = new Set([21, 2811]);
/** A client logs in; a server greets it, and asks for a password or lets it in. */
const login = /(?:^|[\n\r]) *user /iu;
const greeting = /^[\n\r ]*(?:120|220)[^0-9]/u;
const answer = /^[\n\r ]*(?:120|220)[^0-9][^]*[\n\r] *(?:230|331)[^0-9]/u;
/** Octets that are looked at. */
const MOST_LOOKED = 1024;
/** Octets of a server's start that tell whether it greets. */
const LEAST_GREETING = 4;

/** FTP: its control connections, and where `files` are looked at its data connections. */
export function createFtp(files?: Files): StreamProtocol[] {
  const expected = files === undefined ? undefined : new ExpectedData();
  const control = { name: 'ftp', transport: 'tcp' as const, ports, recognise };
  const create = (flow: ProtocolFlow): FtpAnalyser => new FtpAnalyser(flow, expected);
  if (files === undefined || expected === undefined) return [{ ...control, create }];
  return [
    { ...control, create },
    {
      name: 'ftp-data',
      transport: 'tcp',
      ports: new Set(),
      expected,
      create: (flow) => new FtpDataAnalyser(flow, files),
    },
  ];
}

function recognise(isOrig: boolean, bytes: Uint8Array, length: number): Sign {
  if (!isText(bytes, Math.min(length, LEAST_GREETING))) return Sign.NO;
  const text = latin1(bytes, Math.min(length, MOST_LOOKED));
  if (isOrig ? login.test(text) : answer.test(text)) return Sign.YES;
  if (length >= MOST_LOOKED) return Sign.NO;
  if (isOrig) return Sign.MORE;
  return length < LEAST_GREETING || greeting.test(text) || /^[\n\r ]*$/u.test(text) ? Sign.MORE : Sign.NO;
}
