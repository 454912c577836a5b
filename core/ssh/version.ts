/** Identification lines of SSH (RFC 4253, 4.2): `SSH-2.0-software comment`. */

const ONE = '1';
const TWO = '2';

/**
 * The major version that two ends speak who sent these lines; `undefined` when there is none. 1.99 stands for both
 * (RFC 4253, 5.1).
 */
export function commonVersion(client: string, server: string): 1 | 2 | undefined {
  const isBothClient = isBoth(client);
  const isBothServer = isBoth(server);
  const clientMajor = client[4];
  const serverMajor = server[4];
  if (clientMajor === TWO && serverMajor === TWO) return 2;
  if (clientMajor === ONE && serverMajor === TWO) return isBothClient ? 2 : undefined;
  if (clientMajor === TWO && serverMajor === ONE) return isBothServer ? 2 : undefined;
  if (clientMajor !== ONE || serverMajor !== ONE) return undefined;
  return isBothClient && isBothServer ? 2 : 1;
}

/** The major version that a line alone suggests. */
export function likelyVersion(line: string): 1 | 2 {
  return line[4] === TWO || isBoth(line) ? 2 : 1;
}

function isBoth(line: string): boolean {
  return line[4] === ONE && line.slice(6, 8) === '99';
}
