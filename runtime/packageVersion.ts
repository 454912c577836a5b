import { readFileSync } from 'node:fs';

/** This release, as `package.json` says. */
export function packageVersion(): string {
  const file: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  if (typeof file === 'object' && file !== null && 'version' in file && typeof file.version === 'string')
    return file.version;
  return 'unknown';
}
