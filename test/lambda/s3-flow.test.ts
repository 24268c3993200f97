import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { mixedPool } from '../../src/simulator/seeds/mixed-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { compareGroups, comparePools } from '../support/compare-pools.ts';
import { BUCKET, startFunctions, type Functions } from './functions.ts';
import { expectPrivate } from './personal-values.ts';

const VAULT = `s3://${BUCKET}/vault`;
const USERS = 400;
const SEED = mixedPool({ users: USERS, groups: 5 });
const STANDBY_USERS = 200;
/** A machine that is busy elsewhere takes a while for a few thousand requests. */
const TIMEOUT_MS = 180_000;

describe(
  'export, clean and import through the bundled functions, over several deadlines',
  { timeout: TIMEOUT_MS },
  () => {
    let functions: Functions;
    let source: string;
    let standby: string;

    beforeAll(async () => {
      functions = await startFunctions();
      source = plantSeed(functions.simulator, SEED);
    });
    afterAll(() => functions.stop());

    beforeEach(() => {
      const old = ordinaryPool({ users: STANDBY_USERS, groups: 3, seed: 8, model: 'username' });
      standby = plantSeed(functions.simulator, { ...old, config: SEED.config });
      functions.simulator.resetCounters();
    });

    async function exportSource() {
      const event = { poolId: source, vault: VAULT, csv: `s3://${BUCKET}/csv`, forPool: standby };
      return functions.export.callUntilDone(event, { checks: 40 }, { mostCalls: 10 });
    }

    async function cleanStandby() {
      const event = { target: standby, sourcePoolId: source, confirm: standby, vault: VAULT };
      return functions.clean.callUntilDone(event, { checks: 50 }, { mostCalls: 20 });
    }

    it('makes the standby pool equal to the source by way of the snapshot', async () => {
      const exported = await exportSource();
      expect(exported.answers.length).toBeGreaterThan(2);
      expect(exported.answer).toMatchObject({
        done: true,
        status: 'complete',
        totals: { users: USERS },
        csv: { users: USERS },
      });

      const cleaned = await cleanStandby();
      expect(cleaned.answers.length).toBeGreaterThan(3);
      expect(cleaned.answer).toMatchObject({ failed: 0, remaining: NOTHING, planned: { deleteUsers: STANDBY_USERS } });
      expect(cleaned.answer['counts']).toEqual(cleaned.answer['planned']);
      expect(functions.simulator.pool(standby).size).toBe(0);

      const event = { target: standby, vault: VAULT, snapshot: exported.answer['snapshot'].id };
      const imported = await functions.import.callUntilDone(event, { checks: 120 }, { mostCalls: 20 });
      expect(imported.answers.length).toBeGreaterThan(3);
      expect(imported.answer).toMatchObject({ failed: 0, conflicts: 0, remaining: NOTHING });
      expect(imported.answer['counts']).toEqual(imported.answer['planned']);
      expect(imported.answer['losses']).toContainEqual(expect.objectContaining({ kind: 'password' }));
      expect(comparePools(functions.simulator, source, standby)).toEqual([]);
      expect(compareGroups(functions.simulator, source, standby)).toEqual([]);
      expect(functions.simulator.counters.messages.causedByAdmin).toBe(0);
    });

    it('brings over by way of the CSV files whom they can carry, and their memberships', async () => {
      const exported = await exportSource();
      await cleanStandby();
      const { csv } = exported.answer;
      const event = { target: standby, vault: VAULT, csv: csv.location };
      const imported = await functions.import.callUntilDone(event, { checks: 120 }, { mostCalls: 20 });
      expect(imported.answers.length).toBeGreaterThan(3);
      expect(imported.answer).toMatchObject({ failed: 0, conflicts: 0, remaining: NOTHING });

      const target = functions.simulator.pool(standby);
      expect(target.size).toBe(csv.carried);
      for (const user of target.users()) {
        const original = functions.simulator.pool(source).user(user.username);
        expect(written(user.attributes)).toEqual(written(original?.attributes ?? []));
        expect([...user.groups].sort()).toEqual([...(original?.groups ?? [])].sort());
      }
      expect(target.memberships()).toHaveLength(csv.memberships);
      expect(functions.simulator.counters.messages.causedByAdmin).toBe(0);
    });

    it('prints JSON lines without anybody in them', async () => {
      const exported = await exportSource();
      const hosts = [functions.export, functions.clean, functions.import];
      for (const host of hosts) {
        const lines = host.logLines();
        for (const line of lines) {
          expect(line).toMatchObject({
            time: expect.any(String),
            level: expect.any(String),
            event: expect.any(String),
          });
          expect(line['requestId']).toBe('request-1');
        }
        expect(lines.some(({ event }) => event === 'answered')).toBe(true);
        expectPrivate(host.output, [...functions.simulator.pool(source).users()]);
      }
      expectPrivate(JSON.stringify(exported.answers), [...functions.simulator.pool(source).users()]);
    });
  },
);

const NOTHING = { missing: 0, extra: 0, changed: 0 };

/** What a CSV file can say: an unverified contact is the same with the flag and without. */
function written(attributes: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  return attributes
    .filter(([name, value]) => name !== 'identities' && !(name.endsWith('_verified') && value === 'false'))
    .sort(([one], [other]) => (one < other ? -1 : 1));
}
