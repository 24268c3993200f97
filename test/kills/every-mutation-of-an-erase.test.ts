import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backupPool } from '../../src/operations/backup/backup.ts';
import { eraseUsers } from '../../src/operations/erase/erase.ts';
import { listSnapshots } from '../../src/operations/snapshots/list-snapshots.ts';
import { verifySnapshot } from '../../src/operations/verify/verify-snapshot.ts';
import type { User } from '../../src/model/user.ts';
import { resolveSnapshot } from '../../src/snapshot/resolve-snapshot.ts';
import { snapshotPrefix } from '../../src/snapshot/keys.ts';
import type { Vault } from '../../src/snapshot/vault.ts';
import { EVE, EVERYBODY, keysNaming, mapLine, OTHERS, plantRun, POOL, usernamesIn } from '../erase/erasing-vault.ts';
import { sampleGroup } from '../fakes/sample-pool.ts';
import { sampleRun } from '../fakes/sample-run.ts';
import { poolHandlers, scriptedGateway } from '../fakes/scripted-gateway.ts';
import { effort } from '../support/effort.ts';
import { live, startKillBench, type KillBench, type LifeDependencies } from './kill-bench.ts';
import { VAULT_KINDS, type KillableVault, type VaultKind } from './killable-vault.ts';
import { describeKill, kills } from './sweep.ts';

/** Draws the sample of the ordinary run; any other will do. */
const SEED = 1;
/** How many kills at most: a folder has several steps for each write. */
const SWEEPS = [
  ['objects', Infinity],
  ['folder', effort({ ordinary: 16, long: Infinity })],
] as const satisfies readonly (readonly [VaultKind, number])[];
const MOMENTS = 3;
const TWIN = 'ee000001-0000-4000-8000-000000000001';

describe('an erase killed at any mutation and run again', () => {
  let bench: KillBench;
  beforeAll(async () => {
    bench = await startKillBench();
  });
  afterAll(() => bench.close());

  async function backUp({ vault, runtime }: LifeDependencies, users: readonly User[]): Promise<void> {
    bench.clock.skip(60_000);
    const members = new Map([['a', users.map(({ sub }) => sub)]]);
    const content = poolHandlers({ pool: POOL, users, groups: [sampleGroup('a')], members });
    const gateway = scriptedGateway(content, () => new Date(bench.clock.now()));
    await backupPool({ gateway, vault, runtime, observer: () => undefined }, { poolId: POOL.id, listing: 'single' });
  }

  /** Two snapshots that hold the user, one that does not, and a run into the same pool that names her. */
  const fill = async (deps: LifeDependencies): Promise<void> => {
    await backUp(deps, EVERYBODY);
    await backUp(deps, OTHERS);
    await backUp(deps, EVERYBODY);
    await plantRun(deps.vault, sampleRun(1, { target: POOL.id }), {
      map: [mapLine(EVE, TWIN), mapLine(OTHERS[0]!, OTHERS[1]!.sub)],
      failures: [{ step: 'AdminCreateUser', reason: 'x', hint: 'y', source: { username: EVE.username, sub: EVE.sub } }],
    });
  };

  const erase = async ({ vault, runtime }: LifeDependencies): Promise<void> => {
    await eraseUsers({ vault, runtime }, { subs: [EVE.sub], apply: true });
  };

  /** At every moment there is a whole snapshot, and nothing that counts as one is not whole. */
  async function checkNothingIsLost(vault: Vault, message: string): Promise<void> {
    const finished = (await listSnapshots(vault)).filter(({ status }) => status !== 'unfinished');
    for (const { id, poolId } of finished) {
      expect(await verifySnapshot(vault, { id, poolId }), message).toMatchObject({ ok: true });
      const { id: named } = await resolveSnapshot(vault, id);
      expect(named.slice(0, 16), message).toBe(id.slice(0, 16));
    }
    expect(new Set(finished.map(({ id }) => id.slice(0, 16))).size, message).toBe(MOMENTS);
  }

  /** Wherever she was, she is not; everybody else is where they were, and nothing lies about. */
  async function checkErased(vault: Vault, message: string): Promise<void> {
    expect(await keysNaming(vault.storage), message).toEqual([]);
    expect(await keysNaming(vault.storage, [TWIN]), message).toEqual([]);
    const refs = await vault.snapshots(POOL.id);
    expect(refs.length, message).toBe(MOMENTS);
    for (const ref of refs) {
      expect(await usernamesIn(vault, ref), message).toEqual(OTHERS.map(({ username }) => username).toSorted());
      expect(await verifySnapshot(vault, ref), message).toMatchObject({ ok: true, unnamedParts: 0 });
      for await (const { key } of vault.storage.list(snapshotPrefix(ref)))
        expect(key, message).not.toMatch(/superseding|expired/);
    }
    const runs: string[] = [];
    for await (const { key } of vault.storage.list(`runs/${POOL.id}/`)) runs.push(key);
    expect(runs.length, `${message}: ${runs.join()}`).toBe(2);
  }

  it.each(SWEEPS)('%s: no snapshot is lost, and nothing of the user is left', async (kind, most) => {
    const filled: KillableVault = await VAULT_KINDS[kind]();
    await live(bench, filled, fill);
    const whole = await filled.copy();
    const { mutations } = await live(bench, whole, erase);
    await live(bench, whole, ({ vault }) => checkErased(vault, 'not killed'));
    expect(mutations.length).toBeGreaterThan(20);
    for (const kill of kills(mutations.length, most, SEED)) {
      const vault = await filled.copy();
      const lived = await live(bench, vault, erase, { kill });
      const message = describeKill(kill, lived);
      await live(bench, vault, (deps) => checkNothingIsLost(deps.vault, message));
      await live(bench, vault, erase);
      await live(bench, vault, (deps) => checkErased(deps.vault, message));
      await vault.remove();
    }
    await whole.remove();
    await filled.remove();
  });
});
