import type { Log } from './record.ts';

/** The documentation page of a log, in Markdown: made from its declaration, so that it can't be wrong about it. */
export function describe(log: Log): string {
  const lines = [`## ${log.path}.log`, '', log.text, '', '| field | type | | meaning |', '| --- | --- | --- | --- |'];
  for (const field of log.fields) {
    const notes = [field.optional === true ? 'optional' : '', field.ours === true ? 'not in Zeek' : ''];
    const text = field.text.replaceAll('|', '\\|');
    lines.push(`| \`${field.name}\` | ${field.type} | ${notes.filter((note) => note !== '').join(', ')} | ${text} |`);
  }
  return `${lines.join('\n')}\n`;
}
