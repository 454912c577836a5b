import { decodeBlocks } from './nativeBlock.ts';
import { writeNativeFile } from './nativeFile.ts';
import type { MergeOrder, MergeResult } from './levelJob.ts';
import { mergeCells } from './levelMerge.ts';
import type { MergeInput } from './levelMerge.ts';
import {
  readRawSections,
  readRawWindows,
  readSectionCells,
  readWindowCells,
  sectionValues,
  windowValues,
} from './levelRows.ts';
import { tableOf } from './levelTables.ts';

/** Does a merge from the engine's answers to files for it to insert. For a thread: it takes tens of milliseconds a megabyte. */
export async function mergeFiles(order: MergeOrder): Promise<MergeResult> {
  const { level, upTo, wanted, paths } = order;
  const { raw, finer, own } = order.inputs;
  const input: MergeInput = {
    level,
    wanted,
    rawWindows: raw === undefined ? [] : readRawWindows(decodeBlocks(raw.windows)),
    rawSections: raw === undefined ? [] : readRawSections(decodeBlocks(raw.sections)),
    finerWindows: finer === undefined ? [] : readWindowCells(decodeBlocks(finer.windows)),
    finerSections: finer === undefined ? [] : readSectionCells(decodeBlocks(finer.sections)),
    ownWindows: own === undefined ? [] : readWindowCells(decodeBlocks(own.windows)),
    ownSections: own === undefined ? [] : readSectionCells(decodeBlocks(own.sections)),
  };
  const { windows, sections, left } = mergeCells(input);
  if (windows.length > 0) await writeNativeFile(paths.windows, tableOf('windows', level), windowValues(windows, upTo));
  if (sections.length > 0)
    await writeNativeFile(paths.sections, tableOf('sections', level), sectionValues(sections, upTo));
  const lists = [
    input.rawWindows,
    input.rawSections,
    input.finerWindows,
    input.finerSections,
    input.ownWindows,
    input.ownSections,
  ];
  const read = lists.reduce((sum, { length }) => sum + length, 0);
  return { read, windows: windows.length, sections: sections.length, left };
}
