import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import type { RaceAnswer, RaceTask } from './race-task.ts';

/** A process of its own with a storage open: it does one task after another. */
export interface Racer {
  readonly pid: number;
  do(task: RaceTask): Promise<RaceAnswer>;
  /** What it says next, without a new task. */
  next(): Promise<RaceAnswer>;
  kill(signal: NodeJS.Signals): void;
  /** Ends it, if it has not ended yet. */
  end(): Promise<void>;
}

export interface RacerOptions {
  /** Where Cognito and S3 are; nowhere by default. */
  readonly endpoint?: string;
}

/** Starts racers from one bundle, and ends those that are left. */
export interface RaceTrack {
  start(location: string, options?: RacerOptions): Racer;
  many(count: number, location: string, options?: RacerOptions): readonly Racer[];
  endAll(): Promise<void>;
  close(): Promise<void>;
}

/** CommonJS packages in an ESM bundle call `require` for Node's own modules. */
const REQUIRE = `import { createRequire as createRequire_ } from 'node:module'; const require = createRequire_(import.meta.url);`;

/** Bundles the worker, because Node 20 runs no TypeScript. */
export async function openRaceTrack(): Promise<RaceTrack> {
  const folder = await mkdtemp(join(tmpdir(), 'races-'));
  const worker = join(folder, 'worker.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'race-worker.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    outfile: worker,
    banner: { js: REQUIRE },
    logLevel: 'error',
  });
  const racers = new Set<Racer>();
  const start = (location: string, options: RacerOptions = {}): Racer => {
    const racer = startRacer(worker, location, options);
    racers.add(racer);
    return racer;
  };
  const endAll = async (): Promise<void> => {
    await Promise.all([...racers].map((racer) => racer.end()));
    racers.clear();
  };
  return {
    start,
    many: (count, location, options) => Array.from({ length: count }, () => start(location, options)),
    endAll,
    close: async () => {
      await endAll();
      await rm(folder, { recursive: true });
    },
  };
}

function startRacer(worker: string, location: string, { endpoint = 'http://127.0.0.1:9' }: RacerOptions): Racer {
  const child: ChildProcess = spawn(process.execPath, [worker, location], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'example',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  });
  const waiting: ((answer: RaceAnswer) => void)[] = [];
  child.stdin?.on('error', () => undefined);
  createInterface({ input: child.stdout! }).on('line', (line) => waiting.shift()?.(JSON.parse(line) as RaceAnswer));
  child.on('exit', () => {
    for (const answer of waiting.splice(0)) answer({ code: 'ended', message: 'The process ended' });
  });
  const next = (): Promise<RaceAnswer> => new Promise((resolve) => waiting.push(resolve));
  return {
    pid: child.pid ?? 0,
    next,
    do: (task) => {
      child.stdin?.write(`${JSON.stringify(task)}\n`);
      return next();
    },
    kill: (signal) => void child.kill(signal),
    end: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
