import { hostText, pairText, serviceText } from '../../../core/summary/result.ts';
import { statusText } from '../../../core/summary/applicationResult.ts';
import type { TopKind } from '../../../proto/routes.ts';

/** Lists that can be merged: those of `top`, and answers of HTTP by status. */
export type ListKind = TopKind | 'statusClients' | 'statusServers';

/** How the keys of each list are shown. */
export const keyTexts: Readonly<Record<ListKind, (key: Uint32Array) => string>> = {
  hosts: hostText,
  sources: hostText,
  destinations: hostText,
  pairs: pairText,
  services: serviceText,
  statusClients: statusText,
  statusServers: statusText,
};
