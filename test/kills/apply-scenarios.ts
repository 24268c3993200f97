import type { PoolId } from '../../src/model/ids.ts';
import { backupPool } from '../../src/operations/backup/backup.ts';
import { cleanPool } from '../../src/operations/clean.ts';
import { importCsv } from '../../src/operations/import.ts';
import { mirrorSnapshot } from '../../src/operations/mirror.ts';
import type { ReconcileResult, ReconcileSlice } from '../../src/operations/reconcile/requests.ts';
import { restoreSnapshot } from '../../src/operations/restore.ts';
import { verifySnapshot } from '../../src/operations/verify/verify-snapshot.ts';
import type { PoolSeed } from '../../src/simulator/seeds/pool-seed.ts';
import type { SnapshotRef } from '../../src/snapshot/keys.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import { driftedFrom, emptied, withBadges, type DelicateModel } from './delicate-pool.ts';
import type { LifeDependencies } from './kill-bench.ts';

const IMPORT_ROLE = 'arn:aws:iam::123456789012:role/cognito-import';
const confirm = async (): Promise<boolean> => true;

type Result = ReconcileResult | ReconcileSlice;

/** One command that writes to a pool: what the pool is before, and what the command is. */
export interface ApplyScenario {
  readonly model: DelicateModel;
  /** The pool written to, before. */
  readonly target: (source: PoolSeed) => PoolSeed;
  readonly run: (deps: LifeDependencies, snapshot: SnapshotRef, target: PoolId) => Promise<Result>;
}

export const APPLY_SCENARIOS = {
  'restore by api, sign-in by e-mail': {
    model: 'email',
    target: emptied,
    run: async ({ vault, ...deps }, snapshot, target) =>
      restoreSnapshot(deps, { reader: await openSnapshot(vault, snapshot), target, confirm }),
  },
  'restore by api, sign-in by username and aliases': {
    model: 'alias',
    target: emptied,
    run: async ({ vault, ...deps }, snapshot, target) =>
      restoreSnapshot(deps, { reader: await openSnapshot(vault, snapshot), target, confirm }),
  },
  'restore by import job': {
    model: 'alias',
    target: emptied,
    run: async ({ vault, ...deps }, snapshot, target) =>
      restoreSnapshot(deps, { reader: await openSnapshot(vault, snapshot), target, confirm, importRole: IMPORT_ROLE }),
  },
  'restore over users who exist': {
    model: 'email',
    target: driftedFrom,
    run: async ({ vault, ...deps }, snapshot, target) =>
      restoreSnapshot(deps, {
        reader: await openSnapshot(vault, snapshot),
        target,
        confirm,
        existing: 'update',
      }),
  },
  mirror: {
    model: 'email',
    target: driftedFrom,
    run: async ({ vault, ...deps }, snapshot, target) => {
      const reader = await openSnapshot(vault, snapshot);
      return mirrorSnapshot(deps, { reader, verified: await verifySnapshot(vault, snapshot), target, confirm });
    },
  },
  'import that creates users anew': {
    model: 'alias',
    target: withBadges,
    run: async ({ vault: _vault, ...deps }, _snapshot, target) => {
      const header = await deps.gateway.send('GetCSVHeader', { poolId: target });
      const users = { name: 'users.csv', read: () => newBadges(header) };
      return importCsv(deps, { files: { users: [users] }, target, confirm, existing: 'update', recreate: true });
    },
  },
  clean: {
    model: 'alias',
    target: (source) => source,
    run: async ({ vault, ...deps }, _snapshot, target) => {
      const backUpFirst = async (): Promise<void> => {
        const backup = await backupPool({ ...deps, vault }, { poolId: target });
        const verified = await verifySnapshot(vault, { poolId: target, id: backup.snapshot.id });
        if (!verified.ok) throw new Error('The snapshot before the clean is damaged');
      };
      return cleanPool(deps, { target, confirm, backUpFirst });
    },
  },
} as const satisfies Record<string, ApplyScenario>;

/** A new badge for three users; whatever else they have, their groups too, the file leaves open. */
async function* newBadges(header: readonly string[]): AsyncGenerator<Buffer> {
  const rows = ['plain', 'disabled', 'values'].map((name): Readonly<Record<string, string>> => {
    const email = name === 'values' ? "o'hara+tag=x@example.org" : `${name}@example.org`;
    return { 'cognito:username': name, email, 'custom:badge': 'new' };
  });
  const lines = rows.map((row) => header.map((column) => row[column] ?? '').join(','));
  yield Buffer.from(`${[header.join(','), ...lines].join('\n')}\n`);
}
