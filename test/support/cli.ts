import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/simulator.ts';

/** The built command, or another one that a variable names: that of an installed package, for example. */
export const builtCommand =
  process.env['COGNITO_BACKUP_TEST_MAIN'] ??
  join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'dist', 'cli', 'main.js');

/** Long enough for the slowest command of the tests on a busy machine; then it is killed, and the test tells. */
const TIMEOUT_MS = 120_000;

export interface CliOptions {
  /** Added to the environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Typed on stdin, which is closed otherwise. */
  readonly input?: string;
  /** Runs it as another user of this machine. */
  readonly uid?: number;
}

/** What a finished command left behind. */
export interface CliResult {
  /** `null` where a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface RunningCli {
  readonly result: Promise<CliResult>;
  /** What stdout and stderr hold so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Whether it has ended. */
  readonly ended: () => boolean;
}

/** Starts the built command as a process of its own, with no terminal and with nothing of this machine's AWS set-up. */
export function startCli(args: readonly string[], options: CliOptions = {}): RunningCli {
  const child = spawn(process.execPath, [builtCommand, ...args], {
    cwd: options.cwd ?? tmpdir(),
    env: definedOnly({ ...bareEnvironment(), ...options.env }),
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.uid !== undefined && { uid: options.uid, gid: options.uid }),
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text.stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text.stderr += chunk));
  child.stdin.on('error', () => {}).end(options.input ?? '');
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  const result = once(child, 'close').then(([exitCode, signal]: (number | string | null)[]): CliResult => {
    clearTimeout(timer);
    return { exitCode: exitCode as number | null, signal: signal as NodeJS.Signals | null, ...text };
  });
  return {
    result,
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    kill: (signal) => void child.kill(signal),
    ended: () => child.exitCode !== null || child.signalCode !== null,
  };
}

export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return startCli(args, options).result;
}

/** The one JSON document on stdout; throws where there is none, or more than that. */
export function documentOf({ stdout, stderr, exitCode }: CliResult): JsonDocument {
  try {
    return JSON.parse(stdout) as JsonDocument;
  } catch {
    throw new Error(
      `Not one JSON document on stdout (exit ${exitCode}):\n${stdout.slice(0, 2_000)}\n${stderr.slice(-2_000)}`,
    );
  }
}

// oxlint-disable-next-line typescript/no-explicit-any -- tests say with `toMatchObject` or a schema what has to be in it
export type JsonDocument = Record<string, any>;

export interface JsonResult extends CliResult {
  readonly document: JsonDocument;
}

/** A simulated Cognito and S3, a folder for vaults and files, and the command set up to use them. */
export interface CliBench {
  readonly simulator: Simulator;
  readonly folder: string;
  /** A path below the folder. */
  path(...names: readonly string[]): string;
  readonly env: Readonly<Record<string, string>>;
  start(args: readonly string[], options?: CliOptions): RunningCli;
  run(args: readonly string[], options?: CliOptions): Promise<CliResult>;
  /** The same with `--json`. */
  json(args: readonly string[], options?: CliOptions): Promise<JsonResult>;
  close(): Promise<void>;
}

/** The simulator has no quotas and announces so, unless told otherwise; its S3 has the bucket `bucket`. */
export async function startCliBench(options: SimulatorOptions = {}): Promise<CliBench> {
  const simulator = await startSimulator({ quotaScale: 'unlimited', ...options });
  simulator.s3.putBucket('bucket');
  const folder = await mkdtemp(join(tmpdir(), 'cognito-backup-e2e-'));
  const env = simulatedEnvironment(simulator);
  const start: CliBench['start'] = (args, extra = {}) =>
    startCli(args, { cwd: folder, ...extra, env: { ...env, ...extra.env } });
  return {
    simulator,
    folder,
    path: (...names) => join(folder, ...names),
    env,
    start,
    run: (args, extra) => start(args, extra).result,
    json: async (args, extra) => {
      const result = await start([...args, '--json'], extra).result;
      return { ...result, document: documentOf(result) };
    },
    close: async () => {
      await simulator.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What a shell needs so that every AWS tool talks to the simulator. */
function simulatedEnvironment({ endpoint, region }: Pick<Simulator, 'endpoint' | 'region'>) {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'example',
  };
}

function bareEnvironment(): Record<string, string | undefined> {
  return {
    PATH: process.env['PATH'],
    HOME: join(tmpdir(), 'cognito-backup-nobody'),
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

function definedOnly(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined));
}
