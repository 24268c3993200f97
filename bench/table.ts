/** Cells as they are printed; the first column is text, the others are figures. */
export interface Table {
  readonly caption?: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A Markdown table, ready to be pasted. */
export function markdownTable({ caption, columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = columns.map((_, index) => (index === 0 ? '---' : '---:'));
  return [...(caption === undefined ? [] : [caption, '']), line(columns), line(rule), ...rows.map(line)].join('\n');
}

/** `1 234 567`; no decimals from 100 on, three significant digits below. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) < 100) return String(Number(value.toPrecision(3)));
  return Math.round(value).toLocaleString('en-GB').replaceAll(',', ' ');
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

export function times(ratio: number): string {
  return `${ratio.toFixed(2)} ×`;
}

export function seconds(ms: number): string {
  return `${figure(ms / 1_000)} s`;
}

/** Three units at most: `9 min 20 s`, `5.6 h`. */
export function duration(ms: number): string {
  const whole = Math.round(ms / 1_000);
  if (whole < 120) return `${figure(ms / 1_000)} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${(whole / 3_600).toFixed(1)} h`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

export function headcount(users: number): string {
  if (users % 1_000_000 === 0) return `${users / 1_000_000} M`;
  return users % 1_000 === 0 ? `${users / 1_000} k` : String(users);
}
