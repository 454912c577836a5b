/** One request of a web server's access log. */
export interface AccessLine {
  /** The virtual host before the client, where the log has it. */
  readonly server: string | undefined;
  readonly client: string;
  /** Seconds since 1970. */
  readonly time: number;
  /** Undefined where the request line was none. */
  readonly method: string | undefined;
  readonly uri: string | undefined;
  readonly status: number;
  /** Octets of the body; `-` counts as 0. */
  readonly bytes: number;
  readonly referrer: string | undefined;
  readonly userAgent: string | undefined;
}

/** Characters of a line that is read. */
export const MOST_LINE = 65_536;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const time = /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/;
const numbers = /^ (\d{3}) (\d{1,15}|-)/;

/**
 * Reads a line of Apache's and nginx's forms `common` and `combined`, with or without the virtual host in front:
 * `[host:port ]client ident user [time] "request" status bytes[ "referrer" "agent"]`. Undefined: it is none.
 */
export function readAccessLine(line: string): AccessLine | undefined {
  if (line.length > MOST_LINE) return undefined;
  const open = line.indexOf(' [');
  const close = line.indexOf('] "', open);
  if (open === -1 || close === -1) return undefined;
  const seconds = readTime(line.slice(open + 2, close));
  const names = line.slice(0, open).split(' ');
  if (seconds === undefined || names.length < 3) return undefined;
  const hasHost = names.length > 3 && /^[^ ]+:\d{1,5}$/.test(names[0]!) && names[2] === '-';
  const client = names[hasHost ? 1 : 0]!;
  const request = quoted(line, close + 2);
  if (client === '' || request === undefined) return undefined;
  const rest = line.slice(request.to);
  const match = numbers.exec(rest);
  if (match === null) return undefined;
  const referrer = quoted(rest, match[0].length + 1);
  const agent = referrer === undefined ? undefined : quoted(rest, referrer.to + 1);
  const [method, uri] = request.text.split(' ');
  const isRequest = uri !== undefined && /^[A-Za-z_-]+$/.test(method!);
  return {
    server: hasHost ? names[0]! : undefined,
    client,
    time: seconds,
    method: isRequest ? method : undefined,
    uri: isRequest ? uri : undefined,
    status: Number(match[1]),
    bytes: match[2] === '-' ? 0 : Number(match[2]),
    referrer: told(referrer?.text),
    userAgent: told(agent?.text),
  };
}

/** `28/Nov/2026:22:39:04 +0100` as seconds since 1970. */
function readTime(text: string): number | undefined {
  const match = time.exec(text);
  if (match === null) return undefined;
  const [day, year, hour, minute, second, zoneHours, zoneMinutes] = [1, 3, 4, 5, 6, 8, 9].map((i) => Number(match[i]));
  const month = months.indexOf(match[2]!);
  if (month === -1) return undefined;
  const zone = (zoneHours! * 60 + zoneMinutes!) * 60 * (match[7] === '-' ? -1 : 1);
  return Date.UTC(year!, month, day, hour, minute, second) / 1000 - zone;
}

/** The text in quotes that begins at `from`, its escaped quotes as they stand. */
function quoted(line: string, from: number): { text: string; to: number } | undefined {
  if (line[from] !== '"') return undefined;
  for (let at = from + 1; at < line.length; at++) {
    if (line[at] === '\\') at++;
    else if (line[at] === '"') return { text: line.slice(from + 1, at), to: at + 1 };
  }
  return undefined;
}

function told(text: string | undefined): string | undefined {
  return text === '-' ? undefined : text;
}
