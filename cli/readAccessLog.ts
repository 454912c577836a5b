import { createReadStream } from 'node:fs';
import path from 'node:path';
import { AccessCounts, type AccessReport } from '../core/accessLog/accessCounts.ts';
import { MOST_LINE, readAccessLine } from '../core/accessLog/accessLine.ts';
import { describeError, printable } from '../runtime/error.ts';

interface LogFile {
  path: string;
  /** Lines that were read, and those that are of no form that is known. */
  lines: number;
  unread: number;
  error: string | null;
}

/** `picket read --access-log`: counts of web servers' own logs, in the shape of a capture's. Answers with the exit status. */
export async function readAccessLogs(paths: readonly string[], top: number, isJson: boolean): Promise<number> {
  const counts = new AccessCounts();
  const files: LogFile[] = [];
  for (const name of paths) {
    const file: LogFile = { path: name, lines: 0, unread: 0, error: null };
    files.push(file);
    try {
      await readFile(file, counts);
    } catch (error) {
      file.error = describeError(error);
      process.stderr.write(`picket: ${printable(name)}: ${printable(file.error)}\n`);
    }
  }
  const report = counts.report(top);
  process.stdout.write(isJson ? `${JSON.stringify({ files, http: report })}\n` : forPeople(files, report));
  if (files.every((file) => file.error === null)) return 0;
  return files.every((file) => file.error !== null) ? 1 : 3;
}

async function readFile(file: LogFile, counts: AccessCounts): Promise<void> {
  const writer = path.basename(file.path);
  const stream = file.path === '-' ? process.stdin : createReadStream(file.path);
  stream.setEncoding('utf8');
  const take = (line: string): void => {
    if (line === '') return;
    const read = readAccessLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    if (read === undefined) file.unread++;
    else counts.add(read, writer);
    file.lines++;
  };
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + String(chunk)).split('\n');
    // A line that is too long is read as far as it is kept, and so is none.
    rest = lines.pop()!.slice(0, MOST_LINE + 1);
    for (const line of lines) take(line);
  }
  take(rest);
}

function forPeople(files: readonly LogFile[], { requests, byStatusClient, byStatusServer }: AccessReport): string {
  const lines = files.map(
    ({ path: name, lines: count, unread }) => `${printable(name)}: ${count} lines, ${unread} not understood`,
  );
  lines.push(`${requests} requests`, '', 'status and client');
  for (const { status, client, count } of byStatusClient) lines.push(`  ${status} ${printable(client)} ${count}`);
  lines.push('', 'status and server');
  for (const { status, server, count } of byStatusServer) lines.push(`  ${status} ${printable(server)} ${count}`);
  return `${lines.join('\n')}\n`;
}
