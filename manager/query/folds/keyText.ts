import { hostText, pairText, serviceText } from '../../../core/summary/result.ts';
import type { TopKind } from '../../../proto/routes.ts';

/** How the keys of each list are shown. */
export const keyTexts: Readonly<Record<TopKind, (key: Uint32Array) => string>> = {
  hosts: hostText,
  sources: hostText,
  destinations: hostText,
  pairs: pairText,
  services: serviceText,
};
