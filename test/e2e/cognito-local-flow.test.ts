import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SeedUser } from '../../src/simulator/pool-config.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import type { CognitoUnderTest } from '../contracts/cognito/contract-bed.ts';
import { emulatorAt } from '../contracts/cognito/service-at.ts';
import { documentOf, runCli } from '../support/cli.ts';
import { startCognitoLocal, type CognitoLocal } from '../support/cognito-local.ts';
import { effort } from '../support/effort.ts';
import { createPoolLike, plantThroughSdk, readThroughSdk } from '../support/plain-sdk-pool.ts';
import { differences, restorable } from '../support/restored-contents.ts';

/*
 * The main job against an emulator that is not ours. It ignores Limit: nothing here is paged but what the tool's other tests
 * page against the simulator.
 */

/** cognito-local writes its whole pool to disk at each change: some 300 creates a second into an empty pool, 21 at 4,000 users. */
const USERS = effort({ ordinary: 200, long: 500 });
/** What cognito-local 5.3.0 answers of a configuration, and what it does not know. */
const LOCAL = {
  has: { mfa: 1 },
  lacks: ['identity-provider', 'resource-server', 'risk', 'terms'],
};

let local: CognitoLocal;
let service: CognitoUnderTest;
let folder: string;

beforeAll(async () => {
  local = await startCognitoLocal();
  service = emulatorAt(local);
  folder = await mkdtemp(join(tmpdir(), 'cognito-local-flow-'));
});

afterAll(async () => {
  await service?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

describe('the main flow as a user types it, against cognito-local', () => {
  it(`brings ${USERS} users and 5 groups into a second pool, twice, and empties it between`, async () => {
    const ordinary = ordinaryPool({ users: USERS, groups: 5, seed: 7, model: 'username' });
    const users = ordinary.users.map(lighter);
    const { poolId: source, refused } = await plantThroughSdk(service.sdk, { ...ordinary, users });
    expect([...refused.users, ...refused.groups]).toEqual([]);
    const target = await createPoolLike(service.sdk, ordinary);
    const before = await readThroughSdk(service.sdk, source);
    expect([before.users.size, before.groups.size]).toEqual([USERS, 5]);
    expect([...before.users.values()].filter(({ enabled }) => !enabled).length).toBeGreaterThan(1);
    const messages = local.messagesSent();

    const backup = await type('backup', '--pool', source, ...AWS());
    expect(backup).toMatchObject({ status: 'complete', totals: { users: USERS, groups: 5 }, configuration: LOCAL.has });
    for (const kind of LOCAL.lacks) {
      expect(backup).toHaveProperty(
        'notCaptured',
        expect.arrayContaining([expect.objectContaining({ kind, reason: 'not-supported' })]),
      );
    }
    expect(await type('verify', `${source}@latest`)).toMatchObject({ ok: true, problems: [] });
    const restore = ['restore', `${source}@latest`, '--pool', target, '--engine', 'api', '--yes', ...AWS()];
    const verify = ['verify', `${source}@latest`, '--pool', target, '--exit-code', '--endpoint-url', local.endpoint];
    for (const time of ['first', 'second']) {
      const restored = await type(...restore);
      const expected = restorable(before, source);
      expect(restored, time).toMatchObject({
        planned: { createUsers: expected.users.size, createGroups: 5 },
        done: { createUsers: expected.users.size, createGroups: 5 },
        failed: 0,
        conflicts: 0,
        remaining: { missing: 0, extra: 0, changed: 0 },
      });
      expect(differences(expected, await readThroughSdk(service.sdk, target)), time).toEqual([]);
      expect(await type(...verify), time).toMatchObject({
        ok: true,
        differences: { missing: 0, extra: 0, changed: 0 },
      });
      if (time === 'second') continue;
      await type('clean', '--pool', target, '--confirm', target, ...AWS());
      const empty = await readThroughSdk(service.sdk, target);
      expect([empty.users.size, empty.groups.size]).toEqual([0, 0]);
    }
    expect(local.messagesSent()).toBe(messages);
  });
});

function AWS(): string[] {
  return ['--endpoint-url', local.endpoint, '--max-rps', '500'];
}

/**
 * No operation of an administrator makes RESET_REQUIRED there. Each write costs cognito-local time for every attribute in
 * the pool, and the hostile pool has all of them.
 */
function lighter(user: SeedUser): SeedUser {
  const attributes = (user.attributes ?? []).filter(([name]) =>
    /^(email|phone|name|custom:(tenant|credits))/.test(name),
  );
  return { ...user, attributes, ...(user.status === 'RESET_REQUIRED' && { status: 'FORCE_CHANGE_PASSWORD' }) };
}

/** Types a command with the vault of this file; its JSON document. Fails unless the command exits 0. */
async function type(...args: readonly string[]): Promise<unknown> {
  const line = [...args, '--vault', join(folder, 'vault'), '--json'];
  const result = await runCli(line, { env: { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' } });
  expect(result.exitCode, `${args[0]}: ${result.stderr}`).toBe(0);
  return documentOf(result);
}
