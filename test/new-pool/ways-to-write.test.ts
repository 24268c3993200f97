import { hashSync } from 'bcryptjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TemporaryPassword } from '../../src/apply/apply-context.ts';
import type { PoolId } from '../../src/model/ids.ts';
import type { Finding } from '../../src/operations/reconcile/make-plan.ts';
import { signInTo } from '../support/sign-in.ts';
import { newPoolBench, type NewPoolBench, type Options } from './new-pool-bench.ts';

const ROLE = 'arn:aws:iam::123456789012:role/cognito-import';
const PASSWORD = 'Old-Passw0rd!';
const HASH = hashSync(PASSWORD, 4);
const ATTRIBUTE = 'custom:legacy_sub';

let bench: NewPoolBench;
beforeEach(async () => {
  bench = await newPoolBench();
});
afterEach(async () => {
  expect(bench.simulator.counters.messages.causedByAdmin).toBe(0);
  expect(bench.simulator.counters.triggersFired).toBe(0);
  await bench.close();
});

/** Ada and Ben can go by import job, Cleo, who is disabled, cannot. A trigger would fire if it were attached too early. */
function plant(request: object = {}): PoolId {
  const poolId = bench.createPool({
    AutoVerifiedAttributes: ['email'],
    LambdaConfig: { PreSignUp: `arn:aws:lambda:${bench.simulator.region}:123456789012:function:check` },
    ...request,
  });
  const pool = bench.simulator.pool(poolId);
  pool.addGroup({ name: 'staff' });
  for (const username of ['ada', 'ben', 'cleo']) {
    const attributes = [['email', `${username}@example.com`] as const, ['email_verified', 'true'] as const];
    pool.addUser({ username, attributes, groups: ['staff'], enabled: username !== 'cleo' });
  }
  bench.simulator.resetCounters();
  return poolId;
}

const hashFile = (text: string) => ({
  name: 'hashes.csv',
  read: async function* () {
    yield Buffer.from(text);
  },
});

function peopleOf(poolId: string): Readonly<Record<string, string>> {
  const users = [...bench.simulator.pool(poolId).users()].map(({ username, status }) => [username, status] as const);
  return Object.fromEntries(users.toSorted());
}

async function made(options: Options) {
  const result = await bench.restore(await bench.snapshotOf(plant()), options);
  if (!result.made) throw new Error('Nothing was made');
  return { ...result, made: result.made };
}

