import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The checkout. */
export const root = path.resolve(import.meta.dirname, '../..');

/** Not ours: packages, state, generated sources, scratch. */
const passedOver = /^(node_modules|\.git|\.picket.*|tmp|proto\/gen)$|\/(node_modules|dist)$/;

/** Every file of the project, by its path from the root. */
export function projectFiles(folder = ''): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (passedOver.test(name)) return [];
    if (entry.isDirectory()) return projectFiles(name);
    return entry.isFile() ? [name] : [];
  });
}

export function isCode(file: string): boolean {
  return /\.(ts|tsx|mjs|cjs|js)$/.test(file);
}

/** Tests and what only tests load. */
export function isTest(file: string): boolean {
  return /\.test\.tsx?$/.test(file) || file.startsWith('test/') || /\/(fixtures?|arbitrar(y|ies))[/.]/.test(file);
}

export function textOf(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}
