import type { Readable, Writable } from 'node:stream';
import pico from 'picocolors';
import { escapeOutput } from './escape.ts';
import { EXIT } from './exit-codes.ts';

export type Colors = ReturnType<typeof pico.createColors>;

/** Where a command speaks: data on stdout, everything else on stderr. Nothing outside this file touches either. */
export interface Terminal {
  /** A person sits at both ends: stdin and stderr are terminals. */
  readonly interactive: boolean;
  /** stderr can redraw its last line. */
  readonly live: boolean;
  readonly columns: number;
  /** Where lines may be broken; `undefined` for what is no terminal: programs read whole lines. */
  readonly outWidth: number | undefined;
  readonly errWidth: number | undefined;
  /** Colours of stdout and of stderr; without effect where they are not wanted. */
  readonly out: Colors;
  readonly err: Colors;
  /** For questions. */
  readonly input: Readable;
  readonly questions: Writable;
  /** A line, or lines, of data. */
  data(text: string): void;
  /** A piece of a stream of data, as it is unless stdout is a screen. Resolves when more may come; `false` once nobody reads any more. */
  stream(text: string): Promise<boolean>;
  log(text: string): void;
  /** Redraws the last line of stderr; without text the line is removed. */
  status(text?: string): void;
  /** Resolves when all is written. */
  flush(): Promise<void>;
}

export interface TerminalOptions {
  /** `false` for `--no-color`. */
  readonly color?: boolean;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

interface Stream {
  readonly isTTY?: boolean;
}

const CLEAR_LINE = '\r\u001b[2K';
const DEFAULT_COLUMNS = 80;
const STDOUT_HINT = 'Free some space where stdout goes, then run the same command again';

export function createTerminal(options: TerminalOptions = {}): Terminal {
  const { stdin, stdout, stderr } = process;
  const env = options.env ?? process.env;
  let isClosed = false;
  let hasStatus = false;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever read has had enough, as `head` has: no reason to complain.
    if (error.code === 'EPIPE') {
      isClosed = true;
      return;
    }
    // What is missing there must not pass for whole, and nothing that follows could be said there.
    stderr.write(`Error: Cannot write to stdout (${error.code ?? error.name})\nHint: ${STDOUT_HINT}\n`);
    process.exit(EXIT.failed);
  });
  stderr.on('error', () => {});
  const status = (text?: string): void => {
    if (text === undefined ? hasStatus : true) stderr.write(`${CLEAR_LINE}${escapeOutput(text ?? '', err)}`);
    hasStatus = text !== undefined;
  };
  const out = { colors: wantsColor(stdout, options.color, env) };
  const err = { colors: wantsColor(stderr, options.color, env) };
  return {
    interactive: stdin.isTTY === true && stderr.isTTY === true,
    live: stderr.isTTY === true && env['TERM'] !== 'dumb',
    get columns() {
      return stderr.columns || DEFAULT_COLUMNS;
    },
    outWidth: stdout.isTTY ? (stdout.columns ?? DEFAULT_COLUMNS) : undefined,
    errWidth: stderr.isTTY ? (stderr.columns ?? DEFAULT_COLUMNS) : undefined,
    out: pico.createColors(out.colors),
    err: pico.createColors(err.colors),
    input: stdin,
    questions: stderr,
    data: (text) => {
      status();
      if (!isClosed) stdout.write(`${escapeOutput(text, out)}\n`);
    },
    stream: async (text) => {
      if (isClosed) return false;
      // A pipe gets every byte as it is; a screen gets what can be read on it.
      const shown = stdout.isTTY ? escapeOutput(text, { colors: false }) : text;
      return new Promise((resolve) => stdout.write(shown, (error) => resolve(!error)));
    },
    log: (text) => {
      status();
      stderr.write(`${escapeOutput(text, err)}\n`);
    },
    status,
    flush: async () => {
      await new Promise<void>((resolve) => stdout.write('', () => resolve()));
      await new Promise<void>((resolve) => stderr.write('', () => resolve()));
    },
  };
}

/** `--no-color` and NO_COLOR (no-color.org) win over FORCE_COLOR, and that over what the stream is. */
export function wantsColor(
  stream: Stream,
  option: boolean | undefined,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = env;
  if (option === false || (NO_COLOR !== undefined && NO_COLOR !== '')) return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return stream.isTTY === true && TERM !== 'dumb';
}
