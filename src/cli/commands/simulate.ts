import { plantSeed } from '../../simulator/seeds/plant-seed.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import type { CommandContext, CommandResult, OutputOptions } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { formatCount } from '../figures.ts';
import { alignTable } from '../layout.ts';
import { seedOf, standbyOf, type SeedSize } from '../seeds.ts';
import type { PoolKind } from '../syntax/option-values.ts';

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

/** Runs a simulated Cognito and S3 until Ctrl-C. Says where it is at once; what it counted is the result. */
export async function simulate(context: CommandContext, options: SimulateArguments): Promise<CommandResult> {
  const simulator = await startSimulator({
    port: options.port,
    quotaScale: options.quotaScale,
    lagMs: options.lag * 1_000,
    latencyMs: options.latency,
  });
  try {
    simulator.s3.putBucket(BUCKET);
    const pools = (options.seed ?? ['mixed']).map((kind) => plantPair(simulator, kind, options));
    announce(context, simulator, pools);
    await untilAborted(context.signal);
  } finally {
    await simulator.stop();
  }
  const { calls, messages, maus, throttles } = simulator.counters;
  return {
    exitCode: EXIT.done,
    document: { endpoint: simulator.endpoint, calls, throttles, messages, maus },
    lines: [
      `Stopped after ${formatCount(Object.values(calls).reduce((sum, count) => sum + count, 0))} calls; messages caused by an administrator: ${formatCount(messages.causedByAdmin)}, monthly active users: ${formatCount(maus)}`,
    ],
  };
}

interface PlantedPair {
  readonly kind: PoolKind;
  readonly source: string;
  readonly standby: string;
}

function plantPair(simulator: Simulator, kind: PoolKind, size: SeedSize): PlantedPair {
  const seed = seedOf(kind, size);
  return { kind, source: plantSeed(simulator, seed), standby: plantSeed(simulator, standbyOf(seed)) };
}

/** On stderr, because the one document of `--json` comes at the end; ready to paste into a shell. */
function announce({ terminal }: CommandContext, simulator: Simulator, pools: readonly PlantedPair[]): void {
  const { err } = terminal;
  const rows = pools.flatMap(({ kind, source, standby }) => [
    [source, kind, 'source', formatCount(simulator.pool(source).size)],
    [standby, kind, 'standby, empty', '0'],
  ]);
  const [first] = pools;
  terminal.log(`${err.green('✔')} Simulated Cognito and S3 at ${err.bold(simulator.endpoint)}. Ctrl-C stops it`);
  terminal.log('');
  for (const line of alignTable(['POOL', 'KIND', 'ROLE', 'USERS'], rows, { right: ['USERS'], dim: err.dim })) {
    terminal.log(`  ${line}`);
  }
  terminal.log('');
  for (const [name, value] of environmentFor(simulator)) terminal.log(`  export ${name}=${value}`);
  terminal.log('');
  terminal.log(`  ${err.dim('cognito-backup')} backup --pool ${first?.source ?? 'POOL'} --vault s3://${BUCKET}/vault`);
  terminal.log('');
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
