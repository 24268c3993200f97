import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { builtFile, commandFile } from './built-files.ts';
import type { ProcessFigures } from './figures-of-process.ts';

export interface MeasuredRun extends ProcessFigures {
  readonly exitCode: number | null;
  readonly stdout: string;
  /** From spawning to the end. */
  readonly wallMs: number;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes that are no failure; 0 alone unless given. */
  readonly accept?: readonly number[];
  /** What Node is started with. */
  readonly nodeArgs?: readonly string[];
}

/** Runs the built command in a process of its own and answers what it has used. Throws when it fails. */
export function runCommand(args: readonly string[], options: RunOptions = {}): Promise<MeasuredRun> {
  return runMeasured([commandFile(), ...args], options);
}

/** The same for any script. */
export async function runMeasured(script: readonly string[], options: RunOptions = {}): Promise<MeasuredRun> {
  const folder = await mkdtemp(join(tmpdir(), 'cognito-backup-bench-'));
  try {
    const file = join(folder, 'figures.json');
    const hook = pathToFileURL(builtFile('report-peak.mjs')).href;
    const startedMs = performance.now();
    const child = spawn(process.execPath, [...(options.nodeArgs ?? []), '--import', hook, ...script], {
      env: { ...bareEnvironment(), ...options.env, BENCH_FIGURES: file },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const text = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text.stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text.stderr = (text.stderr + chunk).slice(-4_000)));
    const [exitCode] = (await once(child, 'close')) as [number | null];
    const wallMs = performance.now() - startedMs;
    if (!(options.accept ?? [0]).includes(exitCode ?? -1)) {
      throw new Error(`${script.slice(0, 3).join(' ')} ended with ${exitCode}:\n${text.stderr}`);
    }
    const figures = JSON.parse(await readFile(file, 'utf8')) as ProcessFigures;
    return { ...figures, exitCode, stdout: text.stdout, wallMs };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function bareEnvironment(): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: join(tmpdir(), 'cognito-backup-nobody'),
    AWS_EC2_METADATA_DISABLED: 'true',
    ...(process.env['BENCH_SAMPLES'] && { BENCH_SAMPLES: process.env['BENCH_SAMPLES'] }),
    ...(process.env['TMPDIR'] && { TMPDIR: process.env['TMPDIR'] }),
  };
}
