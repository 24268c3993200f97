import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench, BenchOptions, BenchResult } from '../bench.ts';
import { runCommand, type MeasuredRun } from '../process/run-measured.ts';
import { withSimulator, type HostedSimulator } from '../simulator/hosted-simulator.ts';
import { headcount, megabytes, seconds, type Table } from '../table.ts';

const SIZES = [10_000, 100_000, 1_000_000];
const QUICK_SIZES = [2_000, 4_000];
const GROUPS = 8;

/** The largest resident set of every command that reads a whole pool, by the size of the pool; each in a process of its own. */
export const memory: Bench = {
  name: 'memory',
  title: 'Memory: peak resident set by command and size',
  run: async (options) => {
    const sizes = options.users ?? (options.quick ? QUICK_SIZES : SIZES);
    const bySize = new Map<number, readonly Measured[]>();
    for (const users of sizes) bySize.set(users, await measureSize(users, options));
    return result(bySize);
  },
};

interface Measured {
  readonly command: string;
  readonly run: MeasuredRun;
}

async function measureSize(users: number, { say }: BenchOptions): Promise<readonly Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'cognito-backup-bench-memory-'));
  say(`Planting ${headcount(users)} users, and half as many others in a standby`);
  const pool = { users, groups: GROUPS, model: 'alias', seed: 1 } as const;
  try {
    // Another seed makes other people: nearly every user differs.
    const pools = [pool, { ...pool, users: Math.ceil(users / 2), seed: 2 }, { ...pool, users: 0 }];
    return await withSimulator({ simulator: { quotaScale: 'unlimited' }, pools }, (simulator) =>
      measureCommands(simulator, folder, say),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureCommands(
  { env, poolIds }: HostedSimulator,
  folder: string,
  say: (line: string) => void,
): Promise<readonly Measured[]> {
  const [source = '', standby = '', empty = ''] = poolIds;
  const vault = ['--vault', join(folder, 'vault'), '--quiet'];
  const latest = `${source}@latest`;
  const measured: Measured[] = [];
  const measure = async (command: string, args: readonly string[]) => {
    const run = await runCommand([...args, ...vault], { env, accept: [0, 3] });
    measured.push({ command, run });
    say(`  ${command}: ${megabytes(run.peakBytes)} in ${seconds(run.wallMs)}, ${run.samples.join(' ')}`);
  };
  await measure('backup', ['backup', '--pool', source]);
  await measure('verify', ['verify', latest]);
  await measure('diff with a live pool', ['diff', latest, `pool:${standby}`]);
  await measure('restore --dry-run', ['restore', latest, '--pool', empty, '--dry-run']);
  await measure('mirror --dry-run', ['mirror', latest, '--pool', standby, '--max-deletes', '100000000', '--dry-run']);
  for (const format of ['csv', 'spreadsheet', 'jsonl']) {
    const out = join(folder, `export-${format}`);
    await measure(`export --format ${format}`, ['export', latest, '--format', format, '--out', out]);
  }
  return measured;
}

function result(bySize: ReadonlyMap<number, readonly Measured[]>): BenchResult {
  const sizes = [...bySize.keys()];
  const commands = [...bySize.values()][0]?.map(({ command }) => command) ?? [];
  const runOf = (users: number, command: string) => bySize.get(users)?.find((one) => one.command === command)?.run;
  const table = (caption: string, cell: (run: MeasuredRun) => string): Table => ({
    caption,
    columns: ['command', ...sizes.map((users) => `${headcount(users)} users`)],
    rows: commands.map((command) => [
      command,
      ...sizes.map((users) => {
        const run = runOf(users, command);
        return run ? cell(run) : '–';
      }),
    ]),
  });
  return {
    tables: [
      table('Peak resident set', ({ peakBytes }) => megabytes(peakBytes)),
      table(
        'Time from start to end, and CPU time of the process',
        ({ wallMs, cpuMs }) => `${seconds(wallMs)}, ${seconds(cpuMs)}`,
      ),
    ],
    notes: [
      'Each command ran in a process of its own (`VmHWM` at its end), the simulator in another; no quota, no latency.',
      `${GROUPS} groups with 1.3 memberships a user. The live pool of diff and mirror holds half as many others, so that every user differs.`,
    ],
  };
}
