import { formatRows, type Row } from './rfc4180.ts';

/**
 * Rows for people's spreadsheets: RFC 4180 with CRLF, formula injection defused. A cell that a spreadsheet might run gets
 * a leading apostrophe, and so does every phone number (it begins with `+`): the file is for reading, not for importing.
 */
export function formatSpreadsheet(rows: readonly Row[]): string {
  return formatRows(
    rows.map((row) => row.map((cell) => (cell === undefined ? undefined : defuse(cell)))),
    '\r\n',
  );
}

/** Begins a file: without a byte order mark, spreadsheets read UTF-8 as the machine's old code page. */
export const SPREADSHEET_BOM = '\uFEFF';

function defuse(cell: string): string {
  return RUNS.test(cell) ? `'${cell}` : cell;
}

// The first characters of OWASP's "CSV Injection" page (2026-11), their full-width forms, and the same after blanks and
// invisible characters, which spreadsheets may skip. csv-stringify's `escape_formulas` lacks LF and the last group.
const RUNS = /^[\t\r\n]|^[\s\p{Cc}\p{Cf}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/u;
