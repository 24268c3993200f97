/** A label and what it says; rows whose value is `undefined` are left out. */
export type Row = readonly [label: string, value: string | undefined];

const INDENT = '  ';
const MIN_LABEL_WIDTH = 12;

/** Labels and values in two columns, indented. */
export function alignRows(rows: readonly Row[], dim: (text: string) => string): string[] {
  const shown = rows.filter((row): row is [string, string] => row[1] !== undefined && row[1] !== '');
  const width = Math.max(MIN_LABEL_WIDTH, ...shown.map(([label]) => label.length));
  return shown.map(([label, value]) => `${INDENT}${dim(label.padEnd(width))}  ${value}`);
}

/** A number, what it counts, and what there is to say about it. */
export type CountRow = readonly [count: string, name: string, explanation?: string];

export interface CountOptions {
  readonly paint?: (name: string) => string;
  readonly dim: (text: string) => string;
  /** Where to break explanations, and names without one; nowhere by default. */
  readonly width?: number | undefined;
}

/** Numbers right-aligned in front of what they count, explanations in a column of their own, or below where there is no room. */
export function alignCounts(rows: readonly CountRow[], options: CountOptions): string[] {
  const { paint = (name) => name, dim, width } = options;
  const countWidth = Math.max(0, ...rows.map(([count]) => count.length));
  const nameWidth = Math.max(0, ...rows.map(([, name, text]) => (text === undefined ? 0 : name.length)));
  const margin = INDENT.length * 2 + countWidth + 2 + nameWidth + 2;
  return rows.flatMap(([count, name, text]) => {
    const start = `${INDENT}${INDENT}${count.padStart(countWidth)}  `;
    if (text === undefined) {
      const [head = '', ...more] = wrapText(name, width === undefined ? Infinity : width - start.length);
      return [`${start}${paint(head)}`, ...more.map((line) => `${' '.repeat(start.length)}${paint(line)}`)];
    }
    if (width !== undefined && width - margin < MIN_WRAP_WIDTH) {
      const below = wrapText(text, width - start.length).map((line) => `${' '.repeat(start.length)}${dim(line)}`);
      return [`${start}${paint(name)}`, ...below];
    }
    const [first = '', ...rest] = wrapText(text, width === undefined ? Infinity : width - margin);
    const head = `${start}${paint(name.padEnd(nameWidth))}  ${dim(first)}`;
    return [head, ...rest.map((line) => `${' '.repeat(margin)}${dim(line)}`)];
  });
}

const MIN_WRAP_WIDTH = 24;

/** Breaks at blanks; words longer than the width stay whole. Where there is no room, nothing is broken. */
export function wrapText(text: string, width: number): string[] {
  if (width < MIN_WRAP_WIDTH) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** A table with a heading; columns named in `right` are right-aligned. Cells are plain text, without colours. */
export function alignTable(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  options: { readonly right?: readonly string[]; readonly dim: (text: string) => string },
): string[] {
  const widths = heading.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return options.right?.includes(heading[column] ?? '') ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [options.dim(line(heading)), ...rows.map(line)];
}
