import { readdirSync, readFileSync } from 'node:fs';

/**
 * The interface of the default route (IPv4's with the least metric, else IPv6's), else the first that is up, else `lo`:
 * what somebody means who names none.
 */
export function defaultInterface(proc = '/proc/net', sysfs = '/sys/class/net'): string {
  return routeIpv4(`${proc}/route`) ?? routeIpv6(`${proc}/ipv6_route`) ?? firstUp(sysfs) ?? 'lo';
}

function lines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    // A system without the file has no such route.
    return [];
  }
}

function routeIpv4(path: string): string | undefined {
  const routes = lines(path)
    .map((line) => line.split(/\s+/))
    .filter((row) => row[1] === '00000000' && row[7] === '00000000')
    .map((row) => ({ name: row[0]!, metric: Number(row[6]) }));
  return routes.sort((a, b) => a.metric - b.metric)[0]?.name;
}

function routeIpv6(path: string): string | undefined {
  const zero = '0'.repeat(32);
  const row = lines(path)
    .map((line) => line.trim().split(/\s+/))
    .find((fields) => fields[0] === zero && fields[1] === '00' && fields[9] !== 'lo');
  return row?.[9];
}

function firstUp(sysfs: string): string | undefined {
  let names: string[];
  try {
    names = readdirSync(sysfs);
  } catch {
    // No sysfs, no list.
    return undefined;
  }
  return names.sort().find((name) => name !== 'lo' && lines(`${sysfs}/${name}/operstate`)[0] === 'up');
}
