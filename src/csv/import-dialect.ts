import { BackupError } from '../model/errors.ts';
import { checkHeader } from './csv-header.ts';
import { badLine, csvLines } from './csv-lines.ts';
import { escapeCell, textProblem } from './dialect-text.ts';

/**
 * Longest row that Cognito imports, without its line end. [D] Cognito developer guide, CSV import, 2026-11.
 * Counted in UTF-16 units, the strictest reading of "characters" that is not bytes.
 */
export const MAX_ROW_CHARACTERS = 16_000;

/** Cells by column name; an absent column is a blank cell. */
export type Cells = ReadonlyMap<string, string>;

export interface CsvRow {
  /** Line in the file, from 1; the header is line 1. */
  readonly lineNumber: number;
  /** The cells that are not blank, trimmed, without escapes. */
  readonly cells: Cells;
}

export interface DecodeOptions {
  /** The columns that the file must have: the target pool's `GetCSVHeader`. `password_hash` may be left out. */
  readonly header: readonly string[];
  /** For messages: the file's name. */
  readonly source?: string;
  readonly signal?: AbortSignal | undefined;
}

/** The header line, without its line end. */
export function encodeHeader(header: readonly string[]): string {
  return header.map(escapeCell).join(',');
}

/**
 * One row of Cognito's import dialect, without its line end: no quotes, commas escaped by a backslash.
 * Throws `internal` for a value that the dialect cannot hold; `carry` says so beforehand.
 */
export function encodeRow(header: readonly string[], cells: Cells): string {
  let row = '';
  for (const [index, column] of header.entries()) {
    const value = cells.get(column) ?? '';
    if (value !== '' && textProblem(value) !== undefined) {
      throw new BackupError(
        'internal',
        `Cannot write column "${column}": the import dialect has no form for its value`,
      );
    }
    row += index === 0 ? escapeCell(value) : `,${escapeCell(value)}`;
  }
  return row;
}

/**
 * Reads Cognito's import dialect, one row at a time; CRLF is read as LF.
 *
 * Errors: `bad-input`, with the line's number and never its content, for what `csvLines` refuses, a header with missing,
 * unknown or repeated columns, a wrong number of cells, a quoted cell, and a backslash before anything but a comma.
 */
export async function* decodeCsv(chunks: AsyncIterable<Uint8Array>, options: DecodeOptions): AsyncGenerator<CsvRow> {
  const source = options.source ?? 'the CSV file';
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  let columns: readonly string[] | undefined;
  for await (const line of csvLines(chunks, { source, maxCharacters: MAX_ROW_CHARACTERS, ...signal })) {
    const texts = splitCells(line.text, source, line.number);
    if (columns === undefined) {
      columns = texts;
      checkHeader(columns, options.header, source);
      continue;
    }
    yield { lineNumber: line.number, cells: pairUp(columns, texts, source, line.number) };
  }
  if (columns === undefined)
    throw badLine(source, 1, 'is missing: the file is empty', 'The first line holds the column names');
}

const QUOTED = 'Cognito reads no quotes: remove them, and write a comma inside a value as \\,';

function pairUp(columns: readonly string[], texts: readonly string[], source: string, line: number): Cells {
  if (texts.length !== columns.length) {
    const problem = `has ${texts.length} cells where the header has ${columns.length}`;
    throw badLine(
      source,
      line,
      problem,
      'Write a comma inside a value as \\, and keep every column, blank where there is no value',
    );
  }
  const cells = new Map<string, string>();
  for (const [index, column] of columns.entries()) {
    const text = texts[index] ?? '';
    if (text !== '') cells.set(column, text);
  }
  return cells;
}

/** The trimmed cells of a line. */
function splitCells(text: string, source: string, line: number): string[] {
  const cells = text.includes('\\') ? splitEscaped(text, source, line) : text.split(',');
  for (const [index, cell] of cells.entries()) {
    const trimmed = trimSpaces(cell);
    if (trimmed.startsWith('"')) throw badLine(source, line, 'has a quoted cell', QUOTED);
    cells[index] = trimmed;
  }
  return cells;
}

function splitEscaped(text: string, source: string, line: number): string[] {
  const cells: string[] = [];
  let cell = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === ',') {
      cells.push(cell);
      cell = '';
    } else if (character === '\\') {
      index += 1;
      if (text[index] !== ',') {
        throw badLine(
          source,
          line,
          'has a backslash that is not before a comma',
          'Cognito does not say what such a backslash means: remove it',
        );
      }
      cell += ',';
    } else cell += character;
  }
  return [...cells, cell];
}

function trimSpaces(cell: string): string {
  return cell.startsWith(' ') || cell.endsWith(' ') ? cell.replace(/^ +| +$/g, '') : cell;
}
