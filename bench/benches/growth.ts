import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QUOTAS, type QuotaCategory } from '../../src/cognito/quotas.ts';
import type { Bench, BenchOptions } from '../bench.ts';
import { runCommand, type MeasuredRun } from '../process/run-measured.ts';
import type { HostedPool } from '../simulator/host-messages.ts';
import { withSimulator } from '../simulator/hosted-simulator.ts';
import { duration, figure, headcount, megabytes, percent, type Table } from '../table.ts';

const PAGE = 60;
const SHARDS = 16;
const SIZES = [20_000, 50_000, 100_000];
const GROUPS = [0, 8, 400];
/** For whom a restore is priced; the calls of a plan grow in step with its users. */
const RESTORED = [10_000, 100_000, 1_000_000];
const SPOT_CHECK_USERS = 300;

/** What a pool costs to back up and to restore, and how that grows. */
export const growth: Bench = {
  name: 'growth',
  title: 'How cost grows',
  run: async (options) => {
    const folder = await mkdtemp(join(tmpdir(), 'cognito-backup-bench-growth-'));
    try {
      const backups = await measureBackups(options, folder);
      const plans = await pricePlans(options, folder);
      const spot = await spotCheck(options, folder);
      return {
        tables: [backupTable(backups), restoreTable(plans), raisedTable(plans), spotTable(spot)],
        notes: [
          'Backup: calls ≈ users ÷ 60 + memberships ÷ 60 + 16 shards ÷ 2 (each ends in a page that is not full) + 1 a group (the same, and an empty one takes a call too) + groups ÷ 60 + 1, and some twelve for the configuration (more with clients). All but the last three count against UserList: time = calls ÷ 29.4 at the default quota. Memory does not grow with users but for a byte or so each (tokens seen, digests of `sub`).',
          'Restore: UserCreation 1 call a user, UserAccountRecovery 1 (random passwords), UserUpdate 1 a membership and 1 a disabled user; the categories run side by side, so the time is that of the longest.',
          `Restore times are the plan's own (\`restore --dry-run\`), for ${headcount(planUsers(options))} users against simulated default quotas; those for other sizes are its calls in proportion.`,
        ],
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

interface BackupDocument {
  readonly totals: { readonly users: number; readonly groups: number; readonly memberships: number };
  readonly calls: Readonly<Record<string, number>>;
}

interface BackupCost extends BackupDocument {
  readonly run: MeasuredRun;
}

async function measureBackups(options: BenchOptions, folder: string): Promise<readonly BackupCost[]> {
  const costs: BackupCost[] = [];
  for (const users of options.users ?? (options.quick ? [2_000] : SIZES)) {
    const pools = GROUPS.map((groups): HostedPool => ({ users, groups, model: 'alias', seed: 1 }));
    await withSimulator({ simulator: { quotaScale: 'unlimited' }, pools }, async ({ env, poolIds }) => {
      for (const poolId of poolIds) {
        const vault = join(folder, `vault-${poolId}`);
        const args = ['backup', '--pool', poolId, '--vault', vault, '--listing', 'sharded', '--quiet', '--json'];
        const run = await runCommand(args, { env });
        costs.push({ ...(JSON.parse(run.stdout) as BackupDocument), run });
        options.say(`backup of ${headcount(users)} users: ${megabytes(run.peakBytes)}`);
      }
    });
  }
  return costs;
}

interface PricedPlan {
  readonly users: number;
  readonly groups: number;
  readonly memberships: number;
  readonly calls: { readonly [category in QuotaCategory]?: number };
  readonly durationMs: number;
}

interface ApplyDocument {
  readonly planned: { readonly createUsers: number; readonly addMemberships: number };
  readonly plan: { readonly calls: PricedPlan['calls']; readonly durationMs: number };
  readonly durationMs: number;
}

async function pricePlans(options: BenchOptions, folder: string): Promise<readonly PricedPlan[]> {
  const users = planUsers(options);
  const plans: PricedPlan[] = [];
  for (const groups of [0, 8]) {
    const vault = ['--vault', join(folder, `vault-plan-${groups}`), '--quiet', '--json'];
    const pool: HostedPool = { users, groups, model: 'alias', seed: 1 };
    const sourceId = await withSimulator({ simulator: { quotaScale: 'unlimited' }, pools: [pool] }, async (hosted) => {
      await runCommand(['backup', '--pool', hosted.poolIds[0] ?? '', ...vault], { env: hosted.env });
      return hosted.poolIds[0] ?? '';
    });
    // A target with the quotas that a pool has by default; another seed, so that its id is another.
    const empty = { simulator: { seed: 2 }, pools: [{ ...pool, users: 0, groups: 0 }] };
    await withSimulator(empty, async ({ env, poolIds }) => {
      const args = ['restore', `${sourceId}@latest`, '--pool', poolIds[0] ?? '', '--dry-run', ...vault];
      const { planned, plan } = JSON.parse((await runCommand(args, { env })).stdout) as ApplyDocument;
      plans.push({ users: planned.createUsers, groups, memberships: planned.addMemberships, ...plan });
    });
    options.say(`plan for ${headcount(users)} users, ${groups} groups: ${duration(plans.at(-1)!.durationMs)}`);
  }
  return plans;
}

interface SpotCheck {
  readonly users: number;
  readonly plannedMs: number;
  readonly measuredMs: number;
  readonly commandMs: number;
}

async function spotCheck(options: BenchOptions, folder: string): Promise<SpotCheck> {
  const users = options.quick ? 40 : SPOT_CHECK_USERS;
  const pool: HostedPool = { users, groups: 8, model: 'alias', seed: 1 };
  const setup = { simulator: { latencyMs: 50 }, pools: [pool, { ...pool, users: 0, groups: 0 }] };
  return withSimulator(setup, async ({ env, poolIds, resetCounters, counters }) => {
    const [source = '', target = ''] = poolIds;
    const vault = ['--vault', join(folder, 'vault-spot'), '--quiet', '--json'];
    await runCommand(['backup', '--pool', source, ...vault], { env });
    await resetCounters();
    const args = ['restore', `${source}@latest`, '--pool', target, '--yes', ...vault];
    const { stdout } = await runCommand(args, { env, accept: [0, 3] });
    const document = JSON.parse(stdout) as ApplyDocument;
    const spans = Object.entries((await counters()).counters.spanByCategory)
      .filter(([category]) => /^User(Creation|AccountRecovery|Update)$/.test(category))
      .map(([, span]) => span);
    const firstMs = Math.min(...spans.map(({ firstAtMs }) => firstAtMs));
    const lastMs = Math.max(...spans.map(({ lastAtMs }) => lastAtMs));
    options.say(
      `restore of ${users} users: planned ${duration(document.plan.durationMs)}, took ${duration(lastMs - firstMs)}`,
    );
    return {
      users,
      plannedMs: document.plan.durationMs,
      measuredMs: lastMs - firstMs,
      commandMs: document.durationMs,
    };
  });
}

function planUsers({ quick }: BenchOptions): number {
  return quick ? 2_000 : 20_000;
}

function backupTable(costs: readonly BackupCost[]): Table {
  const listPace = QUOTAS.UserList.requestsPerSecond * QUOTAS.UserList.share;
  return {
    caption: 'A backup: measured without quota, and what the calls take at the default quota',
    columns: ['users', 'groups', 'memberships', 'calls', 'by the formula', 'at the quota', 'CPU', 'peak memory'],
    rows: costs.map(({ totals, calls, run }) => {
      const all = Object.values(calls).reduce((sum, count) => sum + count, 0) - (calls['LimitManagement'] ?? 0);
      return [
        figure(totals.users),
        figure(totals.groups),
        figure(totals.memberships),
        figure(all),
        figure(backupCalls(totals)),
        duration(((calls['UserList'] ?? 0) / listPace) * 1_000),
        duration(run.cpuMs),
        megabytes(run.peakBytes),
      ];
    }),
  };
}

function backupCalls({ users, groups, memberships }: BackupDocument['totals']): number {
  return users / PAGE + memberships / PAGE + SHARDS / 2 + groups + groups / PAGE + 1;
}

function restoreTable(plans: readonly PricedPlan[]): Table {
  return {
    caption: 'A restore into an empty pool at the default quotas',
    columns: [
      'users',
      'groups',
      'memberships',
      'UserCreation',
      'UserAccountRecovery',
      'UserUpdate',
      'limited by',
      'time',
    ],
    rows: RESTORED.flatMap((users) =>
      plans.map((plan) => {
        const factor = users / plan.users;
        const of = (category: QuotaCategory) => figure((plan.calls[category] ?? 0) * factor);
        return [
          headcount(users),
          figure(plan.groups),
          figure(plan.memberships * factor),
          of('UserCreation'),
          of('UserAccountRecovery'),
          of('UserUpdate'),
          longest(plan.calls).category,
          duration(plan.durationMs * factor),
        ];
      }),
    ),
  };
}

/** UserCreation can be raised, UserAccountRecovery and UserUpdate cannot. COGNITO-FACTS §2 [D]. */
function raisedTable(plans: readonly PricedPlan[]): Table {
  const rates = [50, 100, 200, 500];
  const kinds = plans.flatMap((plan) => [
    { name: `${plan.groups} groups, random passwords`, plan, calls: plan.calls },
    { name: `${plan.groups} groups, temporary passwords`, plan, calls: { ...plan.calls, UserAccountRecovery: 0 } },
  ]);
  return {
    caption: 'What a raised UserCreation limit buys a restore of 1 M users',
    columns: ['restore', ...rates.map((rate) => `${rate}/s`)],
    rows: kinds.map(({ name, plan, calls }) => [
      name,
      ...rates.map((rate) => duration(longest(calls, { UserCreation: rate }).ms * (1_000_000 / plan.users))),
    ]),
  };
}

function longest(
  calls: PricedPlan['calls'],
  raised: { readonly [category in QuotaCategory]?: number } = {},
): { readonly category: string; readonly ms: number } {
  const times = (Object.entries(calls) as [QuotaCategory, number][]).map(([category, count]) => {
    const { requestsPerSecond, share } = QUOTAS[category];
    return { category, ms: (count / ((raised[category] ?? requestsPerSecond) * share)) * 1_000 };
  });
  return times.reduce((slowest, one) => (one.ms > slowest.ms ? one : slowest), { category: '–', ms: 0 });
}

function spotTable({ users, plannedMs, measuredMs, commandMs }: SpotCheck): Table {
  return {
    caption: 'Spot check of the pricing: a restore with 8 groups carried out at the default quotas',
    columns: ['users', 'planned', 'first write to last', 'planned / measured', 'whole command'],
    rows: [
      [String(users), duration(plannedMs), duration(measuredMs), percent(plannedMs / measuredMs), duration(commandMs)],
    ],
  };
}
