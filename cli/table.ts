/** Where an answer for people is printed: on a terminal it may have colours and drawings. */
export interface Style {
  utc: boolean;
  /** Colours and drawings. */
  rich: boolean;
}

/** Colours on a terminal, unless the environment asks for none (`NO_COLOR`, a dumb terminal). */
export function styleOf(utc: boolean): Style {
  const plain = (process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb';
  return { utc, rich: process.stdout.isTTY && !plain };
}

export function dim(text: string, { rich }: Style): string {
  return rich && text !== '' ? `\u001B[2m${text}\u001B[22m` : text;
}

export function bold(text: string, { rich }: Style): string {
  return rich && text !== '' ? `\u001B[1m${text}\u001B[22m` : text;
}

export interface Column {
  head: string;
  /** Numbers are set to the right. */
  right?: boolean;
}

/** Rows under their heads, aligned, two spaces apart. Cells are plain text. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], style: Style): string {
  const widths = columns.map(({ head }, at) =>
    rows.reduce((most, row) => Math.max(most, (row[at] ?? '').length), head.length),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ right }, at) => {
        const cell = cells[at] ?? '';
        return right === true ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0);
      })
      .join('  ')
      .trimEnd();
  return [dim(line(columns.map(({ head }) => head)), style), ...rows.map(line)].map((text) => `${text}\n`).join('');
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of at most `width` cells for a share of one. */
export function bar(value: number, width: number): string {
  const parts = Math.round(Math.max(0, Math.min(1, value)) * width * 8);
  return '█'.repeat(parts >> 3) + (eighths[parts & 7] ?? '');
}

const heights = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Values as a line of little columns; a gap where there is none. */
export function sparkline(values: readonly (number | null)[]): string {
  const most = values.reduce<number>((greatest, value) => Math.max(greatest, value ?? 0), 0);
  return values
    .map((value) => (value === null ? ' ' : (heights[most === 0 ? 0 : Math.round((value / most) * 7)] ?? '')))
    .join('');
}
