import { formatRows, type Row } from './rfc4180.ts';

/**
 * Rows for people's spreadsheets: RFC 4180 with CRLF, formula injection defused. A cell that a spreadsheet might run gets
 * a leading apostrophe, and so does every phone number (it begins with `+`), and what might become a cell behind a separator: the
 * file is for reading, not for importing.
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
  const inside = cell.replace(RUNS_BEHIND_SEPARATOR, "$1'$2");
  return RUNS.test(cell) ? `'${inside}` : inside;
}

// The first characters of OWASP's "CSV Injection" page (2026-11), their full-width forms, and the same after blanks and
// invisible characters, which spreadsheets may skip. csv-stringify's `escape_formulas` lacks LF and the last group.
const RUNS = /^[\t\r\n]|^[\s\p{Cc}\p{Cf}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/u;

// Where the list separator is a semicolon or a tab, a spreadsheet takes no notice of quotes in the middle of what it holds
// for one cell: it splits there, and at line breaks, and what follows begins a cell; quotes around that are taken off.
const RUNS_BEHIND_SEPARATOR = /([;\t\r\n][\s\p{Cc}\p{Cf}"]*)([=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/gu;
