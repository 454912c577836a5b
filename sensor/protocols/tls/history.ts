import { Handshake } from '../../../core/tls/handshakes.ts';

/** Letters of `ssl_history`, as Zeek's. */
export const Letter = {
  CHANGE_CIPHER_SPEC: 'i',
  ALERT: 'l',
  HEARTBEAT: 'b',
  CLIENT_HELLO: 'c',
  SERVER_HELLO: 's',
  RETRY: 'j',
  FLIPPED: '^',
} as const;

const letters: Readonly<Record<number, string>> = {
  [Handshake.HELLO_REQUEST]: 'h',
  [Handshake.CLIENT_HELLO]: Letter.CLIENT_HELLO,
  [Handshake.SERVER_HELLO]: Letter.SERVER_HELLO,
  [Handshake.HELLO_VERIFY_REQUEST]: 'v',
  [Handshake.SESSION_TICKET]: 't',
  [Handshake.CERTIFICATE]: 'x',
  [Handshake.SERVER_KEY_EXCHANGE]: 'k',
  [Handshake.CERTIFICATE_REQUEST]: 'r',
  [Handshake.SERVER_HELLO_DONE]: 'n',
  [Handshake.CERTIFICATE_VERIFY]: 'y',
  [Handshake.CLIENT_KEY_EXCHANGE]: 'g',
  [Handshake.FINISHED]: 'f',
  [Handshake.CERTIFICATE_URL]: 'w',
  [Handshake.CERTIFICATE_STATUS]: 'u',
};

/** The letter of a handshake message; undefined: a kind that is never seen in plain text, and breaks the stream. */
export function letterOf(type: number): string | undefined {
  return letters[type];
}

const MOST_LETTERS = 100;

export function withLetter(history: string, isClient: boolean, letter: string): string {
  if (history.length >= MOST_LETTERS) return history;
  return history + (isClient ? letter.toUpperCase() : letter);
}
