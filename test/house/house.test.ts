import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { isCode, isTest, projectFiles, root, textOf } from './sources.ts';
import { tokensOf } from './tokens.ts';
import type { Token } from './tokens.ts';

const files = projectFiles();
const code = files.filter(isCode);
const markdown = files.filter((file) => file.endsWith('.md'));
const scripts = files.filter((file) => isCode(file) || textOf(file).startsWith('#!') || file.endsWith('.service'));

/** Where a sequence of tokens stands in a file: `FILE:LINE`. */
function places(file: string, ...sequence: string[]): string[] {
  const tokens = tokensOf(textOf(file)).filter(({ kind }) => kind !== 'string');
  return tokens
    .filter((_, i) => tokens[i - 1]?.text !== '.' && sequence.every((text, k) => tokens[i + k]?.text === text))
    .map(({ line }) => `${file}:${line}`);
}

describe('sources', () => {
  test('nothing is printed by console', () => {
    expect(code.flatMap((file) => places(file, 'console', '.'))).toEqual([]);
  });

  test('no file is so long that it hides a second noun', () => {
    const long = code.map((file) => ({ file, lines: textOf(file).split('\n').length - 1 }));
    expect(long.filter(({ lines }) => lines > 400)).toEqual([]);
  });

  test('files are named by what is in them', () => {
    const vague =
      /(^|\/)(utils?|helpers?|misc|common|base|index|types|constants)\.[a-z]+$|(^|\/)(utils?|helpers?|misc|common)\//;
    expect(code.filter((file) => vague.test(file))).toEqual([]);
    const odd = code.filter((file) => !/^[a-z][a-zA-Z0-9]*(\.[a-z]+)+$/.test(path.basename(file)));
    expect(odd).toEqual([]);
  });

  test('core knows no clock, no chance and no process', () => {
    const core = code.filter((file) => file.startsWith('core/') && !isTest(file));
    const impure = [
      ['Date', '.', 'now'],
      ['new', 'Date', '(', ')'],
      ['Math', '.', 'random'],
      ['performance', '.', 'now'],
      ['process', '.'],
      ['crypto', '.', 'getRandomValues'],
      ['setTimeout', '('],
      ['setInterval', '('],
    ];
    expect(core.flatMap((file) => impure.flatMap((sequence) => places(file, ...sequence)))).toEqual([]);
  });

  test('tests are neither singled out nor switched off', () => {
    const marks = ['only', 'skip', 'todo', 'fails'];
    const found = code
      .filter(isTest)
      .flatMap((file) =>
        ['test', 'it', 'describe'].flatMap((name) => marks.flatMap((mark) => places(file, name, '.', mark))),
      );
    expect(found).toEqual([]);
  });
});

describe('documents', () => {
  test.each(markdown)('every link of %s leads somewhere', (file) => {
    const broken = linksOf(textOf(file)).filter((link) => !leads(file, link));
    expect(broken).toEqual([]);
  });

  test('the commands of README exist', () => {
    const { scripts: known } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const fenced = [...textOf('README.md').matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1] ?? '').join('\n');
    const asked = [...fenced.matchAll(/\bnpm (?:run )?([a-z:]+)/g)].map((match) => match[1] ?? '');
    expect(asked).toContain('start');
    expect(asked).toContain('test');
    expect(asked.filter((name) => name !== 'ci' && known[name] === undefined)).toEqual([]);
  });

  test('every environment variable that is read is told of', () => {
    const told = textOf('docs/environment.md');
    const read = scripts
      .filter((file) => !isTest(file))
      .flatMap((file) => [...textOf(file).matchAll(/\bPICKET_[A-Z0-9_]*[A-Z0-9]\b/g)].map((match) => match[0]));
    expect([...new Set(read)].filter((name) => !told.includes(`\`${name}\``)).toSorted()).toEqual([]);
  });

  test('every error code is a heading', () => {
    const headings = [...textOf('docs/errors.md').matchAll(/^#+ `([^`]+)`$/gm)].map((match) => match[1]);
    expect(errorCodes().filter(({ value }) => !headings.includes(value))).toEqual([]);
    const used = errorCodes().map(({ value }) => value);
    expect(headings.filter((heading) => heading !== undefined && !used.includes(heading))).toEqual([]);
  });

  test('no file tells where it was written', () => {
    // The brackets are there so that this file passes its own test.
    const place = /(^|[\s'"`(=:])\/w[o]rk\/|registry\.npmj[s]|deb\.debia[n]\.org/m;
    expect(
      files.filter((file) => !/\.(pcap|pcapng|gz|zst|sk|png|bin)$/.test(file) && place.test(textOf(file))),
    ).toEqual([]);
  });
});

function linksOf(text: string): string[] {
  const prose = text.replaceAll(/```[\s\S]*?```/g, '').replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
}

/** Whether a link leads to a file of the project and, if it names one, to a heading there. Links outside are not tried. */
function leads(file: string, link: string): boolean {
  if (/^[a-z]+:/.test(link)) return true;
  const [name = '', anchor] = link.split('#');
  const target = name === '' ? file : path.posix.join(path.posix.dirname(file), name);
  if (!existsSync(path.join(root, target))) return false;
  return anchor === undefined || anchorsOf(textOf(target)).includes(anchor);
}

/** Anchors of the headings, as the usual hosts make them. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The codes that each `new AppError(...)`, and each `super(...)` of a class that extends it, may be given. */
function errorCodes(): { value: string; at: string }[] {
  return code.filter((file) => !isTest(file)).flatMap((file) => codesOf(file, tokensOf(textOf(file))));
}

function codesOf(file: string, tokens: Token[]): { value: string; at: string }[] {
  const extendsIt = tokens.some(({ text }, i) => text === 'extends' && tokens[i + 1]?.text === 'AppError');
  return tokens.flatMap((token, i) => {
    const isNew = token.text === 'AppError' && tokens[i - 1]?.text === 'new';
    const isSuper = extendsIt && token.text === 'super' && tokens[i + 2]?.kind === 'string';
    if (!(isNew || isSuper) || tokens[i + 1]?.text !== '(') return [];
    // The first argument: one string, or a choice between strings.
    const argument = tokens.slice(
      i + 2,
      tokens.findIndex(({ text }, k) => k > i && text === ','),
    );
    const strings = argument.filter(({ kind }) => kind === 'string').map(({ text }) => text);
    return (strings.length > 0 ? strings : ['(not a plain string)']).map((value) => ({
      value,
      at: `${file}:${token.line}`,
    }));
  });
}
