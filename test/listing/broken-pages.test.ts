import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createGateway } from '../../src/cognito/compose-gateway.ts';
import { isBackupError } from '../../src/model/errors.ts';
import { backupPool, type BackupResult } from '../../src/operations/backup/backup.ts';
import { manualRuntime, type ManualRuntime } from '../../src/runtime/manual-runtime.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import { openVault, type Vault } from '../../src/snapshot/vault.ts';
import { collect } from '../fakes/collect.ts';
import { memoryStorage, type MemoryStorage } from '../fakes/memory-storage.ts';
import { samplePool, sampleUsers } from '../fakes/sample-pool.ts';
import { effort } from '../support/effort.ts';
import { PAGE_FAULTS, UNREADABLE, type Outcome, type PageFault } from './page-faults.ts';
import { scriptedService, type Answer, type PageTurn, type ServiceContent } from './scripted-service.ts';

type Mode = 'single' | 'sharded';

const POOL_ID = samplePool().id;
const GROUPS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
/** Four users a shard. */
const USERS = sampleUsers(64);
const CONTENT: ServiceContent = {
  poolId: POOL_ID,
  users: USERS,
  groups: GROUPS,
  members: new Map([
    ['a', USERS.slice(3, 11)],
    ['g', USERS.slice(20, 27)],
  ]),
  pageSize: (chain) => (chain === 'users' ? 13 : /^users ./.test(chain) ? 1 : 2),
};
/** What a healthy service makes of the content: users, groups and memberships by key. */
const WHOLE = {
  users: USERS.map(({ sub }) => sub).sort(),
  groups: GROUPS,
  memberships: [...CONTENT.members].flatMap(([group, users]) => users.map(({ sub }) => `${group} ${sub}`)).sort(),
};

const CHAINS: Readonly<Record<Mode, readonly string[]>> = {
  single: ['users', 'groups', 'members a', 'members c'],
  sharded: effort({ ordinary: ['b'], long: [...'0123456789abcdef'] }).map((digit) => `users ${digit}`),
};
const faultsFor = (mode: Mode): readonly PageFault[] => [
  ...PAGE_FAULTS,
  ...(mode === 'sharded' ? UNREADABLE.slice(0, effort({ ordinary: 2, long: Infinity })) : UNREADABLE),
];
const CASES = (['single', 'sharded'] as const).flatMap((mode) =>
  CHAINS[mode].flatMap((chain) => faultsFor(mode).map((fault) => [fault.name, chain, { mode, fault }] as const)),
);

let storage: MemoryStorage;
let runtime: ManualRuntime;
let vault: Vault;

describe('a backup that is answered with', () => {
  let tried = 0;
  beforeEach(() => {
    runtime = manualRuntime();
  });
  afterAll(() => void process.stdout.write(`broken pages: ${tried} backups\n`));

  it.each(CASES)('%s, at every page of %s, does what is documented', async (_name, chain, { mode, fault }) => {
    for (const turn of await turnsOf(mode, chain)) {
      if (fault.where?.(turn) === false) continue;
      storage = memoryStorage();
      vault = await openVault(storage, { create: true, runtime });
      const outcome = typeof fault.outcome === 'string' ? fault.outcome : fault.outcome(chain);
      const injected = inject(fault, turn);
      const result = await outcomeOf(mode, injected.change);
      expect(injected.times(), `page at ${turn.at}`).toBeGreaterThan(0);
      await checkOutcome({ mode, chain, turn, outcome, result });
      tried += 1;
    }
  });
});

interface Checked {
  readonly mode: Mode;
  readonly chain: string;
  readonly turn: PageTurn;
  readonly outcome: Outcome;
  readonly result: BackupResult | string;
}

async function checkOutcome({ mode, chain, turn, outcome, result }: Checked): Promise<void> {
  const where = `page at ${turn.at}`;
  if (outcome === 'whole') return expect(await contentOf(result), where).toEqual(WHOLE);
  if (outcome === 'ends') return expect(await contentOf(result), where).toEqual(endingAt(chain, turn));
  expect(result, where).toBe(outcome);
  expect(manifests(), where).toEqual([]);
  // The next run, with a service that is itself again, ends with everybody.
  runtime.advance(1_000);
  const begun = snapshots();
  const next = await outcomeOf(mode, () => undefined);
  expect(await contentOf(next), where).toEqual(WHOLE);
  expect(manifests(), where).toHaveLength(1);
  // It goes on only with what can be trusted.
  const goesOn = outcome === 'unreadable-answer' && chain !== 'groups';
  expect(snapshots().length - begun.length, where).toBe(goesOn ? 0 : 1);
}

