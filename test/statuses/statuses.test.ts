import { readFile, writeFile } from 'node:fs/promises';
import { hashSync } from 'bcryptjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isBackupError } from '../../src/model/errors.ts';
import { parsePoolId } from '../../src/model/ids.ts';
import type { User } from '../../src/model/user.ts';
import { restoreSnapshot } from '../../src/operations/restore.ts';
import type { ReconcileResult } from '../../src/operations/reconcile/requests.ts';
import { collect } from '../fakes/collect.ts';
import { signInTo } from '../support/sign-in.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';
import { cellOf, lossTable, tableOf, withSection, wordsTable } from './status-table.ts';
import { OLD_PASSWORD, POOLS, STATUS_USERS, TAKEN_USER } from './status-users.ts';
import { expectationOf, WAYS, type Expectation, type Way } from './status-ways.ts';

const ROLE = 'arn:aws:iam::123456789012:role/cognito-import';
const HASH = hashSync(OLD_PASSWORD, 4);
const LIMITS = new URL('../../docs/LIMITS.md', import.meta.url);

interface Bed {
  readonly target: string;
  readonly users: ReadonlyMap<string, User>;
  readonly expectations: ReadonlyMap<string, Expectation>;
  readonly run: () => Promise<ReconcileResult>;
}

describe('every state of a user, restored', () => {
  let bench: Workbench;

  beforeEach(async () => {
    bench = await setUpWorkbench();
  });
  afterEach(() => bench.close());

  /** One user of each state in a snapshot, a target, and what the plan expects of each. */
  async function prepare(pool: (typeof POOLS)[number], way: Way): Promise<Bed> {
    const source = bench.simulator.createPool({ ...pool.config, PoolName: 'source' });
    const target = bench.simulator.createPool({ ...pool.config, PoolName: 'target' });
    for (const { title: _title, ...user } of STATUS_USERS) bench.simulator.pool(source).addUser(user);
    bench.simulator.pool(target).addUser(TAKEN_USER);
    const reader = await bench.snapshotOf(source);
    bench.simulator.resetCounters();
    const users = new Map((await collect(reader.users())).map((user) => [user.username, user]));
    const poolId = parsePoolId(target);
    const described = {
      pool: await bench.gateway.send('DescribeUserPool', { poolId }),
      header: await bench.gateway.send('GetCSVHeader', { poolId }),
    };
    const expectations = new Map(
      [...users].map(([name, user]) => [name, expectationOf(user, way, described, HASH)] as const),
    );
    const hashes = STATUS_USERS.map(({ username }) => JSON.stringify({ username, hash: HASH })).join('\n');
    const run = async (): Promise<ReconcileResult> => {
      const result = await restoreSnapshot(bench.deps, {
        reader,
        target: poolId,
        engine: way.engine,
        passwords: way.passwords,
        keepPassword: async () => {},
        confirm: async () => true,
        ...(way.job && { importRole: ROLE }),
        ...(way.hash && { hashFile: { name: 'hashes', read: () => once(hashes) } }),
      });
      if (!result.done) throw new Error('Not done');
      return result;
    };
    return { target, users, expectations, run };
  }

  describe.each(POOLS)('into $title', (pool) => {
    it.each(WAYS)('by $title ends as the table says', async (way) => {
      const { target, users, expectations, run } = await prepare(pool, way);
      if ([...expectations.values()].some(({ isRefused }) => isRefused)) {
        const error: unknown = await run().catch((thrown: unknown) => thrown);
        expect(isBackupError(error, 'refused')).toBe(true);
        expect(bench.simulator.pool(target).size).toBe(1);
        return;
      }
      const result = await run();
      expect(result).toMatchObject({ failed: 0, remaining: { missing: 0, extra: 0, changed: 0 } });
      expect(namedBy(result)).toEqual(sumOf(expectations));
      expect(bench.simulator.counters.messages.causedByAdmin).toBe(0);
      for (const [name, user] of users) {
        const expected = expectations.get(name);
        expect(await reached(target, user, way), name).toEqual({
          status: expected?.status,
          enabled: expected?.enabled,
          losses: [...(expected?.losses ?? [])].filter((kind) => VISIBLE.includes(kind)).sort(),
        });
      }
      const taken = bench.simulator.pool(target).user('Google_44');
      expect(taken).toMatchObject({ status: 'EXTERNAL_PROVIDER', attributes: TAKEN_USER.attributes });
    });
  });

  /** What a look into the target shows of a user, and what is lost by that look: nothing of the plan is asked. */
  async function reached(target: string, user: User, way: Way) {
    const found = bench.simulator.pool(target).user(user.username);
    if (!found) return { status: undefined, enabled: false, losses: absenceOf(user) };
    const losses: string[] = [];
    if (found.sub !== user.sub) losses.push('new-sub');
    if (found.createdAt !== new Date(user.createdAt).getTime()) losses.push('dates');
    if (found.status !== user.status) losses.push('status-changed');
    const has = (attributes: readonly (readonly [string, string])[]) =>
      attributes.some(([name]) => name === 'identities');
    if (has(user.attributes) && !has(found.attributes))
      losses.push(user.username === 'linked-taken' ? 'identity-taken' : 'identity-link');
    const signsIn = found.enabled && found.status === 'CONFIRMED' && way.hash;
    if (signsIn) {
      const app = await signInTo(bench.simulator, target);
      expect(await app.withPassword(user.username, OLD_PASSWORD)).toBe('signed-in');
    } else losses.push('password');
    return { status: found.status, enabled: found.enabled, losses: losses.sort() };
  }

  it('stands in docs/LIMITS.md', async () => {
    const sections: string[] = [];
    for (const pool of POOLS) {
      const cells = new Map<string, string[]>(STATUS_USERS.map(({ username }) => [username, []]));
      for (const way of WAYS) {
        const { expectations } = await prepare(pool, way);
        for (const [name, expected] of expectations) cells.get(name)?.push(cellOf(expected));
      }
      const rows = STATUS_USERS.map(({ title, username }) => [title, ...(cells.get(username) ?? [])]);
      sections.push(`Into ${pool.title}:\n\n${tableOf(['in the snapshot', ...WAYS.map(({ title }) => title)], rows)}`);
    }
    const text = await readFile(LIMITS, 'utf8');
    const states = `${sections.join('\n\n')}\n\n${wordsTable()}`;
    const wanted = withSection(withSection(text, 'losses', lossTable()), 'states', states);
    if (process.env['UPDATE']) await writeFile(LIMITS, wanted);
    else expect(text).toBe(wanted);
  });
});

/** Losses of single users that a look into the target shows. */
const VISIBLE: readonly string[] = [
  'new-sub',
  'dates',
  'status-changed',
  'password',
  'identity-link',
  'identity-taken',
  'signs-up-again',
  'returns-on-first-sign-in',
];

/** Whom the target lacks without a conflict. */
function absenceOf({ status, username }: User): string[] {
  if (status === 'UNCONFIRMED') return ['signs-up-again'];
  return username.startsWith('Google_') ? ['returns-on-first-sign-in'] : [];
}

function namedBy({ losses }: ReconcileResult): ReadonlyMap<string, number> {
  return new Map(losses.filter(({ kind }) => kind !== 'mfa-and-devices').map(({ kind, count }) => [kind, count]));
}

function sumOf(expectations: ReadonlyMap<string, Expectation>): ReadonlyMap<string, number> {
  const sum = new Map<string, number>();
  for (const { losses } of expectations.values()) for (const kind of losses) sum.set(kind, (sum.get(kind) ?? 0) + 1);
  return sum;
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
