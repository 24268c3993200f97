import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePoolId } from '../../src/model/ids.ts';
import type { User } from '../../src/model/user.ts';
import { backupPool } from '../../src/operations/backup/backup.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { poolHandlers, scriptedGateway } from '../fakes/scripted-gateway.ts';
import { effort } from '../support/effort.ts';
import { backupCase, backupContent } from './backup-case.ts';
import { delicatePool } from './delicate-pool.ts';
import { live, startKillBench, type KillBench } from './kill-bench.ts';
import { VAULT_KINDS, type VaultKind } from './killable-vault.ts';
import { describeKill, kills } from './sweep.ts';

const PAGES_PER_PART = 200;
/** As many as these pages hold: a user in every second one. */
const USERS_PER_PART = 100;
/** Draws the sample of the ordinary run; any other will do. */
const SEED = 1;

/** How many kills at most: a sharded listing, and a folder, have hundreds of steps, both together more than a thousand. */
const SWEEPS = [
  ['objects', 'single', 'as listed', Infinity],
  ['objects', 'sharded', 'as listed', effort({ ordinary: 24, long: Infinity })],
  ['folder', 'single', 'as listed', effort({ ordinary: 30, long: Infinity })],
  ['folder', 'sharded', 'as listed', effort({ ordinary: 6, long: 300 })],
  ['objects', 'single', 'deep', Infinity],
  ['objects', 'sharded', 'deep', effort({ ordinary: 8, long: Infinity })],
  ['folder', 'single', 'deep', effort({ ordinary: 6, long: Infinity })],
] as const satisfies readonly (readonly [VaultKind, 'single' | 'sharded', 'deep' | 'as listed', number])[];

describe('a backup killed at any mutation and run again', () => {
  let bench: KillBench;
  let delicate: readonly User[];
  beforeAll(async () => {
    bench = await startKillBench();
    const poolId = parsePoolId(plantSeed(bench.simulator, delicatePool('alias')));
    delicate = (await bench.gateway.send('ListUsers', { poolId })).items;
  });
  afterAll(() => bench.close());

  it.each(SWEEPS)(
    '%s, %s listing, %s: all is captured once, with one part a chain listed and asked for again',
    async (kind, mode, depth, most) => {
      const deep = depth === 'deep';
      const content = backupContent(mode, delicate, deep);
      const { pool } = content;
      const vault = await VAULT_KINDS[kind]();
      const earlier = scriptedGateway(poolHandlers({ ...content, pageSize: 60 }), () => new Date(bench.clock.now()));
      await live(
        bench,
        vault,
        async (deps) => void (await backupPool(deps, { poolId: pool.id, listing: mode, deep })),
        {
          gateway: earlier,
        },
      );
      const whole = await backupCase(bench, vault, { content, mode, deep });
      const { mutations } = await whole.live();
      expect(await whole.problems()).toEqual([]);
      for (const kill of kills(mutations.length, most, SEED)) {
        const one = await backupCase(bench, vault, { content, mode, deep });
        const lived = await one.live(kill);
        const message = describeKill(kill, lived);
        // Killed after its manifest a backup was through, and the next one is a backup of its own.
        const wasThrough = (await one.snapshots()) > 1;
        if (lived.ended === 'killed') await one.live();
        expect(await one.problems(), message).toEqual([]);
        for (const [chain, pages] of whole.pages) {
          const again = chain.startsWith('factors') ? USERS_PER_PART : PAGES_PER_PART;
          const limit = pages + (wasThrough ? pages : again);
          expect(one.pages.get(chain), `${message}: ${chain}`).toBeLessThanOrEqual(limit);
        }
        await one.remove();
      }
      await vault.remove();
    },
  );
});
