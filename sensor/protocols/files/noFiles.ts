import type { HttpFiles, RangedFile } from './file.ts';

const unseen: RangedFile = {
  fuid: '',
  mimeType: undefined,
  isOver: false,
  data: () => {},
  gap: () => {},
  end: () => {},
  carry: () => false,
  announce: () => {},
  dataAt: () => {},
  gapTo: () => {},
  expire: () => {},
};

/** Files that nobody looks at: their names are empty. */
export const noFiles: HttpFiles = {
  open: () => unseen,
  share: () => unseen,
  endShared: () => {},
  leave: () => {},
  whole: () => ({ fuid: '', sha256: '' }),
  finish: () => {},
};
