import type { Files } from '../files/file.ts';
import { isText, latin1 } from '../lines.ts';
import { Sign, type StreamProtocol } from '../protocol.ts';
import { SmtpAnalyser } from './analyser.ts';

const ports: ReadonlySet<number> = new Set([25, 587]);
/** A client says hello; a server greets it. */
const hello = /(?:^|[\n\r])\s*(?:helo|ehlo)/iu;
const greeting = /^\s*220[\s-]/u;
/** Octets that are looked at, and those after which a start that has no greeting in it can't have one. */
const MOST_LOOKED = 1024;
const LEAST_GREETING = 4;

/** SMTP. Without `files` nobody looks at mails. */
export function createSmtp(files?: Files): StreamProtocol {
  return { name: 'smtp', transport: 'tcp', ports, recognise, create: (flow) => new SmtpAnalyser(flow, files) };
}

function recognise(isOrig: boolean, bytes: Uint8Array, length: number): Sign {
  if (!isText(bytes, Math.min(length, LEAST_GREETING))) return Sign.NO;
  const text = latin1(bytes, Math.min(length, MOST_LOOKED));
  if ((isOrig ? hello : greeting).test(text)) return Sign.YES;
  if (length >= MOST_LOOKED) return Sign.NO;
  if (isOrig) return Sign.MORE;
  return text.trim().length < LEAST_GREETING ? Sign.MORE : Sign.NO;
}
