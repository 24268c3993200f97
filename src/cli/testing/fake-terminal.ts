import { PassThrough } from 'node:stream';
import pico from 'picocolors';
import type { Terminal } from '../terminal.ts';

/** A terminal that remembers what was written, without colours. */
export interface FakeTerminal extends Terminal {
  readonly stdout: string[];
  readonly stderr: string[];
  readonly statusLine: string | undefined;
}

export function fakeTerminal(given: { live?: boolean; columns?: number; interactive?: boolean } = {}): FakeTerminal {
  const { live = false, columns = 120, interactive = false } = given;
  const stdout: string[] = [];
  const stderr: string[] = [];
  const colors = pico.createColors(false);
  let statusLine: string | undefined;
  return {
    stdout,
    stderr,
    get statusLine() {
      return statusLine;
    },
    interactive,
    live,
    columns,
    outWidth: undefined,
    errWidth: undefined,
    out: colors,
    err: colors,
    input: new PassThrough(),
    questions: new PassThrough(),
    data: (text) => void stdout.push(text),
    stream: async (text) => {
      stdout.push(text);
      return true;
    },
    log: (text) => void stderr.push(text),
    status: (text) => {
      statusLine = text;
    },
    flush: async () => {},
  };
}
