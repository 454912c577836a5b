import { parseManagerUrl } from '../proto/managerUrl.ts';
import { AppError } from '../runtime/error.ts';
import { PacketFilter } from './capture/filter.ts';
import type { SensorConfig } from './config.ts';

/** The configured filter; on `lo` without the link's own packets, which would be counted for being counted. */
export function withoutLink(config: SensorConfig, names: readonly string[]): string {
  const place = parseManagerUrl(config.manager);
  if (typeof place === 'string' || place.kind !== 'tcp' || !names.includes('lo')) return config.filter;
  const others = `not (tcp port ${place.port} and (net 127.0.0.0/8 or host ::1))`;
  return config.filter === '' ? others : `(${config.filter}) and ${others}`;
}

/** A filter that can't be compiled is a fault of the configuration: told before anything is started. */
export function checkFilter(filter: string): void {
  if (filter === '') return;
  try {
    void new PacketFilter(filter);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'filter.syntax') throw error;
    throw new AppError('config.invalid', error.message);
  }
}
