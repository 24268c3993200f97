import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PoolConfig } from '../../src/simulator/pool-config.ts';
import { OLD_BCRYPT_HASHES, OLD_PASSWORD } from '../../src/simulator/seeds/hostile-users.ts';
import { signInTo } from '../support/sign-in.ts';
import { BUCKET, startFunctions, type Functions } from './functions.ts';
import { expectPrivate } from './personal-values.ts';

const VAULT = `s3://${BUCKET}/vault`;
const ROLE = 'arn:aws:iam::123456789012:role/cognito-import';
const ATTRIBUTE = 'custom:legacy_sub';
const HASH = OLD_BCRYPT_HASHES[0] ?? '';
const USERS = 40;
const CONFIG: PoolConfig = {
  AutoVerifiedAttributes: ['email'],
  Schema: [{ Name: 'legacy_sub', AttributeDataType: 'String', Mutable: true }],
};

describe('hashes and subAttribute in the event of the import function', { timeout: 180_000 }, () => {
  let functions: Functions;
  let source: string;
  let snapshot: string;

  beforeAll(async () => {
    functions = await startFunctions();
    const { simulator } = functions;
    source = simulator.createPool({ ...CONFIG, PoolName: 'source' });
    for (let number = 0; number < USERS; number += 1) {
      const email = `canary-${number}@canary.example`;
      const attributes = [['email', email] as const, ['email_verified', 'true'] as const];
      simulator.pool(source).addUser({ username: `canary-${number}`, attributes });
    }
    const exported = await functions.export.call({ poolId: source, vault: VAULT });
    snapshot = exported['snapshot'].id;
    const lines = Array.from({ length: USERS / 2 }, (_, number) => `canary-${number},${HASH}`);
    await put('hashes.csv', ['username,hash', ...lines, ''].join('\n'));
  });
  afterAll(() => functions.stop());

  const put = async (key: string, body: string): Promise<void> => {
    const { ok } = await fetch(`${functions.simulator.endpoint}/${BUCKET}/${key}`, { method: 'PUT', body });
    expect(ok).toBe(true);
  };
  const newTarget = (): string => functions.simulator.createPool({ ...CONFIG, PoolName: 'target' });

  it('lets users in with their old passwords and keeps the old sub, over several deadlines, and names nobody', async () => {
    const target = newTarget();
    const hashes = `s3://${BUCKET}/hashes.csv`;
    const event = { target, vault: VAULT, snapshot, hashes, subAttribute: ATTRIBUTE, importRole: ROLE };
    const { answer, answers } = await functions.import.callUntilDone(event, { checks: 40 }, { mostCalls: 20 });

    expect(answers.length).toBeGreaterThan(1);
    expect(answer).toMatchObject({ failed: 0, conflicts: 0, remaining: { missing: 0, extra: 0, changed: 0 } });
    const app = await signInTo(functions.simulator, target);
    expect(await app.withPassword('canary-0', OLD_PASSWORD)).toBe('signed-in');
    expect(await app.withPassword(`canary-${USERS - 1}`, OLD_PASSWORD)).not.toBe('signed-in');
    for (const user of functions.simulator.pool(target).users()) {
      const sub = functions.simulator.pool(source).user(user.username)?.sub;
      expect(user.attributes).toContainEqual([ATTRIBUTE, sub]);
    }
    const users = [...functions.simulator.pool(source).users()];
    expectPrivate(JSON.stringify(answers), users);
    expectPrivate(functions.import.output, users);
    expect(functions.import.output + JSON.stringify(answers)).not.toContain(HASH);
    expect(functions.simulator.counters.messages.causedByAdmin).toBe(0);
  });

  it.each([
    ['hashes without a role', { hashes: `s3://${BUCKET}/hashes.csv` }, 'usage'],
    ['hashes that are not there', { hashes: `s3://${BUCKET}/none.csv`, importRole: ROLE }, 'file-not-found'],
    ['an attribute that the target lacks', { subAttribute: 'custom:none' }, 'schema-gap'],
    ['an attribute that is none', { subAttribute: 'sub' }, 'usage'],
  ])('refuses %s before the first write', async (_what, fields, code) => {
    const target = newTarget();
    functions.simulator.resetCounters();
    const failing = functions.import.call({ target, vault: VAULT, snapshot, ...fields });
    await expect(failing).rejects.toMatchObject({ name: code });
    expect(functions.writes()).toEqual([]);
  });
});
