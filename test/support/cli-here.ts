import { vi } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';

export interface CliHereResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Write = (text: string | Uint8Array, ...rest: readonly unknown[]) => boolean;

/** Runs a command line in this process, from source, with no terminal. One at a time: it takes stdout and stderr over. */
export async function cliHere(args: readonly string[]): Promise<CliHereResult> {
  const text = { stdout: '', stderr: '' };
  const environment = { ...process.env };
  const spies = (['stdout', 'stderr'] as const).map((name) => {
    process[name].setMaxListeners(0);
    const write: Write = (chunk, ...rest) => {
      text[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
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
    // A command may set variables for the SDK; its process would end here.
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
    Object.assign(process.env, environment);
  }
}
