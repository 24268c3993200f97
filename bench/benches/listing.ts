import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Bench, BenchOptions } from '../bench.ts';
import { runCommand } from '../process/run-measured.ts';
import { runWorker } from '../process/run-worker.ts';
import type { ListingWay } from '../process/worker-task.ts';
import type { HostSetup } from '../simulator/host-messages.ts';
import { withSimulator, type HostedSimulator } from '../simulator/hosted-simulator.ts';
import { rateOf, type CategoryRate } from '../simulator/rate-at-simulator.ts';
import { figure, headcount, percent, seconds, times, type Table } from '../table.ts';

/** [D] COGNITO-FACTS §2. */
const QUOTA_PER_SECOND = 30;
const LATENCY_MS = 100;
/** A chain's pace does not depend on how long it is: the others list this many. */
const RIVAL_USERS = 12_000;
const CURVE_MS = [50, 100, 200, 400];
const RIVAL_PACKAGE = 'cognito-backup-restore@1.3.2';

const LIMITERS = [
  { name: 'one-second windows', simulator: { quotaWindow: 'second' } },
  { name: 'token bucket, burst 5', simulator: { quotaWindow: 'bucket', burst: 5 } },
  { name: 'token bucket, burst 10', simulator: { quotaWindow: 'bucket', burst: 10 } },
  { name: 'token bucket, burst 1', simulator: { quotaWindow: 'bucket', burst: 1 } },
] as const satisfies readonly { readonly name: string; readonly simulator: HostSetup['simulator'] }[];

