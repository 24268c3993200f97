import type { CognitoGateway, OperationName } from '../../src/cognito/gateway.ts';
import type { JsonValue } from '../../src/model/pool.ts';
import type { User } from '../../src/model/user.ts';
import { backupPool } from '../../src/operations/backup/backup.ts';
import { listSnapshots } from '../../src/operations/snapshots/list-snapshots.ts';
import { verifySnapshot } from '../../src/operations/verify/verify-snapshot.ts';
import type { ListingMode } from '../../src/snapshot/checkpoint.ts';
import { canonicalJson } from '../../src/snapshot/canonical-json.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import { collect } from '../fakes/collect.ts';
import { sampleGroup, samplePool, sampleUsers } from '../fakes/sample-pool.ts';
import { poolHandlers, scriptedGateway, type PoolContent } from '../fakes/scripted-gateway.ts';
import { live, type KillBench, type LifeDependencies, type Lived } from './kill-bench.ts';
import type { KillableVault } from './killable-vault.ts';
import type { Kill } from './kill-switch.ts';
import { changedFiles, leftovers } from './vault-leftovers.ts';

/** With a user a page and an empty page before each, 200 pages close a part: every chain of users has two. */
const USERS_PER_CHAIN = 101;

export interface BackupCase {
  live(kill?: Kill): Promise<Lived>;
  /** What is wrong now that the backup is through. */
  problems(): Promise<readonly string[]>;
  /** Pages listed, and users asked for their factors, by all lives together, by chain of users or group. */
  readonly pages: ReadonlyMap<string, number>;
  /** Finished snapshots of the pool, the earlier one included. */
  snapshots(): Promise<number>;
  remove(): Promise<void>;
}

/** A pool with two parts a chain: the delicate users among others, most of them in groups. */
export function backupContent(mode: ListingMode, delicate: readonly User[], deep = false): PoolContent {
  const count = USERS_PER_CHAIN * (mode === 'single' ? 1 : 16);
  const users = [...sampleUsers(count), ...delicate].map((user, index) => (deep ? withFactors(user, index) : user));
  const subs = users.map(({ sub }) => sub);
  const hostile = 'a,"b"\\\u{1f984}';
  const names = ['staff', '__proto__', 'empty', hostile];
  return {
    pool: samplePool({ estimatedUsers: users.length }),
    users,
    groups: names.map((name) => sampleGroup(name, { precedence: 0, description: name })),
    members: new Map([
      ['staff', subs.slice(-60)],
      ['__proto__', subs.slice(0, 3)],
      [hostile, subs.slice(-5)],
    ]),
    pageSize: 1,
    emptyPages: true,
  };
}

function withFactors(user: User, index: number): User {
  const mfa = index % 3 === 0 ? ['SMS_MFA'] : [];
  return { ...user, factors: { ...(mfa[0] && { preferred: mfa[0] }), mfa, configured: ['PASSWORD'] } };
}

export async function backupCase(
  bench: KillBench,
  beginning: KillableVault,
  {
    content,
    mode,
    deep = false,
  }: { readonly content: PoolContent; readonly mode: ListingMode; readonly deep?: boolean },
): Promise<BackupCase> {
  const poolId = content.pool.id;
  const vault = await beginning.copy();
  const before = await vault.files();
  const pages = new Map<string, number>();
  const pool = scriptedGateway(poolHandlers(content), () => new Date(bench.clock.now()));
  const shards = new Map(content.users.map(({ username, sub }) => [username, mode === 'single' ? 'all' : sub[0]]));
  const gateway = watched(
    pool,
    (username) => shards.get(username) ?? '',
    (chain) => pages.set(chain, (pages.get(chain) ?? 0) + 1),
  );
  const finished = async (deps: LifeDependencies) =>
    (await listSnapshots(deps.vault, { poolId })).filter(({ status }) => status === 'complete');
  return {
    pages,
    live: (kill) =>
      live(bench, vault, async (deps) => void (await backupPool(deps, { poolId, listing: mode, deep })), {
        kill,
        gateway,
      }),
    problems: async () => {
      const files = await vault.files();
      const found = [...changedFiles(before, files), ...leftovers(files, poolId)];
      await live(bench, vault, async (deps) => {
        for (const { id } of await finished(deps))
          found.push(...(await snapshotProblems(deps, { poolId, id }, content)));
      });
      return found;
    },
    snapshots: async () => {
      let count = 0;
      await live(bench, vault, async (deps) => {
        count = (await finished(deps)).length;
      });
      return count;
    },
    remove: () => vault.remove(),
  };
}

/** Each user, group and membership is there once, and none besides. */
async function snapshotProblems(
  { vault }: LifeDependencies,
  ref: Parameters<typeof openSnapshot>[1],
  { users, groups = [], members = new Map() }: PoolContent,
): Promise<string[]> {
  const reader = await openSnapshot(vault, ref);
  const lines = (items: readonly unknown[]): string =>
    items
      .map((item) => canonicalJson(item as JsonValue))
      .sort()
      .join('\n');
  const links = [...members].flatMap(([group, subs]: [string, readonly string[]]) => subs.map((sub) => [group, sub]));
  const captured = (await collect(reader.memberships())).map(({ group, sub }) => [group, sub]);
  const problems: string[] = [];
  if (!(await verifySnapshot(vault, ref)).ok) problems.push('it does not verify');
  if (lines(await collect(reader.users())) !== lines(users)) problems.push('other users');
  if (lines(await collect(reader.groups())) !== lines(groups)) problems.push('other groups');
  if (lines(captured) !== lines(links)) problems.push('other memberships');
  return problems;
}

function watched(
  gateway: CognitoGateway,
  shardOf: (username: string) => string,
  sawPage: (chain: string) => void,
): CognitoGateway {
  return {
    ...gateway,
    send: (operation, request, signal) => {
      const chain = chainOf(operation, request, shardOf);
      if (chain !== undefined) sawPage(chain);
      return gateway.send(operation, request, signal);
    },
  };
}

function chainOf(operation: OperationName, request: object, shardOf: (username: string) => string): string | undefined {
  if (operation === 'AdminGetUserAuthFactors' && 'username' in request)
    return `factors ${shardOf(String(request.username))}`;
  if (operation === 'ListUsers') return `users ${'filter' in request ? String(request.filter) : 'all'}`;
  return operation === 'ListUsersInGroup' && 'group' in request ? `group ${String(request.group)}` : undefined;
}
