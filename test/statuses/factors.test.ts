import { readFile, writeFile } from 'node:fs/promises';
import { hashSync } from 'bcryptjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LossKind } from '../../src/model/losses.ts';
import { RESTORABLE_FACTORS, type User } from '../../src/model/user.ts';
import { backupPool } from '../../src/operations/backup/backup.ts';
import type { ReconcileResult } from '../../src/operations/reconcile/requests.ts';
import { restoreSnapshot } from '../../src/operations/restore.ts';
import { planMatch } from '../../src/plan/plan-match.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import { openSnapshot, type SnapshotReader } from '../../src/snapshot/snapshot-reader.ts';
import { FACTOR_USERS, factorPool, OLD_PASSWORD } from '../deep/deep-pool.ts';
import { collect } from '../fakes/collect.ts';
import { sampleContext } from '../fakes/sample-plan.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';
import { tableOf, withSection } from './status-table.ts';
import { WAYS, type Way } from './status-ways.ts';

const ROLE = 'arn:aws:iam::123456789012:role/cognito-import';
const HASH = hashSync(OLD_PASSWORD, 4);
const LIMITS = new URL('../../docs/LIMITS.md', import.meta.url);
const LOST_FACTORS: readonly LossKind[] = ['mfa-preference', 'totp', 'passkeys'];
/** Without what the pool refuses whatever the factors: it wants a password. */
const FACTOR_WAYS = WAYS.filter(({ passwords }) => passwords !== 'none');

let bench: Workbench;
beforeEach(async () => {
  bench = await setUpWorkbench();
});
afterEach(() => bench.close());

interface Expected {
  readonly preferred: string | undefined;
  readonly mfa: readonly string[];
  readonly losses: readonly LossKind[];
}

async function deepSnapshot(): Promise<SnapshotReader> {
  const { gateway, vault, simulator } = bench;
  const poolId = factorPool(simulator, 'source');
  for (const { title: _title, ...user } of FACTOR_USERS) simulator.pool(poolId).addUser(user);
  const deps = { gateway, vault, runtime: realRuntime, observer: () => {} };
  const { snapshot } = await backupPool(deps, { poolId, deep: true });
  return openSnapshot(vault, { poolId, id: snapshot.id });
}

/** Asks the plan itself. */
async function expectationsOf(users: readonly User[], way: Way): Promise<ReadonlyMap<string, Expected>> {
  const poolId = factorPool(bench.simulator, 'asked');
  const header = await bench.gateway.send('GetCSVHeader', { poolId });
  const context = sampleContext({
    target: await bench.gateway.send('DescribeUserPool', { poolId }),
    targetFactors: new Set(RESTORABLE_FACTORS),
    importHeader: way.job ? header : undefined,
    options: { engine: way.engine, passwords: way.passwords },
  });
  return new Map(
    users.map((user) => {
      const desired = { ...user, groups: [], ...(way.hash && { passwordHash: HASH }) };
      const { entry, losses } = planMatch({ kind: 'missing', desired }, context);
      if (entry?.kind !== 'create-user') throw new Error(`${user.username} is not created`);
      // A row of an import file says on or off, and not what comes first.
      const preferred = entry.engine === 'api' ? entry.mfa?.preferred : undefined;
      const factors = { preferred, mfa: entry.mfa?.factors ?? [] };
      return [user.username, { ...factors, losses: losses.filter((kind) => LOST_FACTORS.includes(kind)) }] as const;
    }),
  );
}

function cellOf({ preferred, mfa, losses }: Expected): string {
  const on = mfa.map((factor) => (factor === preferred ? `${factor} first` : factor)).join(', ');
  const lost = losses.map((kind) => `\`${kind}\``).join(', ');
  return [on, lost].filter((part) => part !== '').join('<br>') || '–';
}

describe('every state of second factors, restored from a deep snapshot', () => {
  it.each(FACTOR_WAYS)('by $title ends as the table says', async (way) => {
    const reader = await deepSnapshot();
    const users = await collect(reader.users());
    const expectations = await expectationsOf(users, way);
    const target = factorPool(bench.simulator, 'target');
    const hashes = users.map(({ username }) => JSON.stringify({ username, hash: HASH })).join('\n');
    const result = (await restoreSnapshot(bench.deps, {
      reader,
      target,
      engine: way.engine,
      passwords: way.passwords,
      keepPassword: async () => {},
      confirm: async () => true,
      ...(way.job && { importRole: ROLE }),
      ...(way.hash && { hashFile: { name: 'hashes', read: () => once(hashes) } }),
    })) as ReconcileResult;

    expect(result).toMatchObject({ failed: 0, remaining: { missing: 0, extra: 0, changed: 0 } });
    expect(bench.simulator.counters.messages.causedByAdmin).toBe(0);
    const losses = new Map(result.losses.map(({ kind, count }) => [kind, count]));
    for (const kind of LOST_FACTORS) {
      const named = [...expectations.values()].filter((expected) => expected.losses.includes(kind)).length;
      expect(losses.get(kind) ?? 0, kind).toBe(named);
    }
    for (const [username, { preferred, mfa }] of expectations) {
      const reached = await bench.gateway.send('AdminGetUserAuthFactors', { poolId: target, username });
      expect([reached.preferred, reached.mfa], username).toEqual([preferred, mfa]);
    }
  });

  it('stands in docs/LIMITS.md', async () => {
    const users = await collect((await deepSnapshot()).users());
    const cells = new Map<string, string[]>(FACTOR_USERS.map(({ username }) => [username, []]));
    for (const way of FACTOR_WAYS) {
      for (const [name, expected] of await expectationsOf(users, way)) cells.get(name)?.push(cellOf(expected));
    }
    const rows = FACTOR_USERS.map(({ title, username }) => [title, ...(cells.get(username) ?? [])]);
    const table = tableOf(['in the snapshot', ...FACTOR_WAYS.map(({ title }) => title)], rows);
    const text = await readFile(LIMITS, 'utf8');
    const wanted = withSection(text, 'factors', table);
    if (process.env['UPDATE']) await writeFile(LIMITS, wanted);
    else expect(text).toBe(wanted);
  });
});

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
