import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/model/errors.ts';
import { parsePoolId } from '../../src/model/ids.ts';
import { cleanPool } from '../../src/operations/clean.ts';
import { importCsv, type ImportOptions } from '../../src/operations/import.ts';
import { restoreSnapshot, type RestoreOptions } from '../../src/operations/restore.ts';
import { readRunFile } from '../../src/runs/run-files.ts';
import { runsOf } from '../../src/runs/run-record.ts';
import { HOSTILE_CONFIG } from '../../src/simulator/seeds/hostile-pool.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { collect } from '../fakes/collect.ts';
import { comparePools } from '../support/compare-pools.ts';
import { countingWrites, dyingGateway } from '../support/dying-gateway.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';

const ROLE = 'arn:aws:iam::123456789012:role/cognito-import';
const yes = async (): Promise<boolean> => true;

describe('what an apply leaves behind', () => {
  let bench: Workbench;
  beforeEach(async () => {
    bench = await setUpWorkbench();
  });
  afterEach(() => bench.close());

  const newestRun = async (target: string) => {
    const [run] = await collect(runsOf(bench.vault.storage, parsePoolId(target)));
    if (!run) throw new Error('There is no run');
    return run;
  };
  const stored = async (): Promise<string[]> =>
    (await collect(bench.vault.storage.list('runs/'))).map(({ key }) => key.replace(/^.*\//, ''));

  describe('of an import', () => {
    let target: string;
    beforeEach(() => {
      target = bench.simulator.createPool({ ...HOSTILE_CONFIG, MfaConfiguration: 'OPTIONAL' });
    });
    const file = (text: string) => ({
      name: 'users.csv',
      read: async function* () {
        yield Buffer.from(text);
      },
    });
    const csv = async (...rows: readonly Record<string, string>[]) => {
      const header = await bench.gateway.send('GetCSVHeader', { poolId: parsePoolId(target) });
      const fill = { phone_number_verified: 'false', 'cognito:mfa_enabled': 'false' } as Record<string, string>;
      const lines = rows.map((row) => header.map((column) => row[column] ?? fill[column] ?? '').join(','));
      return file(`${[header.join(','), ...lines].join('\n')}\n`);
    };
    const run = (options: Omit<ImportOptions, 'target' | 'confirm'>) =>
      importCsv(bench.deps, { target: parsePoolId(target), confirm: yes, ...options });
    const ann = { 'cognito:username': 'ann', email: 'ann@example.org', email_verified: 'true' };

    it('names a user whose hash the job refused, and never lets that user go by the API', async () => {
      const users = await csv(
        { ...ann, password_hash: '$argon2id$v=99$m=1\\,t=1\\,p=1$c2FsdA$aGFzaA' },
        { ...ann, 'cognito:username': 'bob', email: 'bob@example.org' },
      );
      const result = await run({ files: { users: [users] }, hashes: 'argon2id', importRole: ROLE });
      expect(result).toMatchObject({
        done: true,
        counts: { createUsers: 1, setPasswords: 0 },
        remaining: { missing: 1 },
      });
      expect(bench.simulator.pool(target).user('ann')).toBeUndefined();
      const { findings } = await newestRun(target);
      expect(await collect(readRunFile(bench.vault.storage, findings))).toContainEqual({
        finding: 'remaining',
        kind: 'missing',
        source: { username: 'ann' },
      });
    });

    it('leaves verified flags and the rest alone where cells are blank', async () => {
      const attributes = [
        ['email', 'ann@example.org'],
        ['email_verified', 'true'],
        ['given_name', 'Ann'],
      ] as const;
      bench.simulator.pool(target).addUser({ username: 'ann', attributes });
      const users = await csv({
        'cognito:username': 'ann',
        email: 'ann@example.org',
        family_name: 'Smith',
        phone_number_verified: '',
      });
      const result = await run({ files: { users: [users] }, existing: 'update' });
      expect(result).toMatchObject({ done: true, counts: { updateUsers: 1 }, remaining: { changed: 0 } });
      const now = Object.fromEntries(bench.simulator.pool(target).user('ann')?.attributes ?? []);
      expect(now).toEqual({ ...Object.fromEntries(attributes), family_name: 'Smith' });
    });

    it.each([{}, { importRole: ROLE }])('carries cognito:mfa_enabled over with %j', async (engine) => {
      const users = await csv({
        ...ann,
        phone_number: '+4915112345678',
        phone_number_verified: 'true',
        'cognito:mfa_enabled': 'true',
      });
      expect(await run({ files: { users: [users] }, ...engine })).toMatchObject({ done: true, failed: 0 });
      expect(bench.simulator.pool(target).user('ann')?.smsMfa).toBe(true);
    });

    it('refuses memberships of users whom the file lacks, and groups that nobody has, before any write', async () => {
      const counting = countingWrites(bench.gateway);
      const refuse = async (memberships: string, code: ErrorCode, onlyGroups: readonly string[] = []) =>
        expect(
          importCsv(
            { ...bench.deps, gateway: counting.gateway },
            {
              files: { users: [await csv(ann)], groups: file('name\ng\n'), memberships: file(memberships) },
              target: parsePoolId(target),
              confirm: yes,
              onlyGroups,
            },
          ),
        ).rejects.toMatchObject({ code });
      await refuse('group,username\ng,eve\n', 'bad-input');
      await refuse('group,username\nnowhere,ann\n', 'bad-input');
      await refuse('group,username\ng,ann\n', 'group-not-found', ['tpyo']);
      expect(counting.writes()).toBe(0);
      expect(await stored()).toEqual([]);
    });
  });

  describe('of a restore', () => {
    const seed = ordinaryPool({ users: 12, groups: 3, seed: 5, model: 'email' });
    let source: string;
    let standby: string;
    beforeEach(() => {
      source = plantSeed(bench.simulator, seed);
      standby = plantSeed(bench.simulator, { ...seed, groups: [], users: [] });
    });
    const restore = async (
      more: { gateway?: Workbench['deps']['gateway'] } & Partial<Pick<RestoreOptions, 'onlyUsers' | 'mapping'>> = {},
    ) => {
      const { gateway = bench.gateway, ...options } = more;
      return restoreSnapshot(
        { ...bench.deps, gateway },
        { reader: await bench.snapshotOf(source), target: parsePoolId(standby), confirm: yes, ...options },
      );
    };
    const lockedOut = (): readonly string[] =>
      [...bench.simulator.pool(standby).users()]
        .filter(({ status }) => status === 'FORCE_CHANGE_PASSWORD')
        .map(({ sub }) => sub);

    it('refuses an attribute to leave out or rename that no pool has, and takes one that either has', async () => {
      const rename = new Map([['email', 'custom:nosuch']]);
      const none = new Map<string, string>();
      const counting = countingWrites(bench.gateway);
      for (const mapping of [
        { drop: ['custom:nosuch'], rename: none },
        { drop: ['emial'], rename: none },
        { drop: [], rename: new Map([['custom:nosuch', 'email']]) },
      ]) {
        const refused = { code: 'bad-input', message: expect.stringMatching(/"custom:nosuch"|"emial"/) };
        await expect(restore({ gateway: counting.gateway, mapping })).rejects.toMatchObject(refused);
      }
      // What it is to be called is a gap of the target, as ever.
      await expect(restore({ gateway: counting.gateway, mapping: { drop: [], rename } })).rejects.toMatchObject({
        code: 'schema-gap',
      });
      expect(counting.writes()).toBe(0);
      expect(await restore({ mapping: { drop: ['name'], rename: none } })).toMatchObject({ done: true });
    });

    it('is only record, map and whom it locked out in the vault, however often it was killed', async () => {
      for (const k of [2, 5, 9])
        await expect(restore({ gateway: dyingGateway(bench.gateway, k, 'after') })).rejects.toThrow('killed here');
      await restore();
      expect([...new Set(await stored())].sort()).toEqual([
        'findings-4-000001.jsonl.gz',
        'map-5-000001.jsonl.gz',
        'run.json',
      ]);
    });

    it('finishes users of a killed run even after a run for somebody else came between', async () => {
      await expect(restore({ gateway: dyingGateway(bench.gateway, 6, 'after') })).rejects.toThrow('killed here');
      const halfMade = lockedOut();
      expect(halfMade.length).toBeGreaterThan(0);
      const other = [...bench.simulator.pool(source).users()].find(
        ({ attributes, status, enabled }) =>
          enabled &&
          status === 'CONFIRMED' &&
          ![...bench.simulator.pool(standby).users()].some((user) =>
            user.attributes.some(([, value]) => attributes.some(([name, mine]) => name === 'email' && mine === value)),
          ),
      );
      expect(await restore({ onlyUsers: [other?.sub ?? ''] })).toMatchObject({
        done: true,
        counts: { createUsers: 1 },
      });
      expect(lockedOut()).toEqual(halfMade);
      expect(await restore()).toMatchObject({ done: true, remaining: { missing: 0, changed: 0 } });
      expect(lockedOut()).toEqual([]);
      expect(comparePools(bench.simulator, source, standby, { by: 'contact' })).toEqual([]);
    });

    it('takes nobody for its own who came after a killed clean', async () => {
      const target = plantSeed(bench.simulator, seed);
      const clean = (gateway: Workbench['deps']['gateway']) =>
        cleanPool({ ...bench.deps, gateway }, { target: parsePoolId(target), confirm: yes });
      await expect(clean(dyingGateway(bench.gateway, 4, 'after'))).rejects.toThrow('killed here');
      const [invited] = [...bench.simulator.pool(source).users()].filter(({ status }) => status === 'CONFIRMED');
      const email = invited?.attributes.find(([name]) => name === 'email')?.[1] ?? '';
      const there = [...bench.simulator.pool(target).users()].find((user) =>
        user.attributes.some(([, value]) => value === email),
      );
      if (there) bench.simulator.pool(target).removeUser(there.sub);
      bench.simulator.pool(target).addUser({
        status: 'FORCE_CHANGE_PASSWORD',
        password: 'Invitation-1!',
        attributes: [
          ['email', email],
          ['email_verified', 'true'],
        ],
        createdAt: Date.now() + 60_000,
      });
      await restoreSnapshot(bench.deps, {
        reader: await bench.snapshotOf(source),
        target: parsePoolId(target),
        confirm: yes,
      });
      const now = [...bench.simulator.pool(target).users()].find((user) =>
        user.attributes.some(([, value]) => value === email),
      );
      expect(now?.status).toBe('FORCE_CHANGE_PASSWORD');
    });

    it('holds no personal data in what it tells while it runs', async () => {
      await restore();
      const text = JSON.stringify(bench.events);
      for (const { username, attributes } of bench.simulator.pool(source).users()) {
        for (const value of [username, ...attributes.map(([, content]) => content)]) {
          if (value.length > 6) expect(text).not.toContain(JSON.stringify(value).slice(1, -1));
        }
      }
    });
  });
});
