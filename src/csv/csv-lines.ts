import { BackupError } from '../model/errors.ts';
import { throwIfInterrupted } from '../runtime/interruption.ts';

export interface TextLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

export interface LinesOptions {
  /** For messages: the file's name. */
  readonly source: string;
  readonly maxCharacters: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Cuts bytes into lines at LF or CRLF, holding one line at most, and decodes each as UTF-8. Empty lines at the end are dropped.
 *
 * Errors: `bad-input` with the line's number for a byte order mark, another encoding, a stray carriage return, an empty
 * line between others, or a line of more than `maxCharacters` UTF-16 units.
 */
export async function* csvLines(chunks: AsyncIterable<Uint8Array>, options: LinesOptions): AsyncGenerator<TextLine> {
  const decoder = new LineDecoder(options);
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  for await (const chunk of chunks) {
    throwIfInterrupted(options.signal);
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    for (let end = bytes.indexOf(LF); end !== -1; end = bytes.indexOf(LF, start)) {
      const rest = bytes.subarray(start, end);
      const line = decoder.decode(withoutReturn(pending.length === 0 ? rest : Buffer.concat([...pending, rest])));
      pending = [];
      pendingBytes = 0;
      start = end + 1;
      if (line !== undefined) yield line;
    }
    if (start === bytes.length) continue;
    pending.push(Buffer.from(bytes.subarray(start)));
    pendingBytes += bytes.length - start;
    if (pendingBytes > options.maxCharacters * MAX_BYTES_A_CHARACTER) throw decoder.tooLong(Buffer.concat(pending));
  }
  const last = decoder.decode(Buffer.concat(pending));
  if (last !== undefined) yield last;
}

/** What stands before CRLF; a carriage return at the end of a file that was cut there is a stray one. */
function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === CR ? line.subarray(0, -1) : line;
}

/** A `bad-input` error that names file and line, never what stands there. */
export function badLine(source: string, line: number, problem: string, hint?: string): BackupError {
  return new BackupError(
    'bad-input',
    `Cannot read ${source}: line ${line} ${problem}`,
    hint === undefined ? {} : { hint },
  );
}

const LF = 0x0a;
const CR = 0x0d;
// UTF-8 needs at most 3 bytes for one UTF-16 unit; one more for the carriage return and a BOM that are not counted.
const MAX_BYTES_A_CHARACTER = 4;
const SAVE_AS_UTF8 = 'Save the file as UTF-8 without a byte order mark';

class LineDecoder {
  readonly #options: LinesOptions;
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #number = 0;
  #emptyLine: number | undefined;

  constructor(options: LinesOptions) {
    this.#options = options;
  }

  decode(bytes: Buffer): TextLine | undefined {
    this.#number += 1;
    if (this.#number === 1) this.#refuseOtherEncodings(bytes);
    const text = this.#text(bytes);
    if (text === '') {
      this.#emptyLine ??= this.#number;
      return undefined;
    }
    if (this.#emptyLine !== undefined)
      throw badLine(this.#options.source, this.#emptyLine, 'is empty', 'Remove the empty line');
    if (text.length > this.#options.maxCharacters) throw this.#tooLong(this.#number);
    if (text.includes('\r')) {
      throw badLine(
        this.#options.source,
        this.#number,
        'has a carriage return inside',
        'End lines with LF or CRLF; values cannot hold line breaks',
      );
    }
    return { number: this.#number, text };
  }

  /** The error for a line whose end has not been seen. */
  tooLong(begun: Buffer): BackupError {
    if (this.#number === 0) this.#refuseOtherEncodings(begun);
    return this.#tooLong(this.#number + 1);
  }

  #tooLong(line: number): BackupError {
    const limit = this.#options.maxCharacters.toLocaleString('en');
    const hint = `Cognito imports no row of more than ${limit} characters: shorten or remove it`;
    return badLine(this.#options.source, line, `is longer than ${limit} characters`, hint);
  }

  #text(bytes: Buffer): string {
    try {
      return this.#utf8.decode(bytes);
    } catch {
      // The decoder's error says nothing more, and the bytes themselves are personal data.
      throw badLine(this.#options.source, this.#number, 'is not valid UTF-8', SAVE_AS_UTF8);
    }
  }

  #refuseOtherEncodings(bytes: Buffer): void {
    const starts = (...mark: number[]): boolean => mark.every((byte, index) => bytes[index] === byte);
    if (starts(0xef, 0xbb, 0xbf)) throw badLine(this.#options.source, 1, 'begins with a byte order mark', SAVE_AS_UTF8);
    if (starts(0xff, 0xfe) || starts(0xfe, 0xff)) {
      throw badLine(this.#options.source, 1, 'begins with the mark of UTF-16, not of UTF-8', SAVE_AS_UTF8);
    }
    if (bytes.includes(0)) throw badLine(this.#options.source, 1, 'looks like UTF-16, not UTF-8', SAVE_AS_UTF8);
  }
}