const knownTurns = new Map<string, readonly PageTurn[]>();

/** Every page of a chain as a healthy service is asked for it. */
async function turnsOf(mode: Mode, chain: string): Promise<readonly PageTurn[]> {
  const known = knownTurns.get(chain);
  if (known) return known;
  const turns: PageTurn[] = [];
  knownTurns.set(chain, turns);
  storage = memoryStorage();
  vault = await openVault(storage, { create: true, runtime });
  await outcomeOf(mode, (turn) => {
    if (turn.chain === chain) turns.push(turn);
    return undefined;
  });
  expect(turns.length).toBeGreaterThan(0);
  return turns;
}

function inject(fault: PageFault, { chain, at }: PageTurn) {
  let times = 0;
  return {
    times: () => times,
    change: (turn: PageTurn): Answer | undefined => {
      if (turn.chain !== chain || turn.at !== at || times >= fault.times) return undefined;
      times += 1;
      return fault.answer(turn);
    },
  };
}

let changePage: (turn: PageTurn) => Answer | undefined = () => undefined;
const observer = (): void => undefined;
const gateway = createGateway({
  client: scriptedService(CONTENT, (turn) => changePage(turn)),
  runtime: manualRuntime(),
  observer,
  governor: {
    acquire: async () => {},
    throttled: () => Infinity,
    rate: async () => 1_000,
    quota: async () => Promise.reject(new Error('Not asked')),
  },
});

/** The result of a backup, or the code it stopped with. */
async function outcomeOf(mode: Mode, change: (turn: PageTurn) => Answer | undefined): Promise<BackupResult | string> {
  changePage = change;
  try {
    return await backupPool({ gateway, vault, runtime, observer }, { poolId: POOL_ID, listing: mode });
  } catch (error) {
    if (isBackupError(error)) return error.code;
    throw error;
  }
}

async function contentOf(result: BackupResult | string): Promise<typeof WHOLE | string> {
  if (typeof result === 'string' || !result.done) return typeof result === 'string' ? result : 'not done';
  const reader = await openSnapshot(vault, { poolId: POOL_ID, id: result.snapshot.id });
  const memberships = (await collect(reader.memberships())).map(({ group, sub }) => `${group} ${sub}`);
  return {
    users: (await collect(reader.users())).map(({ sub }) => sub).sort(),
    groups: (await collect(reader.groups())).map(({ name }) => name),
    memberships: memberships.sort(),
  };
}

/** What is left of the content when a chain ends with that page. */
function endingAt(chain: string, { at, pageSize }: PageTurn): typeof WHOLE {
  const end = at + pageSize;
  if (chain === 'groups') {
    const groups = GROUPS.slice(0, end);
    const memberships = WHOLE.memberships.filter((line) => groups.includes(line.split(' ')[0]!));
    return { ...WHOLE, groups, memberships };
  }
  const [kind, name = ''] = chain.split(' ');
  if (kind === 'members') {
    const members =
      CONTENT.members
        .get(name)
        ?.slice(end)
        .map(({ sub }) => `${name} ${sub}`) ?? [];
    return { ...WHOLE, memberships: WHOLE.memberships.filter((line) => !members.includes(line)) };
  }
  const lost = new Set(
    USERS.filter(({ sub }) => sub.startsWith(name))
      .slice(end)
      .map(({ sub }) => sub),
  );
  const kept = (line: string): boolean => !lost.has(line.split(' ').at(-1)!);
  return { ...WHOLE, users: WHOLE.users.filter(kept), memberships: WHOLE.memberships.filter(kept) };
}

function manifests(): readonly string[] {
  return [...storage.objects.keys()].filter((key) => key.endsWith('/manifest.json'));
}

function snapshots(): readonly string[] {
  return [...new Set([...storage.objects.keys()].flatMap((key) => /snapshots\/([^/]+)/.exec(key)?.[1] ?? []))];
}
