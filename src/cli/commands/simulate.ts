import { BackupError } from '../../model/errors.ts';
import { plantSeed } from '../../simulator/seeds/plant-seed.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import type { CommandContext, CommandResult, OutputOptions } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { counted, formatCount } from '../figures.ts';
import { alignTable } from '../layout.ts';
import { seedOf, standbyOf, type SeedSize } from '../seeds.ts';
import type { PoolKind } from '../syntax/option-values.ts';
import type { Colors } from '../terminal.ts';

export interface SimulateArguments extends OutputOptions, SeedSize {
  readonly port: number;
  readonly seed?: readonly PoolKind[];
  readonly quotaScale: number;
  /** Seconds. */
  readonly lag: number;
  /** Milliseconds. */
  readonly latency: number;
}

const BUCKET = 'cognito-backup';

/** Runs a simulated Cognito and S3 until Ctrl-C. */
export async function simulate(context: CommandContext, options: SimulateArguments): Promise<CommandResult> {
  const simulator = await start(options);
  simulator.s3.putBucket(BUCKET);
  const pools = (options.seed ?? ['mixed']).map((kind) => plantPair(simulator, kind, options));
  return {
    exitCode: EXIT.done,
    document: {
      endpoint: simulator.endpoint,
      region: simulator.region,
      bucket: BUCKET,
      pools,
      environment: Object.fromEntries(environmentFor(simulator)),
    },
    lines: announcement(simulator, pools, context.terminal.out),
    serve: async () => {
      await untilAborted(context.signal);
      await simulator.stop();
      return [summaryOf(simulator)];
    },
  };
}

function summaryOf({ counters }: Simulator): string {
  const calls = Object.values(counters.calls).reduce((sum, count) => sum + count, 0);
  return [
    `Answered ${counted(calls, 'call')}`,
    `${counted(counters.messages.causedByAdmin, 'message')} caused by an administrator`,
    counted(counters.maus, 'monthly active user'),
  ].join(', ');
}

async function start({ port, quotaScale, lag, latency }: SimulateArguments): Promise<Simulator> {
  try {
    return await startSimulator({ port, quotaScale, lagMs: lag * 1_000, latencyMs: latency });
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (!code.startsWith('E')) throw cause;
    throw new BackupError('usage', `Cannot listen on port ${port} (${code})`, {
      hint: 'Name another with --port, or leave it out for any free one',
      cause,
    });
  }
}

interface PlantedPair {
  readonly kind: PoolKind;
  readonly source: string;
  readonly standby: string;
  readonly users: number;
}

function plantPair(simulator: Simulator, kind: PoolKind, size: SeedSize): PlantedPair {
  const seed = seedOf(kind, size);
  const source = plantSeed(simulator, seed);
  return { kind, source, standby: plantSeed(simulator, standbyOf(seed)), users: seed.users.length };
}

/** Ready to paste into a shell. */
function announcement(simulator: Simulator, pools: readonly PlantedPair[], out: Colors): string[] {
  const rows = pools.flatMap(({ kind, source, standby, users }) => [
    [source, kind, 'source', formatCount(users)],
    [standby, kind, 'standby, empty', '0'],
  ]);
  const [first] = pools;
  const table = alignTable(['POOL', 'KIND', 'ROLE', 'USERS'], rows, { right: ['USERS'], dim: out.dim });
  return [
    `${out.green('✔')} Simulated Cognito and S3 at ${out.bold(simulator.endpoint)}. Ctrl-C stops it`,
    '',
    ...table.map((line) => `  ${line}`),
    '',
    ...environmentFor(simulator).map(([name, value]) => `  export ${name}=${value}`),
    '',
    `  cognito-backup backup --pool ${first?.source ?? 'POOL'} --vault s3://${BUCKET}/vault`,
    '',
  ];
}

/** What makes every AWS tool talk to the simulator. */
export function environmentFor({ endpoint, region }: Pick<Simulator, 'endpoint' | 'region'>) {
  return [
    ['AWS_ENDPOINT_URL', endpoint],
    ['AWS_REGION', region],
    ['AWS_ACCESS_KEY_ID', 'simulated'],
    ['AWS_SECRET_ACCESS_KEY', 'simulated'],
  ] as const;
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  // A listener alone does not keep the process alive; the server does.
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
