import { pipeline, Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { stringify } from 'csv-stringify/sync';
import { BackupError } from '../model/errors.ts';
import { throwIfInterrupted } from '../runtime/interruption.ts';

/** A cell; `undefined` is written as an empty one. */
export type Row = readonly (string | undefined)[];

export interface ReadOptions {
  readonly columns: readonly string[];
  /** Columns that may be missing as a whole. */
  readonly optionalColumns?: readonly string[];
  /** For messages: the file's name. */
  readonly source: string;
  readonly signal?: AbortSignal | undefined;
}

export interface CsvRecord {
  /** Line on which the record ends, from 1. */
  readonly lineNumber: number;
  /** The text of a column; `undefined` for an empty cell or a column that the file lacks. */
  cell(column: string): string | undefined;
}

/** RFC 4180 text of some rows, each ended by `lineEnd`. */
export function formatRows(rows: readonly Row[], lineEnd: '\n' | '\r\n' = '\n'): string {
  return stringify([...rows] as (string | undefined)[][], { record_delimiter: lineEnd, quoted_match: NEEDS_QUOTES });
}

/**
 * Reads an RFC 4180 file with a header line, one record at a time; a byte order mark is skipped, LF and CRLF both end a
 * record. Errors: `bad-input` with file and line, never content.
 */
export async function* readRecords(chunks: AsyncIterable<Uint8Array>, options: ReadOptions): AsyncGenerator<CsvRecord> {
  let positions: ReadonlyMap<string, number> | undefined;
  for await (const { cells, lineNumber } of parseCells(chunks, options)) {
    if (positions === undefined) {
      positions = readHeader(cells, options);
      continue;
    }
    const found = positions;
    if (cells.length !== found.size) {
      throw badRecord(options.source, lineNumber, `has ${cells.length} cells where the header has ${found.size}`);
    }
    yield { lineNumber, cell: (column) => cells[found.get(column) ?? -1] || undefined };
  }
  if (positions === undefined) throw badRecord(options.source, 1, 'is missing: the file is empty');
}

/** A `bad-input` error that names file and line, never what stands there. */
export function badRecord(source: string, line: number, problem: string, hint?: string): BackupError {
  const text = `Cannot read ${source}: line ${line} ${problem}`;
  return new BackupError('bad-input', text, {
    hint: hint ?? 'The file must be RFC 4180 CSV in UTF-8 with a header line',
  });
}

// Beyond what csv-stringify quotes by itself: a lone CR or LF whatever the line end, and blanks that readers may trim.
const NEEDS_QUOTES = /[\r\n]|^\s|\s$|^\uFEFF/;

interface ParsedRecord {
  readonly cells: readonly string[];
  readonly lineNumber: number;
}

async function* parseCells(chunks: AsyncIterable<Uint8Array>, options: ReadOptions): AsyncGenerator<ParsedRecord> {
  const parser = parse({
    bom: true,
    record_delimiter: ['\n', '\r\n'],
    relax_column_count: true,
    skip_empty_lines: true,
    info: true,
  });
  // The parser carries the source's error to the loop below; the callback is only there because it must be.
  pipeline(Readable.from(decodeUtf8(chunks, options.source)), parser, () => undefined);
  try {
    for await (const entry of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      throwIfInterrupted(options.signal);
      yield { cells: entry.record, lineNumber: entry.info.lines };
    }
  } catch (error) {
    // The parser's errors have lines; what else comes through is the source's.
    const line = (error as { readonly lines?: unknown }).lines;
    if (typeof line !== 'number') throw error;
    // No cause: the parser's message quotes the record, and that is personal data.
    throw badRecord(options.source, line, 'is not valid CSV');
  }
}

async function* decodeUtf8(chunks: AsyncIterable<Uint8Array>, source: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let line = 1;
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch {
      throw badRecord(source, line, 'or one soon after it is not valid UTF-8');
    }
  };
  for await (const chunk of chunks) {
    const text = decode(chunk);
    line += text.split('\n').length - 1;
    if (text !== '') yield text;
  }
  decode();
}

function readHeader(cells: readonly string[], options: ReadOptions): ReadonlyMap<string, number> {
  const optional = new Set(options.optionalColumns);
  const missing = options.columns.filter((column) => !optional.has(column) && !cells.includes(column));
  if (missing.length > 0) {
    const hint = `The first line must be: ${options.columns.join(',')}`;
    throw badRecord(
      options.source,
      1,
      `lacks the column${missing.length === 1 ? '' : 's'} ${missing.join(', ')}`,
      hint,
    );
  }
  const positions = new Map(cells.map((column, index) => [column, index]));
  const wrong =
    positions.size !== cells.length
      ? 'repeats a column'
      : cells.some((c) => !options.columns.includes(c))
        ? 'has an unknown column'
        : undefined;
  if (wrong !== undefined)
    throw badRecord(options.source, 1, wrong, `The first line must be: ${options.columns.join(',')}`);
  return positions;
}
