import { readFile, stat, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PoolConfig, SeedUser } from '../../src/simulator/pool-config.ts';
import { OLD_BCRYPT_HASHES, OLD_PASSWORD } from '../../src/simulator/seeds/hostile-users.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { startCliBench, type CliBench } from '../support/cli.ts';
import { signInTo } from '../support/sign-in.ts';
import { applyDocument, newPoolDocument } from './json-contract.ts';
import { readRecords } from './vault-files.ts';

const ROLE = 'arn:aws:iam::123456789012:role/cognito-import';
const FAST = ['--max-rps', '1000'];
const NEW_PASSWORD = 'Brand-New-Passw0rd!';

const canary = (name: string, more: Partial<SeedUser> = {}): SeedUser => ({
  username: `canary-${name}`,
  attributes: [
    ['email', `canary-${name}@canary.example`],
    ['email_verified', 'true'],
  ],
  ...more,
});
const { config } = ordinaryPool({ users: 0, groups: 0, seed: 1, model: 'username' });
const seed = {
  config,
  groups: [{ name: 'staff' }, { name: 'editors', precedence: 0 }],
  users: [
    canary('ada', { groups: ['staff', 'editors'], password: OLD_PASSWORD }),
    canary('ben', { groups: ['staff'] }),
    canary('cleo', { enabled: false, groups: ['editors'] }),
    canary('dora', { status: 'FORCE_CHANGE_PASSWORD' }),
  ],
};

