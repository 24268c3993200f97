import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hashSync } from 'bcryptjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isBackupError } from '../../src/model/errors.ts';
import { parsePoolId } from '../../src/model/ids.ts';
import { importCsv } from '../../src/operations/import.ts';
import { restoreSnapshot, type RestoreOptions } from '../../src/operations/restore.ts';
import type { PoolConfig } from '../../src/simulator/pool-config.ts';
import { pbkdf2Sync } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { dyingGateway } from '../support/dying-gateway.ts';
import { signInTo } from '../support/sign-in.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';

const ROLE = 'arn:aws:iam::123456789012:role/cognito-import';
const PASSWORD = 'Old-Passw0rd!';
const BCRYPT = hashSync(PASSWORD, 4);
const salt = Buffer.from('0123456789abcdef');
const PBKDF2 = `$pbkdf2-sha256$1000$${salt.toString('base64')}$${pbkdf2Sync(PASSWORD, salt, 1000, 32, 'sha256').toString('base64')}`;

const verified = (email: string): [string, string][] => [
  ['email', email],
  ['email_verified', 'true'],
];

describe('restore --hashes', () => {
  let bench: Workbench;

  beforeEach(async () => {
    bench = await setUpWorkbench();
  });
  afterEach(() => bench.close());

  const file = (text: string, name = 'hashes.csv') => ({
    name,
    read: async function* () {
      yield Buffer.from(text);
    },
  });

  async function prepare(config: PoolConfig, users: readonly string[]) {
    const source = bench.simulator.createPool({ ...config, PoolName: 'source' });
    const target = bench.simulator.createPool({ ...config, PoolName: 'target' });
    for (const name of users) {
      bench.simulator.pool(source).addUser({
        ...(config.UsernameAttributes ? {} : { username: name }),
        attributes: verified(`${name}@example.org`),
      });
    }
    const reader = await bench.snapshotOf(source);
    bench.simulator.resetCounters();
    return { source, target, reader };
  }

  const CONFIG: PoolConfig = { AutoVerifiedAttributes: ['email'] };

  async function restore(target: string, options: Omit<RestoreOptions, 'target' | 'confirm'>) {
    const result = await restoreSnapshot(bench.deps, {
      target: parsePoolId(target),
      importRole: ROLE,
      confirm: async () => true,
      ...options,
    });
    if (!result.done) throw new Error('Not done');
    return result;
  }

  it('lets exactly the users of the file in with the old password, each algorithm by a job of its own', async () => {
    const { target, reader } = await prepare(CONFIG, ['ada', 'bob', 'cyd']);
    const text = `username,hash\nada,${BCRYPT}\nbob,${PBKDF2}\nstranger,${BCRYPT}\n`;
    const result = await restore(target, { reader, hashFile: file(text) });

    expect(result).toMatchObject({ failed: 0, conflicts: 0, remaining: { missing: 0, changed: 0 } });
    expect(result.plan.hashes).toEqual({ lines: 3, users: 2, created: 2 });
    expect(result.plan.experiences).toContainEqual(expect.objectContaining({ kind: 'old-password', count: 2 }));
    expect(result.losses).toContainEqual(expect.objectContaining({ kind: 'password', count: 1 }));
    const statuses = [...bench.simulator.pool(target).users()].map(({ username, status }) => [username, status]);
    expect(new Map(statuses as [string, string][])).toEqual(
      new Map([
        ['ada', 'CONFIRMED'],
        ['bob', 'CONFIRMED'],
        ['cyd', 'RESET_REQUIRED'],
      ]),
    );
    const app = await signInTo(bench.simulator, target);
    expect(await app.withPassword('ada', PASSWORD)).toBe('signed-in');
    expect(await app.withPassword('bob', PASSWORD)).toBe('signed-in');
    expect(await app.withPassword('cyd', PASSWORD)).toBe('PasswordResetRequiredException');
    expect(bench.simulator.counters.messages.causedByAdmin).toBe(0);
  });

  it('knows users of a pool that signs in by e-mail by that, and by their username', async () => {
    const { source, target, reader } = await prepare(
      { ...CONFIG, UsernameAttributes: ['email'], UsernameConfiguration: { CaseSensitive: false } },
      ['ada', 'bob', 'cyd'],
    );
    const uuid = [...bench.simulator.pool(source).users()].find(({ attributes }) =>
      attributes.some(([, value]) => value === 'bob@example.org'),
    )?.username;
    const text = `{"username":"ADA@example.org","hash":"${BCRYPT}"}\n{"username":"${uuid}","hash":"${BCRYPT}"}\n`;
    const result = await restore(target, { reader, hashFile: file(text, 'hashes.jsonl') });

    expect(result.plan.hashes).toEqual({ lines: 2, users: 2, created: 2 });
    const app = await signInTo(bench.simulator, target);
    expect(await app.withPassword('ada@example.org', PASSWORD)).toBe('signed-in');
    expect(await app.withPassword('bob@example.org', PASSWORD)).toBe('signed-in');
  });

  it('leaves whom the job cannot carry in conflict, and never makes them by the API', async () => {
    const source = bench.simulator.createPool({ ...CONFIG, PoolName: 'source' });
    const target = bench.simulator.createPool({ ...CONFIG, PoolName: 'target' });
    bench.simulator.pool(source).addUser({ username: 'off', enabled: false, attributes: verified('off@example.org') });
    bench.simulator.pool(source).addUser({ username: 'bare', attributes: [] });
    bench.simulator.pool(source).addUser({ username: 'other', attributes: [] });
    const reader = await bench.snapshotOf(source);
    const text = `username,hash\noff,${BCRYPT}\nbare,${BCRYPT}\n`;
    const result = await restore(target, { reader, hashFile: file(text) });

    expect(result.plan.conflicts).toEqual([expect.objectContaining({ kind: 'hash-needs-import-job', count: 2 })]);
    expect([...bench.simulator.pool(target).users()].map(({ username }) => username)).toEqual(['other']);
  });

  it.each([
    ['a hash above the caps', `username,hash\nada,${BCRYPT.replace('$04$', '$13$')}\n`, 'cost is above 12'],
    ['two lines for one user', `username,hash\nada,${BCRYPT}\nada,${PBKDF2}\n`, 'lines 2 and 3 are for one user'],
    ['a file that names nobody', `username,hash\nzoe,${BCRYPT}\n`, 'None of the 1 password hashes'],
    ['an empty file', 'username,hash\n', 'it has no hash'],
  ])('refuses %s before the first write', async (_what, text, message) => {
    const { target, reader } = await prepare(CONFIG, ['ada']);
    const error: unknown = await restore(target, { reader, hashFile: file(text) }).catch((thrown: unknown) => thrown);
    if (!isBackupError(error, 'bad-input')) throw error;
    expect(error.message).toContain(message);
    expect(error.message).not.toMatch(/\$2|pbkdf2-sha256\$|ada/);
    expect(bench.simulator.pool(target).size).toBe(0);
  });

  it('wants a role for the import job, and says so before it reads the file', async () => {
    const { target, reader } = await prepare(CONFIG, ['ada']);
    const request = { reader, target: parsePoolId(target), confirm: async () => true, hashFile: file('') };
    await expect(restoreSnapshot(bench.deps, request)).rejects.toMatchObject({ code: 'usage' });
    await expect(restoreSnapshot(bench.deps, { ...request, importRole: ROLE, engine: 'api' })).rejects.toMatchObject({
      code: 'usage',
    });
  });

  it('holds the hashes of an imported file against the same caps, and against the algorithm that is named', async () => {
    const { target } = await prepare(CONFIG, []);
    const header = await bench.gateway.send('GetCSVHeader', { poolId: parsePoolId(target) });
    const importing = (hash: string) => {
      const cells = new Map([
        ['cognito:username', 'ada'],
        ['email', 'ada@example.org'],
        ['email_verified', 'true'],
        ['password_hash', hash],
      ]);
      const text = `${header.join(',')}\n${header.map((column) => cells.get(column) ?? '').join(',')}\n`;
      return importCsv(bench.deps, {
        files: { users: [file(text, 'users.csv')] },
        target: parsePoolId(target),
        importRole: ROLE,
        hashes: 'bcrypt',
        confirm: async () => true,
      });
    };
    await expect(importing(PBKDF2)).rejects.toThrow('Line 2 of users.csv has a pbkdf2-sha256 hash, not one of bcrypt');
    await expect(importing(BCRYPT.replace('$04$', '$13$'))).rejects.toThrow('has a bcrypt hash whose cost is above 12');
    expect(bench.simulator.pool(target).size).toBe(0);
  });

  it('keeps the hashes in the vault while the run goes on, warns of it, and keeps none of them afterwards', async () => {
    const { target, reader } = await prepare(CONFIG, ['ada', 'bob']);
    const request = { reader, hashFile: file(`username,hash\nada,${BCRYPT}\n`) };
    const dying = dyingGateway(bench.gateway, 2, 'before');
    const deps = { ...bench.deps, gateway: dying };
    await expect(
      restoreSnapshot(deps, { ...request, target: parsePoolId(target), importRole: ROLE, confirm: async () => true }),
    ).rejects.toThrow();
    expect(await vaultText()).toContain(BCRYPT);
    expect(bench.events).toContainEqual(expect.objectContaining({ kind: 'warning', code: 'hashes-in-clear' }));
    expect(JSON.stringify(bench.events)).not.toContain('$2');

    await restore(target, request);
    expect(await vaultText()).not.toContain('$2');
    const app = await signInTo(bench.simulator, target);
    expect(await app.withPassword('ada', PASSWORD)).toBe('signed-in');
  });

  /** Every file of the vault, unpacked, in one text. */
  async function vaultText(): Promise<string> {
    const folder = join(bench.folder, 'vault');
    const texts: string[] = [];
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const bytes = await readFile(join(entry.parentPath, entry.name));
      texts.push(entry.name.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString());
    }
    return texts.join('\n');
  }
});
