import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import type { Bench, BenchOptions } from '../bench.ts';
import { runCommand } from '../process/run-measured.ts';
import { runWorker } from '../process/run-worker.ts';
import type { ListingWay } from '../process/worker-task.ts';
import { withSimulator, type HostedSimulator } from '../simulator/hosted-simulator.ts';
import { rateOf } from '../simulator/rate-at-simulator.ts';
import { figure, headcount, median, megabytes, seconds, type Table } from '../table.ts';
import { plainBytesBelow } from './plain-bytes.ts';

const USERS = 100_000;
const REPEATS = 3;

const WAYS = {
  'no-sdk-chains': "Node's HTTP alone: what the simulator gives at most",
  'sdk-chains': 'the SDK as it is',
  'sdk-chains-without-logger': 'the SDK without its logger middleware',
  'our-gateway': 'our gateway: without it, and lists parsed by us',
} as const satisfies { readonly [way in ListingWay]?: string };

/** How much a user costs in CPU, and what that allows where no quota is in the way. */
export const throughput: Bench = {
  name: 'throughput',
  title: 'Throughput: no quota, no latency',
  run: async (options) => {
    const users = options.users?.[0] ?? (options.quick ? 4_000 : USERS);
    const setup = {
      simulator: { quotaScale: 'unlimited' },
      pools: [{ users, groups: 0, model: 'alias', seed: 1 }],
    } as const;
    const folder = await mkdtemp(join(tmpdir(), 'cognito-backup-bench-throughput-'));
    try {
      return await withSimulator(setup, async (hosted) => {
        const lists = await measureLists(hosted, users, options);
        const backups = await measureBackups(hosted, { users, folder }, options);
        return {
          tables: [
            listsTable(lists, users),
            backupsTable(backups.written, users),
            verifiesTable(backups.verified, users),
          ],
          notes: [
            `Medians of ${repeats(options)} runs in turn, the simulator in a process of its own: on two cores it and what is measured share them, with the threads that compress.`,
            'A whole backup lists, encodes, packs, hashes and stores every user, and then reads everything back and commits. Its CPU is that of the whole process, loading the tool included (about 0.3 s); that of the lists begins when everything is loaded.',
          ],
        };
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

interface Cost {
  readonly name: string;
  readonly elapsedMs: number;
  readonly cpuMs: number;
  readonly simulatorCpuMs: number;
  /** From the first ListUsers call to the last, by the simulator's clock. */
  readonly listMs: number;
}

/** The ways take turns, so that a busy moment of the machine spoils one run of each. */
async function measureLists(hosted: HostedSimulator, users: number, options: BenchOptions): Promise<readonly Cost[]> {
  const ways = Object.keys(WAYS) as (keyof typeof WAYS)[];
  const runs = new Map<string, Cost[]>(ways.map((how) => [how, []]));
  for (let round = 0; round < repeats(options); round += 1) {
    for (const how of ways) {
      const before = await hosted.resetCounters();
      const run = await runWorker({ how, poolId: hosted.poolIds[0] ?? '' }, hosted.env);
      if (run.users !== users) throw new Error(`${how} listed ${run.users} of ${users} users`);
      const { elapsedMs, cpuMs } = run;
      runs.get(how)?.push({ name: WAYS[how], elapsedMs, cpuMs, ...(await simulatorSide(hosted, before.cpuMs)) });
      options.say(
        `list, ${WAYS[how]}: ${figure((users / elapsedMs) * 1_000)} users/s, ${figure((cpuMs / users) * 1_000)} µs`,
      );
    }
  }
  return [...runs.values()].map(medianOf);
}

async function measureBackups(
  hosted: HostedSimulator,
  { users, folder }: { readonly users: number; readonly folder: string },
  options: BenchOptions,
): Promise<{ readonly written: readonly Cost[]; readonly verified: readonly Verified[] }> {
  const kinds = await backupKinds(folder);
  const runs = new Map<string, Cost[]>(kinds.map(({ name }) => [name, []]));
  const verified: Verified[] = [];
  for (let round = 0; round < repeats(options); round += 1) {
    for (const { name, args, key } of kinds) {
      const vault = await mkdtemp(join(folder, 'vault-'));
      const before = await hosted.resetCounters();
      const backup = ['backup', '--pool', hosted.poolIds[0] ?? '', '--vault', vault, '--listing', 'sharded', '--quiet'];
      const { elapsedMs, cpuMs } = await runCommand([...backup, ...args], { env: hosted.env });
      runs.get(name)?.push({ name, elapsedMs, cpuMs, ...(await simulatorSide(hosted, before.cpuMs)) });
      options.say(
        `${name}: ${figure((users / elapsedMs) * 1_000)} users/s, ${figure((cpuMs / users) * 1_000)} µs a user`,
      );
      verified.push({ name: name.replace('backup', 'verify'), ...(await measureVerify(vault, key, hosted.env)) });
      await rm(vault, { recursive: true });
    }
  }
  return { written: [...runs.values()].map(medianOf), verified };
}

interface Verified {
  readonly name: string;
  readonly plainBytes: number;
  readonly elapsedMs: number;
  readonly cpuMs: number;
}

async function measureVerify(
  vault: string,
  key: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Omit<Verified, 'name'>> {
  const { elapsedMs, cpuMs } = await runCommand(['verify', 'latest', '--vault', vault, '--quiet', ...key], { env });
  return { plainBytes: await plainBytesBelow(vault), elapsedMs, cpuMs };
}

async function simulatorSide(
  hosted: HostedSimulator,
  cpuBeforeMs: number,
): Promise<Pick<Cost, 'simulatorCpuMs' | 'listMs'>> {
  const { counters, cpuMs } = await hosted.counters();
  return { simulatorCpuMs: cpuMs - cpuBeforeMs, listMs: rateOf(counters, 'UserList', ['ListUsers']).spanMs };
}

interface BackupKind {
  readonly name: string;
  readonly args: readonly string[];
  /** What `verify` opens it with. */
  readonly key: readonly string[];
}

async function backupKinds(folder: string): Promise<readonly BackupKind[]> {
  const identity = await generateX25519Identity();
  const file = join(folder, 'identity.txt');
  await writeFile(file, `${identity}\n`, { mode: 0o600 });
  const recipient = ['--encrypt-to', await identityToRecipient(identity)];
  return [
    { name: 'backup', args: [], key: [] },
    { name: 'backup, encrypted', args: recipient, key: ['--identity', file] },
  ];
}

function medianOf(runs: readonly Cost[]): Cost {
  const of = (pick: (cost: Cost) => number) => median(runs.map(pick));
  return {
    name: runs[0]?.name ?? '',
    elapsedMs: of(({ elapsedMs }) => elapsedMs),
    cpuMs: of(({ cpuMs }) => cpuMs),
    simulatorCpuMs: of(({ simulatorCpuMs }) => simulatorCpuMs),
    listMs: of(({ listMs }) => listMs),
  };
}

function repeats({ quick }: BenchOptions): number {
  return quick ? 1 : REPEATS;
}

function listsTable(costs: readonly Cost[], users: number): Table {
  return { caption: `Listing ${headcount(users)} users in sixteen chains`, ...costTable(costs, users) };
}

function backupsTable(costs: readonly Cost[], users: number): Table {
  return { caption: `A whole backup of ${headcount(users)} users into a local vault`, ...costTable(costs, users) };
}

function verifiesTable(verified: readonly Verified[], users: number): Table {
  return {
    caption: `verify of these snapshots of ${headcount(users)} users, by unpacked megabytes`,
    columns: ['what', 'unpacked', 'MB/s', 'time in all', 'CPU a user'],
    rows: [...new Set(verified.map(({ name }) => name))].map((name) => {
      const runs = verified.filter((run) => run.name === name);
      const [elapsedMs, cpuMs] = [median(runs.map((run) => run.elapsedMs)), median(runs.map((run) => run.cpuMs))];
      const { plainBytes = Number.NaN } = runs[0] ?? {};
      const rate = figure(plainBytes / 1e3 / elapsedMs);
      return [name, megabytes(plainBytes), rate, seconds(elapsedMs), `${figure((cpuMs / users) * 1_000)} µs`];
    }),
  };
}

function costTable(costs: readonly Cost[], users: number): Table {
  const micros = (ms: number) => `${figure((ms / users) * 1_000)} µs`;
  return {
    columns: ['what', 'users/s while listing', 'users/s in all', 'CPU a user', "simulator's CPU a user"],
    rows: costs.map(({ name, listMs, elapsedMs, cpuMs, simulatorCpuMs }) => [
      name,
      figure((users / listMs) * 1_000),
      figure((users / elapsedMs) * 1_000),
      micros(cpuMs),
      micros(simulatorCpuMs),
    ]),
  };
}
