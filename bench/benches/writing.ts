import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QUOTAS, type QuotaCategory } from '../../src/cognito/quotas.ts';
import type { Counters } from '../../src/simulator/counters.ts';
import type { Bench, BenchOptions } from '../bench.ts';
import { runCommand } from '../process/run-measured.ts';
import type { HostedPool } from '../simulator/host-messages.ts';
import { withSimulator, type HostedSimulator } from '../simulator/hosted-simulator.ts';
import { rateOf } from '../simulator/rate-at-simulator.ts';
import { figure, percent, seconds, type Table } from '../table.ts';

const LATENCY_MS = 50;
const CATEGORIES = ['UserCreation', 'UserAccountRecovery', 'UserUpdate'] as const;
const OPERATIONS: { readonly [category in (typeof CATEGORIES)[number]]: readonly string[] } = {
  UserCreation: ['AdminCreateUser'],
  UserAccountRecovery: ['AdminSetUserPassword'],
  UserUpdate: ['AdminDeleteUser', 'AdminDisableUser', 'AdminAddUserToGroup'],
};

/** How near every write comes to what its quota category allows us, and what side by side saves. */
export const writing: Bench = {
  name: 'writing',
  title: 'Writing at the default quotas',
  run: async (options) => {
    const folder = await mkdtemp(join(tmpdir(), 'cognito-backup-bench-writing-'));
    const scenarios = scenariosOf(folder, options);
    // Quotas are the account's: the runs come one after another in one simulator, each with pools of its own.
    const pools = scenarios.flatMap(({ source, target }) => [source, target]);
    try {
      return await withSimulator({ simulator: { latencyMs: LATENCY_MS }, pools }, async (hosted) => {
        const measured: Measured[] = [];
        for (const [index, scenario] of scenarios.entries()) {
          const [sourceId = '', targetId = ''] = hosted.poolIds.slice(index * 2);
          measured.push(await measure(scenario, hosted, { sourceId, targetId, folder, index }));
          options.say(`${scenario.name}: ${rateLine(measured.at(-1)!)}`);
        }
        return { tables: [ratesTable(measured), sideBySideTable(measured.at(-1)!)], notes: NOTES };
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

const NOTES = [
  'Allowed is what the tool takes by default: half of each category, the other half being for live sign-ups and password resets (`--quota-share` changes it).',
  'A rate is what the simulator let through from the first call of the category to the last; token bucket, burst 5, 50 ms latency.',
];

interface Scenario {
  readonly name: string;
  /** The category that limits it. */
  readonly category: (typeof CATEGORIES)[number];
  readonly source: HostedPool;
  readonly target: HostedPool;
  readonly command: 'restore' | 'clean';
  readonly args: readonly string[];
}

/** A minute each; `--users` is for benches whose runs are not paced by a quota of writes. */
function scenariosOf(folder: string, { quick }: BenchOptions): readonly Scenario[] {
  const scale = quick ? 1 / 15 : 1;
  const pool = (count: number, groups: number, seed: number): HostedPool => ({
    users: Math.ceil(count * scale),
    groups,
    model: 'alias',
    seed,
  });
  const empty = pool(0, 0, 9);
  const temporary = ['--passwords', 'temporary', '--password-file', join(folder, 'passwords.jsonl')];
  return [
    {
      name: 'creating users',
      category: 'UserCreation',
      command: 'restore',
      args: ['--yes', ...temporary],
      source: pool(1_500, 0, 1),
      target: empty,
    },
    {
      name: 'setting passwords',
      category: 'UserAccountRecovery',
      command: 'restore',
      args: ['--yes'],
      source: pool(900, 0, 2),
      target: empty,
    },
    {
      name: 'adding memberships',
      category: 'UserUpdate',
      command: 'restore',
      args: ['--yes', '--existing', 'update'],
      source: pool(500, 8, 3),
      // The same people, without groups.
      target: pool(500, 0, 3),
    },
    {
      name: 'deleting users',
      category: 'UserUpdate',
      command: 'clean',
      args: ['--yes', '--no-backup'],
      source: empty,
      target: pool(750, 0, 4),
    },
    {
      name: 'everything of a restore',
      category: 'UserUpdate',
      command: 'restore',
      args: ['--yes'],
      source: pool(600, 8, 5),
      target: empty,
    },
  ];
}

interface Measured extends Scenario {
  readonly counters: Counters;
  readonly wallMs: number;
}

async function measure(
  scenario: Scenario,
  hosted: HostedSimulator,
  at: { readonly sourceId: string; readonly targetId: string; readonly folder: string; readonly index: number },
): Promise<Measured> {
  const { env } = hosted;
  const vault = ['--vault', join(at.folder, `vault-${at.index}`), '--quiet'];
  await runCommand(['backup', '--pool', at.sourceId, ...vault], { env });
  await hosted.resetCounters();
  const what = scenario.command === 'restore' ? ['restore', `${at.sourceId}@latest`] : ['clean'];
  const args = [...what, '--pool', at.targetId, '--confirm', at.targetId, ...scenario.args, ...vault];
  const { wallMs } = await runCommand(args, { env, accept: [0, 3] });
  return { ...scenario, counters: (await hosted.counters()).counters, wallMs };
}

function allowed(category: QuotaCategory): number {
  const { requestsPerSecond, share } = QUOTAS[category];
  return requestsPerSecond * share;
}

function rateLine({ category, counters }: Measured): string {
  const { perSecond, throttles } = rateOf(counters, category, OPERATIONS[category]);
  return `${figure(perSecond)} of ${figure(allowed(category))} calls/s in ${category}, ${throttles} throttles`;
}

function ratesTable(measured: readonly Measured[]): Table {
  return {
    caption: 'The category that limits each run',
    columns: ['run', 'category', 'calls', 'allowed', 'reached', 'share', 'throttles'],
    rows: measured.map(({ name, category, counters }) => {
      const { calls, perSecond, throttles } = rateOf(counters, category, OPERATIONS[category]);
      return [
        name,
        category,
        figure(calls),
        `${figure(allowed(category))}/s`,
        `${figure(perSecond)}/s`,
        percent(perSecond / allowed(category)),
        String(throttles),
      ];
    }),
  };
}

function sideBySideTable({ counters, wallMs, source }: Measured): Table {
  const alone = CATEGORIES.map((category) => {
    const calls = counters.callsByCategory[category] ?? 0;
    return { category, calls, aloneMs: (calls / allowed(category)) * 1_000 };
  });
  const longestMs = Math.max(...alone.map(({ aloneMs }) => aloneMs));
  const sumMs = alone.reduce((sum, { aloneMs }) => sum + aloneMs, 0);
  const firstMs = Math.min(...CATEGORIES.map((category) => counters.spanByCategory[category]?.firstAtMs ?? Infinity));
  const lastMs = Math.max(...CATEGORIES.map((category) => counters.spanByCategory[category]?.lastAtMs ?? 0));
  return {
    caption: `A restore of ${source.users} users with ${source.groups} groups: its categories side by side`,
    columns: ['what', 'calls', 'time'],
    rows: [
      ...alone.map(({ category, calls, aloneMs }) => [`${category} alone`, figure(calls), seconds(aloneMs)]),
      ['one after another', '', seconds(sumMs)],
      ['the longest, which cannot be beaten', '', seconds(longestMs)],
      [
        `measured, first write to last (${percent(longestMs / (lastMs - firstMs))} of what is possible)`,
        '',
        seconds(lastMs - firstMs),
      ],
      ['measured, whole command with plan and verification', '', seconds(wallMs)],
    ],
  };
}