describe('the ways to write', () => {
  let bench: CliBench;
  let source: string;

  beforeAll(async () => {
    bench = await startCliBench();
    source = plantSeed(bench.simulator, seed);
    await bench.json(['backup', '--pool', source, '--vault', 'vault', ...FAST]);
  });
  afterAll(async () => {
    expect(bench.simulator.counters.messages.causedByAdmin).toBe(0);
    await bench.close();
  });

  const standbyOf = (more: PoolConfig = {}, users: readonly SeedUser[] = []): string =>
    plantSeed(bench.simulator, { config: { ...config, ...more }, groups: seed.groups, users });
  const usernames = (poolId: string): string[] =>
    [...bench.simulator.pool(poolId).users()].map(({ username }) => username).sort();
  const restore = async (standby: string, ...more: string[]) => {
    const result = await bench.json([
      'restore',
      'latest',
      '--pool',
      standby,
      '--vault',
      'vault',
      '--yes',
      ...FAST,
      ...more,
    ]);
    expect(result.stdout + result.stderr).not.toMatch(/canary/i);
    return { ...result, parsed: applyDocument('restore').parse(result.document) };
  };

  it('by random passwords: users get back in by "forgot password"', async () => {
    const standby = standbyOf();
    expect((await restore(standby)).exitCode).toBe(0);
    const app = await signInTo(bench.simulator, standby);
    expect(await app.withPassword('canary-ada', OLD_PASSWORD)).toBe('NotAuthorizedException');
    expect(await app.byForgotPassword('canary-ada', NEW_PASSWORD)).toBe('signed-in');
    expect(await app.byForgotPassword('canary-dora', NEW_PASSWORD)).toBe('signed-in');
  });

  it('by temporary passwords, which stand in a private file', async () => {
    const standby = standbyOf();
    const { exitCode } = await restore(standby, '--passwords', 'temporary', '--password-file', 'passwords.jsonl');
    expect(exitCode).toBe(0);
    expect((await stat(bench.path('passwords.jsonl'))).mode & 0o777).toBe(0o600);
    const lines = (await readFile(bench.path('passwords.jsonl'), 'utf8')).trimEnd().split('\n');
    const passwords = lines.map((line) => JSON.parse(line) as { username: string; temporaryPassword: string });
    expect(passwords.map(({ username }) => username).sort()).toEqual(usernames(standby));
    const app = await signInTo(bench.simulator, standby);
    const { temporaryPassword = '' } = passwords.find(({ username }) => username === 'canary-ada') ?? {};
    expect(await app.withPassword('canary-ada', temporaryPassword)).toBe('NEW_PASSWORD_REQUIRED');
  });

  it('by password hashes: users sign in as before', async () => {
    const standby = standbyOf();
    await bench.json(['export', 'latest', '--vault', 'vault', '--out', 'export', '--for-pool', standby]);
    const [header = '', ...rows] = (await readFile(bench.path('export', 'users-0001.csv'), 'utf8'))
      .trimEnd()
      .split('\n');
    const at = header.split(',').indexOf('password_hash');
    const hashed = rows.map((row) =>
      row
        .split(',')
        .with(at, OLD_BCRYPT_HASHES[0] ?? '')
        .join(','),
    );
    await writeFile(bench.path('hashed.csv'), `${[header, ...hashed].join('\n')}\n`);
    const args = [
      'import',
      'hashed.csv',
      '--pool',
      standby,
      '--vault',
      'vault',
      '--yes',
      '--import-role',
      ROLE,
      ...FAST,
    ];
    const imported = await bench.json([...args, '--password-hashes', 'bcrypt']);
    expect(imported).toMatchObject({
      exitCode: 0,
      document: { done: { createUsers: rows.length }, remaining: { missing: 0 } },
    });
    const app = await signInTo(bench.simulator, standby);
    expect(await app.withPassword('canary-ada', OLD_PASSWORD)).toBe('signed-in');
    expect(bench.simulator.pool(standby).user('canary-ada')?.status).toBe('CONFIRMED');
  });

  it('by hashes that are held, with the old sub in an attribute: into a pool that is there, and into a new one', async () => {
    await writeFile(bench.path('hashes.csv'), `username,hash\ncanary-ada,${OLD_BCRYPT_HASHES[0]}\n`);
    const attribute = 'custom:legacy_sub';
    const more = ['--hashes', 'hashes.csv', '--import-role', ROLE];
    more.push('--sub-attribute', attribute, '--create-missing-attributes');
    const there = standbyOf();
    expect((await restore(there, ...more)).exitCode).toBe(0);
    const target = ['--vault', 'vault', '--new-pool', 'risen', '--yes', ...FAST];
    const made = await bench.json(['restore', 'latest', ...target, ...more]);
    expect(made.exitCode, made.stderr).toBe(0);
    const { pool } = newPoolDocument.parse(made.document);
    for (const poolId of [there, pool?.id ?? '']) {
      const app = await signInTo(bench.simulator, poolId);
      expect(await app.withPassword('canary-ada', OLD_PASSWORD)).toBe('signed-in');
      for (const { username } of seed.users) {
        const sub = bench.simulator.pool(source).user(username ?? '')?.sub;
        expect(bench.simulator.pool(poolId).user(username ?? '')?.attributes).toContainEqual([attribute, sub]);
      }
    }
  });

  it('by import jobs alone: whom a job cannot carry stays, and is counted', async () => {
    const standby = standbyOf();
    const { exitCode, parsed } = await restore(standby, '--engine', 'import-job', '--import-role', ROLE);
    expect(usernames(standby)).toEqual(['canary-ada', 'canary-ben', 'canary-dora']);
    expect(exitCode).toBe(3);
    // A disabled user never passes through a job.
    expect(parsed).toMatchObject({ conflicts: 1, failed: 0, done: { createUsers: 3, disableUsers: 0 } });
  });

  it('for one user or one group alone', async () => {
    const byUser = standbyOf();
    expect((await restore(byUser, '--only-user', 'canary-ada@canary.example')).exitCode).toBe(0);
    expect(usernames(byUser)).toEqual(['canary-ada']);
    const byGroup = standbyOf();
    expect((await restore(byGroup, '--only-group', 'editors')).exitCode).toBe(0);
    expect(usernames(byGroup)).toEqual(['canary-ada', 'canary-cleo']);
    expect(bench.simulator.pool(byGroup).user('canary-ada')?.groups).toEqual(['editors']);
  });

  it('says who failed in a private file, and nowhere else', async () => {
    const holder = { username: 'canary-holder', attributes: seed.users[1]?.attributes ?? [] };
    const { exitCode, parsed } = await restore(standbyOf({ AliasAttributes: ['email'] }, [holder]));
    expect(exitCode).toBe(3);
    expect(parsed).toMatchObject({
      failed: 1,
      done: { createUsers: 3 },
      remaining: { missing: 1, extra: 0, changed: 0 },
    });
    const file = bench.path(parsed.failuresFile ?? '');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readRecords(file)).toMatchObject([
      { step: 'AdminCreateUser', source: { username: 'canary-ben' }, hint: expect.stringContaining('alias') as string },
    ]);
  });

  it('leaves a user of the same name and another sub alone, unless told to adopt', async () => {
    const own = plantSeed(bench.simulator, { ...seed, users: seed.users.slice(0, 2) });
    await bench.json(['backup', '--pool', own, '--vault', 'own', ...FAST]);
    bench.simulator.pool(own).removeUser('canary-ben');
    bench.simulator
      .pool(own)
      .addUser({ username: 'canary-ben', attributes: [['email', 'canary-stranger@canary.example']] });
    const args = [
      'restore',
      'latest',
      '--pool',
      own,
      '--vault',
      'own',
      '--existing',
      'update',
      '--confirm',
      own,
      ...FAST,
    ];
    const left = await bench.json(args);
    expect(left).toMatchObject({ exitCode: 3, document: { conflicts: 1, done: { updateUsers: 0 } } });
    expect(left.stdout + left.stderr).not.toMatch(/canary/i);
    expect(await bench.json([...args, '--adopt'])).toMatchObject({
      exitCode: 0,
      document: { conflicts: 0, done: { updateUsers: 1 } },
    });
    expect(bench.simulator.pool(own).user('canary-ben')?.attributes).toContainEqual([
      'email',
      'canary-ben@canary.example',
    ]);
  });
});
