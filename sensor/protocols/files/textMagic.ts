/** Types of text: markup by its first element, scripts by their first line, JSON by its first member. */
export interface TextType {
  readonly type: string;
  readonly strength: number;
}

const latin1 = new TextDecoder('latin1');
const marks: readonly (readonly number[])[] = [
  [0xef, 0xbb, 0xbf],
  [0xff, 0xfe],
  [0xfe, 0xff],
];
/** Octets of plain text that have to come first. */
const PLAIN = 10;
/** Characters of markup that are looked through for its first element. */
const MOST_PROLOGUE = 4096;

const blank = new Set([' ', '\t', '\r', '\n']);

/** What follows `#!`, by the program's name. */
const interpreters: readonly (readonly [RegExp, string, number])[] = [
  [/^(ba|tc|c|z|fa|ae|k)?sh/, 'text/x-shellscript', 250],
  [/^perl/, 'text/x-perl', 60],
  [/^ruby/, 'text/x-ruby', 60],
  [/^python/, 'text/x-python', 60],
  [/^[gn]?awk/, 'text/x-awk', 60],
  [/^(wish|tcl)/, 'text/x-tcl', 60],
  [/^lua/, 'text/x-lua', 49],
  [/^node/, 'application/javascript', 60],
  [/^php/, 'text/x-php', 60],
];

/** Elements and declarations of markup: how they begin, in lower case. */
const elements: readonly (readonly [RegExp, string, number])[] = [
  [/^!doctype +html|^html|^meta +http-equiv/, 'text/html', 100],
  [/^(head|title|body)/, 'text/html', 20],
  [/^rss[^>]*xmlns:atom|^feed[^>]*xmlns=["']?http:\/\/www.w3.org\/2005\/atom/, 'text/atom', 100],
  [/^rss/, 'text/rss', 90],
  [/^soap(-env)?:envelope/, 'application/soap+xml', 49],
  [/^(!doctype +)?cross-domain-policy/, 'text/x-cross-domain-policy', 49],
  [/^methodresponse>/, 'application/xml-rpc', 49],
  [/^manifest[ \t\r\n]+xmlns="http:\/\/ns\.adobe\.com\/f4m\//, 'application/f4m', 49],
  [
    /^script[ \t]+(type|language)=['"]?(text\/)?javascript|^script>[ \t\r\n]*(var|function) /,
    'application/javascript',
    60,
  ],
];

const jsonObject = /^\{[\r\n \t]*("[^"]+"|[a-zA-Z][a-zA-Z0-9\\_]*)[\r\n \t]*:[\r\n \t]*(["[{0-9]|true|false)/;
const jsonArray = /^\[[\r\n \t]*((("[^"]+"|[0-9]+(\.[0-9]+)?|true|false)[\r\n \t]*,)|\{|\[)/;
const jsonEmpty = /^(\[\]|\{\})[\r\n \t]*$/;
const iniSection = /^\[[^\r\n]+\][ \t]*[\r\n]/;

/** The strongest type of text that `head[0 .. end)` begins like. */
export function textType(head: Uint8Array, end: number): TextType | undefined {
  const mark = marks.find((octets) => octets.every((octet, i) => head[i] === octet))?.length ?? 0;
  if (!isPlain(head, mark, end) && head[mark] !== 0x7b && head[mark] !== 0x5b && head[mark] !== 0x3c) return undefined;
  const text = latin1.decode(head.subarray(mark, Math.min(end, mark + MOST_PROLOGUE)));
  const found = [script(text), markup(text), json(text), plain(head, mark, end)].filter((type) => type !== undefined);
  let best: TextType | undefined;
  for (const type of found) if (best === undefined || type.strength > best.strength) best = type;
  return best;
}

function plain(head: Uint8Array, from: number, end: number): TextType | undefined {
  return isPlain(head, from, end) ? { type: 'text/plain', strength: -20 } : undefined;
}

function isPlain(head: Uint8Array, from: number, end: number): boolean {
  if (end - from < PLAIN) return false;
  for (let i = from; i < from + PLAIN; i++) {
    const octet = head[i]!;
    if ((octet < 0x20 || octet > 0x7e) && (octet < 0x09 || octet > 0x0d)) return false;
  }
  return true;
}

function script(text: string): TextType | undefined {
  const first = /^#![^\n]{1,15}bin\/(env\s+)?/.exec(text);
  if (first !== null) {
    const program = text.slice(first[0].length, first[0].length + 16);
    const found = interpreters.find(([pattern]) => pattern.test(program));
    return found === undefined ? undefined : { type: found[1], strength: found[2] };
  }
  if (/^[\r\n \t]*(for \(;;\);|document\.write(ln)?[ \t]?\()|^\(function\(\)[ \t\n]*\{/.test(text)) {
    return { type: 'application/javascript', strength: 60 };
  }
  return text.startsWith('<?php') ? { type: 'text/x-php', strength: 40 } : undefined;
}

/** Looks past comments and the XML declaration for the first element. */
function markup(text: string): TextType | undefined {
  let at = skipComments(text, 0);
  if (text[at] !== '<') return undefined;
  let declared: TextType | undefined;
  if (text.startsWith('<?xml ', at)) {
    declared = { type: 'application/xml', strength: 10 };
    const end = text.indexOf('?>', at);
    if (end === -1) return declared;
    at = skipComments(text, end + 2);
  }
  if (text[at] !== '<') return declared;
  const begin = text.slice(at + 1, at + 513).toLowerCase();
  const found = elements.find(([pattern]) => pattern.test(begin));
  return found === undefined ? declared : { type: found[1], strength: found[2] };
}

function skipComments(text: string, from: number): number {
  let at = from;
  for (;;) {
    while (at < text.length && blank.has(text[at]!)) at++;
    if (!text.startsWith('<!--', at)) return at;
    const end = text.indexOf('-->', at + 4);
    if (end === -1) return text.length;
    at = end + 3;
  }
}

function json(text: string): TextType | undefined {
  let at = 0;
  while (at < text.length && blank.has(text[at]!)) at++;
  const first = text[at];
  if (first !== '{' && first !== '[') return undefined;
  const rest = text.slice(at);
  if (jsonObject.test(rest) || jsonArray.test(rest)) return { type: 'text/json', strength: 1 };
  if (jsonEmpty.test(rest)) return { type: 'text/json', strength: 0 };
  return iniSection.test(rest) ? { type: 'text/ini', strength: 20 } : undefined;
}
