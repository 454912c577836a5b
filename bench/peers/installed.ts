import { createRequire } from 'node:module';

/** A package that was installed in this folder by hand, or undefined. */
export function installed(name: string): unknown {
  try {
    return createRequire(import.meta.url)(name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