/** How near the quota the listing comes, and what it gains over what there was. */
export const listing: Bench = {
  name: 'listing',
  title: 'Listing at the default quota (30 calls a second)',
  run: async (options) => {
    const folder = await mkdtemp(join(tmpdir(), 'cognito-backup-bench-listing-'));
    try {
      const ours = await measureOurs(options, folder);
      const rivals = await measureRivals(options, folder);
      const curve = await measureCurve(options, folder);
      return {
        tables: [oursTable(ours), rivalsTable(ours[1] ?? ours[0], rivals), curveTable(curve)],
        notes: [
          'A rate is what the simulator let through from the first ListUsers call to the last, by its own clock. A quota of 30 allows 100 %; we pace at 98 %.',
          `Ours is the built command's whole \`backup\`; its rows end with the time of the whole command, reading back and committing included. The others list ${headcount(rivalUsers(options))} users, at a rate that does not depend on how many.`,
          `\`${RIVAL_PACKAGE}\` is driven through its library API. It asks for no page size and gets the default, which is reported to be 25 (the simulator's too): its users a second are lower than its calls say.`,
        ],
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

interface Ours extends CategoryRate {
  readonly limiter: string;
  readonly users: number;
  readonly wallMs: number;
}

async function measureOurs(options: BenchOptions, folder: string): Promise<readonly Ours[]> {
  const users = options.users?.[0] ?? (options.quick ? 6_000 : 100_000);
  const all: Ours[] = [];
  for (const { name, simulator } of LIMITERS) {
    const setup = setupOf(users, LATENCY_MS, simulator);
    const ours = await withSimulator(setup, (hosted) => backUp(hosted, join(folder, `vault-${all.length}`)));
    options.say(`ours, ${name}: ${figure(ours.perSecond)} calls/s, ${ours.throttles} throttles`);
    all.push({ limiter: name, users, ...ours });
  }
  return all;
}

async function backUp(
  { env, poolIds, counters }: HostedSimulator,
  vault: string,
): Promise<CategoryRate & { readonly wallMs: number }> {
  const args = ['backup', '--pool', poolIds[0] ?? '', '--vault', vault, '--listing', 'sharded', '--quiet'];
  const { wallMs } = await runCommand(args, { env });
  return { ...rateOf((await counters()).counters, 'UserList', ['ListUsers']), wallMs };
}

interface Rival extends CategoryRate {
  readonly name: string;
  readonly users: number;
}

async function measureRivals(options: BenchOptions, folder: string): Promise<readonly Rival[]> {
  const users = rivalUsers(options);
  options.say(`Installing ${RIVAL_PACKAGE} into a temporary folder`);
  await promisify(execFile)(
    'npm',
    ['install', '--prefix', folder, '--no-save', '--ignore-scripts', '--loglevel=error', RIVAL_PACKAGE],
    { cwd: folder },
  );
  const setup = setupOf(users, LATENCY_MS, LIMITERS[1].simulator);
  return withSimulator(setup, async (hosted) => {
    const rivals: Rival[] = [];
    const measure = async (how: ListingWay, name: string) => {
      const rival = { name, users, ...(await listAs(how, hosted, folder)) };
      options.say(`${name}: ${figure(rival.perSecond)} calls/s`);
      rivals.push(rival);
    };
    await measure('sdk-paginator', "the SDK's own paginator");
    await measure('pausing-loop', 'a loop that pauses 150 ms after each page');
    await measure('npm-package', `npm \`${RIVAL_PACKAGE}\``);
    return rivals;
  });
}

async function listAs(how: ListingWay, hosted: HostedSimulator, folder: string): Promise<CategoryRate> {
  await hosted.resetCounters();
  const task = { how, poolId: hosted.poolIds[0] ?? '', packageFolder: folder, outFolder: join(folder, 'rival') };
  await runWorker(task, hosted.env);
  return rateOf((await hosted.counters()).counters, 'UserList', ['ListUsers']);
}

interface CurvePoint {
  readonly latencyMs: number;
  readonly ours: CategoryRate;
  readonly paginator: CategoryRate;
  readonly loop: CategoryRate;
}

async function measureCurve(options: BenchOptions, folder: string): Promise<readonly CurvePoint[]> {
  const points: CurvePoint[] = [];
  for (const latencyMs of options.quick ? [50] : CURVE_MS) {
    const users = options.quick ? 3_000 : 30_000;
    const { simulator } = LIMITERS[1];
    const vault = join(folder, `vault-curve-${latencyMs}`);
    const ours = await withSimulator(setupOf(users, latencyMs, simulator), (hosted) => backUp(hosted, vault));
    const [paginator, loop] = await withSimulator(
      setupOf(options.quick ? 600 : 3_600, latencyMs, simulator),
      async (hosted) => [await listAs('sdk-paginator', hosted, folder), await listAs('pausing-loop', hosted, folder)],
    );
    options.say(`at ${latencyMs} ms: ${figure(ours.perSecond)} calls/s`);
    points.push({ latencyMs, ours, paginator, loop });
  }
  return points;
}

function setupOf(users: number, latencyMs: number, simulator: HostSetup['simulator']): HostSetup {
  return { simulator: { ...simulator, latencyMs }, pools: [{ users, groups: 0, model: 'alias', seed: 1 }] };
}

function rivalUsers({ quick }: BenchOptions): number {
  return quick ? 1_200 : RIVAL_USERS;
}

function oursTable(ours: readonly Ours[]): Table {
  return {
    caption: `Ours, ${LATENCY_MS} ms latency`,
    columns: ['limiter', 'users', 'calls/s', 'of the quota', 'throttles', 'users/s', 'listing', 'whole command'],
    rows: ours.map((row) => [
      row.limiter,
      headcount(row.users),
      figure(row.perSecond),
      percent(row.perSecond / QUOTA_PER_SECOND),
      String(row.throttles),
      figure((row.users / row.spanMs) * 1_000),
      seconds(row.spanMs),
      seconds(row.wallMs),
    ]),
  };
}

function rivalsTable(ours: Ours | undefined, rivals: readonly Rival[]): Table {
  const usersPerSecond = (row: { readonly users: number; readonly spanMs: number }) => (row.users / row.spanMs) * 1_000;
  return {
    caption: `The others, ${LATENCY_MS} ms latency, and how much faster ours is (${ours?.limiter ?? ''})`,
    columns: ['who lists', 'calls/s', 'users/s', 'ours, by calls', 'ours, by users'],
    rows: rivals.map((row) => [
      row.name,
      figure(row.perSecond),
      figure(usersPerSecond(row)),
      times((ours?.perSecond ?? Number.NaN) / row.perSecond),
      times(ours ? usersPerSecond(ours) / usersPerSecond(row) : Number.NaN),
    ]),
  };
}

function curveTable(points: readonly CurvePoint[]): Table {
  return {
    caption: 'By latency (token bucket, burst 5), in calls a second',
    columns: [
      'latency',
      'ours',
      'of the quota',
      'throttles',
      'paginator',
      'ours / paginator',
      'pausing loop',
      'ours / loop',
    ],
    rows: points.map(({ latencyMs, ours, paginator, loop }) => [
      `${latencyMs} ms`,
      figure(ours.perSecond),
      percent(ours.perSecond / QUOTA_PER_SECOND),
      String(ours.throttles),
      figure(paginator.perSecond),
      times(ours.perSecond / paginator.perSecond),
      figure(loop.perSecond),
      times(ours.perSecond / loop.perSecond),
    ]),
  };
}
