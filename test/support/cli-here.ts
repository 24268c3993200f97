import { PassThrough } from 'node:stream';
import { vi } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { keepEnvironment } from './environment.ts';

export interface CliHereResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Somebody at the keyboard: what is typed when a question appears. */
export type Answerer = (question: 'yes' | 'pool-id') => string;

type Write = (text: string | Uint8Array, ...rest: readonly unknown[]) => boolean;

/**
 * Runs a command line in this process, from source, at a terminal only where somebody answers. One at a time: it takes
 * stdin, stdout and stderr over.
 */
export async function cliHere(args: readonly string[], answer?: Answerer): Promise<CliHereResult> {
  const keyboard = answer && sitDown(answer);
  const text = { stdout: '', stderr: '' };
  const restoreEnvironment = keepEnvironment();
  const spies = (['stdout', 'stderr'] as const).map((name) => {
    process[name].setMaxListeners(0);
    const write: Write = (chunk, ...rest) => {
      const added = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      text[name] += added;
      if (name === 'stderr') keyboard?.sees(added);
      const done = rest.find((item) => typeof item === 'function') as (() => void) | undefined;
      done?.();
      return true;
    };
    return vi.spyOn(process[name], 'write').mockImplementation(write);
  });
  try {
    return { exitCode: await runCli(args), ...text };
  } finally {
    for (const spy of spies) spy.mockRestore();
    keyboard?.leave();
    // A command may set variables for the SDK; its process would end here.
    restoreEnvironment();
  }
}

const QUESTIONS = [
  ['yes', 'Type yes to carry this out on'],
  ['pool-id', 'Type the id of the pool'],
] as const;

/** Makes stdin and stderr look like a terminal; types the answer once the question is on the screen. */
function sitDown(answer: Answerer): { readonly sees: (text: string) => void; readonly leave: () => void } {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  const { stdin, stderr } = process;
  const { isTTY } = stderr;
  Object.defineProperty(process, 'stdin', { value: input, configurable: true });
  stderr.isTTY = true;
  let isAnswered = false;
  return {
    sees: (text) => {
      const question = QUESTIONS.find(([, words]) => text.includes(words));
      if (!question || isAnswered) return;
      isAnswered = true;
      setImmediate(() => input.write(answer(question[0])));
    },
    leave: () => {
      Object.defineProperty(process, 'stdin', { value: stdin, configurable: true });
      stderr.isTTY = isTTY;
    },
  };
}