describe('users of a new pool', () => {
  it('--hashes: sign in with the password they have had', async () => {
    const { made: done, users } = await made({
      users: { importRole: ROLE, hashFile: hashFile(`username,hash\nada,${HASH}\n`) },
    });
    expect(done).toMatchObject({ failures: [], differences: [], users: { failed: 0, conflicts: 0 } });
    expect(users?.hashes).toEqual({ lines: 1, users: 1, created: 1 });
    expect(peopleOf(done.pool.id)).toMatchObject({ ada: 'CONFIRMED', ben: 'RESET_REQUIRED' });
    const app = await signInTo(bench.simulator, done.pool.id);
    expect(await app.withPassword('ada', PASSWORD)).toBe('signed-in');
    expect(bench.describe(done.pool.id)['LambdaConfig']).toHaveProperty('PreSignUp');
  });

  it('--engine import-job: whom no file can carry is a named conflict, and the pool is complete', async () => {
    const findings: Finding[] = [];
    const { made: done } = await made({
      users: { importRole: ROLE, engine: 'import-job', onFinding: (finding) => void findings.push(finding) },
    });
    expect(done).toMatchObject({ failures: [], users: { failed: 0, conflicts: 1 } });
    expect(peopleOf(done.pool.id)).toEqual({ ada: 'RESET_REQUIRED', ben: 'RESET_REQUIRED' });
    expect(bench.simulator.counters.calls['AdminCreateUser']).toBeUndefined();
    // Once, although the plan is made twice.
    expect(findings).toMatchObject([{ finding: 'conflict', source: { username: 'cleo' } }]);
    expect(bench.describe(done.pool.id)['UserPoolTags']).toHaveProperty('cognito-backup:restored-from');
  });

  it('--sub-attribute: bear the old sub in an attribute that is made for it', async () => {
    const poolId = plant();
    const users = { subAttribute: ATTRIBUTE, createMissingAttributes: true };
    const reader = await bench.snapshotOf(poolId);
    const { made: done } = await bench.restore(reader, { users });
    expect(done).toMatchObject({ failures: [], differences: [], users: { remaining: { missing: 0, changed: 0 } } });
    const subs = new Map([...bench.simulator.pool(poolId).users()].map(({ username, sub }) => [username, sub]));
    for (const user of bench.simulator.pool(done?.pool.id ?? '').users()) {
      expect(user.attributes).toContainEqual([ATTRIBUTE, subs.get(user.username)]);
    }
    const again = await bench.restore(reader, { users });
    expect(again.made).toMatchObject({ origin: 'complete', differences: [] });
  });

  it('--sub-attribute: also an immutable one that the snapshot’s pool has', async () => {
    const poolId = plant({ Schema: [{ Name: 'legacy_sub', AttributeDataType: 'String', Mutable: false }] });
    const { made: done } = await bench.restore(await bench.snapshotOf(poolId), { users: { subAttribute: ATTRIBUTE } });
    expect(done).toMatchObject({ failures: [], differences: [] });
    for (const user of bench.simulator.pool(done?.pool.id ?? '').users()) {
      expect(user.attributes.map(([name]) => name)).toContain(ATTRIBUTE);
    }
  });

  it('--passwords temporary: each gets one, which is kept', async () => {
    const kept: TemporaryPassword[] = [];
    const { made: done } = await made({
      users: { passwords: 'temporary', keepPassword: async (password) => void kept.push(password) },
    });
    expect(done).toMatchObject({ failures: [], differences: [] });
    expect(kept.map(({ username }) => username).toSorted()).toEqual(['ada', 'ben', 'cleo']);
    expect(new Set(Object.values(peopleOf(done.pool.id)))).toEqual(new Set(['FORCE_CHANGE_PASSWORD']));
  });

  it('--passwords none: where a one-time code lets them in', async () => {
    const poolId = plant({
      Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP'] } },
      EmailConfiguration: {
        EmailSendingAccount: 'DEVELOPER',
        SourceArn: 'arn:aws:ses:eu-central-1:123456789012:identity/example.com',
      },
    });
    const { made: done } = await bench.restore(await bench.snapshotOf(poolId), { users: { passwords: 'none' } });
    expect(done).toMatchObject({ failures: [], differences: [] });
    expect(bench.simulator.counters.calls['AdminSetUserPassword']).toBeUndefined();
  });

  it('killed after the import job of hashes: the next run needs the file again, and doubles nobody', async () => {
    const reader = await bench.snapshotOf(plant());
    const users = { importRole: ROLE, hashFile: hashFile(`username,hash\nada,${HASH}\nben,${HASH}\n`) };
    let isStarted = false;
    const gateway: typeof bench.gateway = {
      ...bench.gateway,
      send: async (operation, request, signal) => {
        if (isStarted && operation === 'AdminCreateUser') throw new Error('Killed');
        const answer = await bench.gateway.send(operation, request, signal);
        isStarted ||= operation === 'StartUserImportJob';
        return answer;
      },
    };
    await expect(bench.restore(reader, { users }, { gateway })).rejects.toThrow('Killed');

    const { made: done } = await bench.restore(reader, { users });

    expect(done).toMatchObject({ origin: 'resumed', failures: [], differences: [] });
    expect(bench.poolsNamed('risen')).toHaveLength(1);
    expect(peopleOf(done?.pool.id ?? '')).toMatchObject({ ada: 'CONFIRMED', ben: 'CONFIRMED' });
    const app = await signInTo(bench.simulator, done?.pool.id ?? '');
    expect(await app.withPassword('ben', PASSWORD)).toBe('signed-in');
  });
});

describe('refused before anything is made:', () => {
  it.each<[string, Options['users'] & object, string, RegExp]>([
    ['hashes without a role', { hashFile: hashFile(`username,hash\nada,${HASH}\n`) }, 'usage', /import job alone/],
    [
      'hashes by the API',
      { hashFile: hashFile(`username,hash\nada,${HASH}\n`), importRole: ROLE, engine: 'api' },
      'usage',
      /import job alone/,
    ],
    [
      'hashes of nobody',
      { hashFile: hashFile(`username,hash\nzoe,${HASH}\n`), importRole: ROLE },
      'bad-input',
      /None of the 1 password hashes/,
    ],
    [
      'a line that is no hash',
      { hashFile: hashFile('username,hash\nada,x\n'), importRole: ROLE },
      'bad-input',
      /line 2/i,
    ],
    ['the engine without a role', { engine: 'import-job' }, 'usage', /--import-role/],
    ['an attribute that the pool will lack', { subAttribute: ATTRIBUTE }, 'schema-gap', /legacy_sub/],
    ['no passwords where none are enough', { passwords: 'none' }, 'refused', /one-time code/],
    ['somebody who is not in the snapshot', { onlyUsers: ['zoe'] }, 'user-not-found', /asked for by name/],
  ])('%s', async (_what, users, code, message) => {
    const reader = await bench.snapshotOf(plant());
    await expect(bench.restore(reader, { users })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
    expect(bench.poolsNamed('risen')).toEqual([]);
    await expect(bench.restore(reader, { users, dryRun: true })).rejects.toMatchObject({ code });
  });
});
