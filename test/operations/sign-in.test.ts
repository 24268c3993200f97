import { writeFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePoolId } from '../../src/model/ids.ts';
import { importCsv } from '../../src/operations/import.ts';
import { restoreSnapshot } from '../../src/operations/restore.ts';
import { HOSTILE_CONFIG } from '../../src/simulator/seeds/hostile-pool.ts';
import { OLD_BCRYPT_HASHES, OLD_PASSWORD } from '../../src/simulator/seeds/hostile-users.ts';
import { signInTo } from '../support/sign-in.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';

const ROLE = 'arn:aws:iam::123456789012:role/cognito-import';
const NEW_PASSWORD = 'Brand-New-Passw0rd!';
const yes = async (): Promise<boolean> => true;

describe('a restored user', () => {
  let bench: Workbench;
  let target: string;

  beforeEach(async () => {
    bench = await setUpWorkbench();
    target = bench.simulator.createPool({ ...HOSTILE_CONFIG, PoolName: 'standby', MfaConfiguration: 'OFF' });
  });
  afterEach(() => bench.close());

  const csvFile = async (text: string) => {
    const path = join(bench.folder, 'users.csv');
    await writeFile(path, text);
    return { name: 'users.csv', read: () => createReadStream(path) };
  };

  it('signs in with the old password when the file brings its bcrypt hash', async () => {
    const header = await bench.gateway.send('GetCSVHeader', { poolId: parsePoolId(target) });
    const rows = OLD_BCRYPT_HASHES.map((hash, index) =>
      header
        .map((column) => {
          const cells: Record<string, string> = {
            'cognito:username': `hashed-${index}`,
            email: `hashed-${index}@example.org`,
            email_verified: 'true',
            phone_number_verified: 'false',
            'cognito:mfa_enabled': 'false',
            password_hash: hash,
          };
          return cells[column] ?? '';
        })
        .join(','),
    );
    const result = await importCsv(bench.deps, {
      files: { users: [await csvFile(`${[header.join(','), ...rows].join('\n')}\n`)] },
      target: parsePoolId(target),
      importRole: ROLE,
      hashes: 'bcrypt',
      confirm: yes,
    });

    expect(result).toMatchObject({
      done: true,
      counts: { createUsers: 3 },
      failed: 0,
      conflicts: 0,
      remaining: { missing: 0 },
    });
    const app = await signInTo(bench.simulator, target);
    for (const index of OLD_BCRYPT_HASHES.keys()) {
      expect(await app.withPassword(`hashed-${index}`, OLD_PASSWORD)).toBe('signed-in');
    }
  });

  it('never goes by the API when it has a hash: it stays, named as a conflict', async () => {
    const header = ['cognito:username', 'email', 'email_verified', 'password_hash'];
    const all = await bench.gateway.send('GetCSVHeader', { poolId: parsePoolId(target) });
    const cells = all.map((column) =>
      column === 'cognito:username'
        ? 'hashed'
        : column === 'email'
          ? 'hashed@example.org'
          : column === 'email_verified'
            ? 'true'
            : column === 'password_hash'
              ? (OLD_BCRYPT_HASHES[0] ?? '')
              : column === 'phone_number_verified' || column === 'cognito:mfa_enabled'
                ? 'false'
                : '',
    );
    expect(all).toEqual(expect.arrayContaining(header));
    const result = await importCsv(bench.deps, {
      files: { users: [await csvFile(`${all.join(',')}\n${cells.join(',')}\n`)] },
      target: parsePoolId(target),
      hashes: 'bcrypt',
      confirm: yes,
    });
    expect(result).toMatchObject({ done: true, planned: { createUsers: 0 }, conflicts: 1 });
    expect(bench.simulator.pool(target).size).toBe(0);
  });

  it('gets back in by "forgot password" when nobody knows the new password', async () => {
    const source = bench.simulator.createPool({ ...HOSTILE_CONFIG, PoolName: 'source', MfaConfiguration: 'OFF' });
    bench.simulator.pool(source).addUser({
      username: 'ada',
      attributes: [
        ['email', 'ada@example.org'],
        ['email_verified', 'true'],
      ],
      password: OLD_PASSWORD,
    });
    bench.simulator.pool(source).addUser({ username: 'nobody', attributes: [], password: OLD_PASSWORD });
    const reader = await bench.snapshotOf(source);
    bench.simulator.resetCounters();

    const result = await restoreSnapshot(bench.deps, { reader, target: parsePoolId(target), confirm: yes });

    if (!result.done) throw new Error('Not done');
    expect(result.plan.experiences).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'forgot-password', count: 1 }),
        expect.objectContaining({ kind: 'locked-out', count: 1 }),
      ]),
    );
    expect(result.findingsFile).toContain('findings-1');
    expect(bench.simulator.counters.messages.causedByAdmin).toBe(0);
    const app = await signInTo(bench.simulator, target);
    expect(await app.withPassword('ada', OLD_PASSWORD)).toBe('NotAuthorizedException');
    expect(await app.byForgotPassword('ada', NEW_PASSWORD)).toBe('signed-in');
    expect(await app.byForgotPassword('nobody', NEW_PASSWORD)).toBe('InvalidParameterException');
  });

  it('signs in with the temporary password that was kept before it was set', async () => {
    const source = bench.simulator.createPool({ ...HOSTILE_CONFIG, PoolName: 'source', MfaConfiguration: 'OFF' });
    bench.simulator
      .pool(source)
      .addUser({ username: 'ada', attributes: [['email', 'ada@example.org']], password: OLD_PASSWORD });
    const kept: { username: string; temporaryPassword: string }[] = [];
    const reader = await bench.snapshotOf(source);
    await restoreSnapshot(bench.deps, {
      reader,
      target: parsePoolId(target),
      passwords: 'temporary',
      keepPassword: async (password) => void kept.push(password),
      confirm: yes,
    });
    const app = await signInTo(bench.simulator, target);
    expect(kept).toHaveLength(1);
    expect(await app.withPassword('ada', kept[0]?.temporaryPassword ?? '')).toBe('NEW_PASSWORD_REQUIRED');
  });
});
