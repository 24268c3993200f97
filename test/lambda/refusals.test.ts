import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PoolConfig } from '../../src/simulator/pool-config.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { BUCKET, startFunctions, type Functions } from './functions.ts';
import type { Json } from './lambda-host.ts';
import { expectPrivate } from './personal-values.ts';

const VAULT = `s3://${BUCKET}/vault`;
const NOBODY = 'eu-central-1_NoSuchPool';

describe('what the functions refuse', () => {
  let functions: Functions;
  let source: string;
  let target: string;

  beforeAll(async () => {
    functions = await startFunctions();
    source = plant(60);
  });
  afterAll(() => functions.stop());
  beforeEach(() => {
    target = plant(20);
    functions.simulator.resetCounters();
  });
  afterEach(() => functions.simulator.faults.clear());

  function plant(users: number, config: PoolConfig = {}): string {
    const seed = ordinaryPool({ users, groups: 3, seed: users, model: 'username' });
    return plantSeed(functions.simulator, { ...seed, config: { ...seed.config, ...config } });
  }

  describe('clean', () => {
    const event = (changes: object = {}) => ({
      target,
      sourcePoolId: source,
      confirm: target,
      vault: VAULT,
      ...changes,
    });

    it.each([
      ['the source itself', () => event({ sourcePoolId: target }), 'it is the source'],
      ['a target that is not confirmed', () => event({ confirm: source }), 'it is not confirmed'],
      ['a target confirmed by a word', () => event({ confirm: 'yes' }), 'it is not confirmed'],
      [
        'a protected target',
        () => {
          const id = plant(5, { UserPoolTags: { 'cognito-backup:protected': 'true' } });
          return event({ target: id, confirm: id });
        },
        'cognito-backup:protected=true',
      ],
      ['a standby pool that is not confirmed', () => event({ target: plant(5, STANDBY) }), 'it is not confirmed'],
    ])('refuses %s before anything is written anywhere', async (_, makeEvent, reason) => {
      const keys = [...functions.keys()];
      await expect(functions.clean.call(makeEvent())).rejects.toMatchObject({
        name: 'refused',
        message: expect.stringContaining(reason),
      });
      expect(functions.writes()).toEqual([]);
      expect(functions.keys()).toEqual(keys);
    });

    it('refuses an answer that was changed to name another pool', async () => {
      const first = await functions.clean.call(event(), { checks: 3 });
      expect(first).toMatchObject({ done: false });
      const other = plant(7);
      const snapshot = '20261122T120000Z-abcdef';
      const forged = { ...first, target: other, confirm: other, continue: { phase: 'apply', snapshot, durationMs: 1 } };
      functions.simulator.resetCounters();
      await expect(functions.clean.call(forged)).rejects.toMatchObject({ name: 'snapshot-not-found' });
      expect(functions.writes()).toEqual([]);
    });

    it('does not clean when the backup cannot be made', async () => {
      const broken = event({ vault: 's3://no-such-bucket/vault' });
      await expect(functions.clean.call(broken)).rejects.toMatchObject({ name: 'vault-not-found' });
      expect(functions.writes()).toEqual([]);
    });

    it('answers what it would do, and does nothing, in a dry run', async () => {
      const answer = await functions.clean.call(event({ dryRun: true }));
      expect(answer).toMatchObject({
        done: true,
        dryRun: true,
        planned: { deleteUsers: 20 },
        counts: { deleteUsers: 0 },
      });
      expect(answer['plan'].callsByCategory.UserUpdate).toBe(20);
      expect(functions.writes()).toEqual([]);
    });

    it('takes no snapshot when told so', async () => {
      const answer = await functions.clean.call(event({ noBackup: true }));
      expect(answer).toMatchObject({ done: true, remaining: { extra: 0 } });
      expect(answer).not.toHaveProperty('snapshot');
      expect(functions.keys().filter((key) => key.includes(`pools/${target}/`))).toEqual([]);
      expect(functions.simulator.pool(target).size).toBe(0);
    });

    it('goes on after a call that hung until its time was over', async () => {
      functions.simulator.faults.add({ kind: 'stall', operation: 'AdminDeleteUser', nth: 5, times: 1 });
      const cut = await functions.clean.call(event({ noBackup: true }), { ms: 3_000 });
      expect(cut).toMatchObject({ done: false, continue: { phase: 'apply', apply: { planned: { deleteUsers: 20 } } } });
      expect(cut['continue'].apply).not.toHaveProperty('run');
      const { answer } = await functions.clean.callUntilDone(cut, { ms: 60_000 }, { mostCalls: 5 });
      expect(answer).toMatchObject({
        planned: { deleteUsers: 20 },
        counts: { deleteUsers: 20 },
        remaining: { extra: 0 },
      });
      expect(functions.simulator.pool(target).size).toBe(0);
    });
  });

  describe('import', () => {
    const event = (changes: object = {}) => ({ target, vault: VAULT, snapshot: `${source}@latest`, ...changes });
    let snapshot: string;
    beforeAll(async () => {
      snapshot = (await functions.export.call({ poolId: source, vault: VAULT }))['snapshot'].id;
    });

    it.each([
      ['another pool confirmed', () => event({ confirm: source }), 'refused', 'another pool is confirmed'],
      ['the own source without a confirmation', () => event({ target: plantedSource() }), 'refused', 'not confirmed'],
      ['a snapshot that is not there', () => event({ snapshot: '2025' }), 'snapshot-not-found', 'No snapshot'],
      ['a vault that is not there', () => event({ vault: `s3://${BUCKET}/elsewhere` }), 'vault-not-found', 'No vault'],
      [
        'a folder without CSV files',
        () => event({ snapshot: undefined, csv: 's3://backups/none/' }),
        'file-not-found',
        'users-0001.csv',
      ],
      [
        'a CSV file that is not there',
        () => event({ snapshot: undefined, csv: 's3://backups/none.csv' }),
        'file-not-found',
        'none.csv',
      ],
      ['import-job without a role', () => event({ engine: 'import-job' }), 'usage', 'import-job'],
      ['a pool that is not there', () => event({ target: NOBODY }), 'pool-not-found', NOBODY],
    ])('refuses %s', async (_, makeEvent, name, reason) => {
      await expect(functions.import.call(makeEvent())).rejects.toMatchObject({
        name,
        message: expect.stringContaining(reason),
      });
      expect(functions.writes()).toEqual([]);
    });

    /** The source has lost somebody, so that there is something to confirm. */
    function plantedSource(): string {
      const [first] = [...functions.simulator.pool(source).users()].filter(({ status }) => status === 'CONFIRMED');
      functions.simulator.pool(source).removeUser(first?.username ?? '');
      return source;
    }

    it('brings the lost users of the own source back when it is confirmed', async () => {
      const lost = functions.simulator.pool(plantedSource()).size;
      const answer = await functions.import.call(event({ target: source, snapshot, confirm: source }));
      expect(answer).toMatchObject({ done: true, failed: 0, remaining: { missing: 0 }, snapshot: { id: snapshot } });
      expect(functions.simulator.pool(source).size).toBeGreaterThan(lost);
    });

    it('refuses a trigger that would fire, unless allowed', async () => {
      const LambdaConfig = { PreSignUp: 'arn:aws:lambda:eu-central-1:123456789012:function:pre' };
      const id = plant(0, { LambdaConfig });
      await expect(functions.import.call(event({ target: id }))).rejects.toMatchObject({ name: 'refused' });
      expect(functions.writes()).toEqual([]);
      expect(await functions.import.call(event({ target: id, allowTriggers: true }))).toMatchObject({ done: true });
    });

    it('comes to an end although somebody cannot be created and each call has time for one listing alone', async () => {
      const twins = plant(10, { AliasAttributes: [] });
      for (const username of ['twin-one', 'twin-two']) {
        const attributes = [['email', 'shared@example.org'] as const, ['email_verified', 'true'] as const];
        functions.simulator.pool(twins).addUser({ username, attributes });
      }
      await functions.export.call({ poolId: twins, vault: VAULT });
      const id = plant(0, { AliasAttributes: ['email'] });
      let answer: Json = event({ target: id, snapshot: `${twins}@latest` });
      let verifying = 0;
      for (let calls = 0; calls < 20 && answer['done'] !== true; calls += 1) {
        const isVerifying = answer['continue'] !== undefined && !answer['continue'].apply.run.cursor;
        if (isVerifying) verifying += 1;
        answer = await functions.import.call(answer, { checks: isVerifying ? 1 : 8 });
      }
      expect(verifying).toBeGreaterThan(0);
      expect(answer).toMatchObject({ done: true, failed: 1, remaining: { missing: 1 } });
    });

    it('goes by an import job where a role is given', async () => {
      const id = plant(0);
      const { csv } = await functions.export.call({ poolId: source, vault: VAULT, forPool: id });
      const importRole = 'arn:aws:iam::123456789012:role/cognito-import';
      const answer = await functions.import.call({ target: id, vault: VAULT, csv: csv.location, importRole });
      expect(answer).toMatchObject({ done: true, failed: 0, remaining: { missing: 0, changed: 0 } });
      expect(functions.simulator.counters.calls['StartUserImportJob']).toBe(1);
      expect(functions.simulator.pool(id).size).toBe(csv.carried);
    });
  });

  it.each([
    ['export', { vault: VAULT }, 'poolId'],
    ['export', { poolId: 'eu-central-1_AbCdEfGhI', vault: 'vault' }, 'vault'],
    ['clean', { target: NOBODY, vault: VAULT, confirm: NOBODY }, 'sourcePoolId'],
    ['clean', { target: NOBODY, sourcePoolId: NOBODY, vault: VAULT, confirm: NOBODY, force: true }, 'force'],
    ['import', { target: NOBODY, vault: VAULT }, 'csv'],
    ['import', 'import everything', 'the event'],
    ['export', { poolId: NOBODY, vault: VAULT, done: true }, 'done'],
  ] as const)('%s names the bad field of an event', async (name, event, field) => {
    await expect(functions[name].call(event)).rejects.toMatchObject({
      name: 'usage',
      message: expect.stringContaining(field),
    });
    expect(functions.simulator.counters.calls).toEqual({});
  });

  it('names errors by their code for Step Functions, and logs them without anybody in them', async () => {
    functions.simulator.faults.add({ kind: 'access-denied', operation: 'ListUsers' });
    await expect(functions.export.call({ poolId: source, vault: VAULT })).rejects.toMatchObject({
      name: 'not-authorized',
    });
    const failures = functions.export.logLines().filter(({ level }) => level === 'error');
    expect(failures.at(-1)).toMatchObject({ event: 'failed', code: 'not-authorized', message: expect.any(String) });
    for (const host of [functions.export, functions.clean, functions.import]) {
      expectPrivate(host.output, [...functions.simulator.pool(source).users()]);
    }
  });
});

const STANDBY = { UserPoolTags: { 'cognito-backup:role': 'standby' } };
