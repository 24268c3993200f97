import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SeedUser } from '../../src/simulator/pool-config.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import type { CognitoUnderTest } from '../contracts/cognito/contract-bed.ts';
import { emulatorAt } from '../contracts/cognito/service-at.ts';
import { documentOf, runCli } from '../support/cli.ts';
import { startCognitoLocal, type CognitoLocal } from '../support/cognito-local.ts';
import { plantThroughSdk, readThroughSdk } from '../support/plain-sdk-pool.ts';

let local: CognitoLocal;
let service: CognitoUnderTest;
let folder: string;

beforeAll(async () => {
  local = await startCognitoLocal();
  service = emulatorAt(local);
  folder = await mkdtemp(join(tmpdir(), 'cognito-local-new-pool-'));
});
afterAll(async () => {
  await service?.close();
  await local?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** What an emulator that is not ours has of it: pool, clients, groups, MFA configuration, users. */
it('a new pool from a snapshot, against cognito-local', async () => {
  const ordinary = ordinaryPool({ users: 12, groups: 2, seed: 7, model: 'username' });
  const users = ordinary.users.map(({ smsMfa: _sms, ...user }): SeedUser => user);
  const { poolId: source } = await plantThroughSdk(service.sdk, { ...ordinary, users });
  const app = { ClientName: 'app', ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'], RefreshTokenValidity: 7 } as const;
  await service.sdk.createUserPoolClient({ UserPoolId: source, ...app, ExplicitAuthFlows: [...app.ExplicitAuthFlows] });
  const mfa = { MfaConfiguration: 'OPTIONAL', SoftwareTokenMfaConfiguration: { Enabled: true } } as const;
  await service.sdk.setUserPoolMfaConfig({ UserPoolId: source, ...mfa });
  const run = async (...args: string[]) => {
    const env = {
      AWS_ENDPOINT_URL: local.endpoint,
      AWS_REGION: 'local',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    };
    const result = await runCli([...args, '--vault', 'vault', '--max-rps', '1000', '--json'], { cwd: folder, env });
    return { ...result, document: documentOf(result) };
  };
  expect((await run('backup', '--pool', source)).exitCode).toBe(0);

  // Its account is called `local`: the groups' roles are elsewhere.
  const roles = ordinary.groups.flatMap(({ roleArn }) =>
    roleArn === undefined ? [] : ['--map-arn', `${roleArn}=${roleArn}`],
  );
  const { document } = await run('restore', 'latest', '--new-pool', 'risen', '--yes', ...roles);

  expect(document).toMatchObject({
    origin: 'created',
    failures: [],
    handOver: { clients: expect.arrayContaining([expect.objectContaining({ name: 'app' })]) },
  });
  const UserPoolId: string = document['pool'].id;
  expect(await service.sdk.getUserPoolMfaConfig({ UserPoolId })).toMatchObject(mfa);
  const { newId: ClientId } = document['handOver'].clients.find(({ name }: { name: string }) => name === 'app');
  const { UserPoolClient } = await service.sdk.describeUserPoolClient({ UserPoolId, ClientId });
  expect(UserPoolClient).toMatchObject(app);
  const there = await readThroughSdk(service.sdk, document['pool'].id);
  const before = await readThroughSdk(service.sdk, source);
  expect([there.users.size, there.groups.size]).toEqual([before.users.size, before.groups.size]);
  expect(local.messagesSent()).toBe(0);
});
