import { readFile, stat, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { startCliBench, type CliBench } from '../support/cli.ts';
import { createConfiguredPool, SECRETS, type ConfiguredPool } from '../support/configured-pool.ts';

const FAST = ['--max-rps', '1000'];
const APPLE = {
  ProviderName: 'SignInWithApple',
  ProviderType: 'SignInWithApple',
  ProviderDetails: {
    client_id: 'com.example.app',
    team_id: 'TEAM',
    key_id: 'KEY',
    private_key: 'APPLE-PRIVATE-KEY',
    authorize_scopes: 'email name',
  },
};
/** Opens the snapshot. */
const OPEN = ['--passphrase-file', 'passphrase.txt', '--vault', 'vault', ...FAST];

let bench: CliBench;
let source: ConfiguredPool;
let restore: (...more: readonly string[]) => string[];

beforeAll(async () => {
  bench = await startCliBench();
  const { endpoint, region } = bench.simulator;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const sdk = new CognitoIdentityProvider({ endpoint, region, credentials, maxAttempts: 1 });
  source = await createConfiguredPool(sdk);
  sdk.destroy();
  bench.simulator.pool(source.poolId).addUser({ username: 'ada', attributes: [['email', 'ada@example.com']] });
  bench.simulator.configure('CreateIdentityProvider', { UserPoolId: source.poolId, ...APPLE });
  restore = (...more) => ['restore', `${source.poolId}@latest`, ...OPEN, ...more];
  await writeFile(bench.path('passphrase.txt'), 'correct horse battery staple\n');
  const secrets = { SignInWithApple: { private_key: 'APPLE-PRIVATE-KEY' } };
  await writeFile(bench.path('secrets.json'), JSON.stringify(secrets));
  const backup = await bench.json(['backup', '--pool', source.poolId, '--include-secrets', ...OPEN]);
  expect(backup.exitCode).toBe(0);
});
afterAll(async () => {
  expect(bench.simulator.counters.messages.causedByAdmin).toBe(0);
  await bench.close();
});

function poolNames(): readonly string[] {
  const { UserPools } = bench.simulator.configure('ListUserPools', { MaxResults: 60 });
  return (UserPools as readonly { readonly Name: string }[]).map(({ Name }) => Name);
}

function deleteSource(): void {
  const send = (operation: string, request: object = {}): unknown =>
    bench.simulator.configure(operation, { UserPoolId: source.poolId, ...request });
  send('DeleteUserPoolDomain', { Domain: 'everything-domain' });
  send('DeleteUserPool');
}

describe('restore --new-pool, by the command', () => {
  it.each([
    ['neither target', [], '--new-pool NAME'],
    ['both targets', ['--pool', 'eu-central-1_AbCdEfGhI', '--new-pool', 'x'], '--new-pool NAME'],
    ['what belongs to a pool that is there', ['--new-pool', 'x', '--adopt'], 'other target'],
    ['what belongs to a new pool', ['--pool', 'eu-central-1_AbCdEfGhI', '--no-triggers'], 'other target'],
    ['half of everything twice', ['--new-pool', 'x', '--config-only', '--users-only'], 'Leave both out'],
    ['ARNs that are none', ['--new-pool', 'x', '--map-arn', 'a=b'], 'OLD=NEW'],
  ])('ends with 2 for %s', async (_what, args, hint) => {
    const { exitCode, stderr } = await bench.run(restore(...args));
    expect(exitCode).toBe(2);
    expect(stderr).toContain(hint);
  });

  it('refuses while the source has the domain, and without an answer to its question', async () => {
    const taken = await bench.json(restore('--new-pool', 'risen', '--yes'));
    expect(taken).toMatchObject({
      exitCode: 2,
      document: { code: 'refused', hint: expect.stringContaining('--domain') },
    });
    deleteSource();
    const unanswered = await bench.run(restore('--new-pool', 'risen'));
    expect(unanswered.exitCode).toBe(2);
    expect(unanswered.stderr).toContain('--yes');
    // Account and Region are said before the question.
    expect(unanswered.stderr).toMatch(/Account +123456789012/);
    expect(unanswered.stderr).toMatch(/Region +eu-central-1/);
    expect(poolNames()).toEqual([]);
  });

  it('shows the whole plan and changes nothing', async () => {
    const { exitCode, document } = await bench.json(restore('--new-pool', 'risen', '--dry-run'));
    expect(exitCode).toBe(0);
    expect(document).toMatchObject({
      dryRun: true,
      name: 'risen',
      region: 'eu-central-1',
      users: { planned: { createUsers: 1 } },
    });
    expect(document['steps'][0]).toEqual({ kind: 'pool', key: 'ALL', dependsOn: [] });
    expect(document['losses']).toContainEqual(
      expect.objectContaining({ kind: 'identity-provider', key: 'SignInWithApple' }),
    );
    expect(poolNames()).toEqual([]);
  });

  it('makes the pool, hands over, and keeps secrets to the private file', async () => {
    const args = restore(
      '--new-pool',
      'risen',
      '--yes',
      '--provider-secrets',
      'secrets.json',
      '--write-env',
      'pool.env',
    );
    const first = await bench.json(args);
    expect(first.stderr).not.toMatch(/^Error/m);
    expect(first.exitCode).toBe(0);
    const { document } = first;
    expect(document).toMatchObject({ origin: 'created', failures: [], differences: [] });
    const server = document['handOver'].clients.find(({ oldId }: { oldId: string }) => oldId === source.server);
    expect(server).toMatchObject({ name: 'server', secret: 'kept' });

    const env = await readFile(bench.path('pool.env'), 'utf8');
    expect((await stat(bench.path('pool.env'))).mode & 0o777).toBe(0o600);
    expect(env).toContain(`COGNITO_USER_POOL_ID=${document['pool'].id}\n`);
    expect(env).toContain('COGNITO_DOMAIN=everything-domain.auth.eu-central-1.amazoncognito.com\n');
    expect(env).toContain(`COGNITO_CLIENT_ID_SERVER=${server.newId}\n`);
    expect(env).toContain(`COGNITO_CLIENT_SECRET_SERVER=${source.clientSecret}\n`);
    for (const secret of [source.clientSecret, ...Object.values(SECRETS), 'APPLE-PRIVATE-KEY', 'ada@']) {
      expect(first.stdout + first.stderr).not.toContain(secret);
    }

    const again = await bench.run(args);
    expect(again.exitCode).toBe(0);
    expect(again.stdout).toContain('Complete already, nothing was written');
    expect(again.stdout).toContain('Hand-over');
    expect(again.stdout + again.stderr).not.toContain(source.clientSecret);
    expect(poolNames()).toEqual(['risen']);
  });

  it('leaves a file alone that it did not write', async () => {
    await writeFile(bench.path('mine.env'), 'MINE=1\n');
    const { exitCode, stderr } = await bench.run(restore('--new-pool', 'other', '--yes', '--write-env', 'mine.env'));
    expect(exitCode).toBe(2);
    expect(stderr).toContain('it exists already');
    expect(await readFile(bench.path('mine.env'), 'utf8')).toBe('MINE=1\n');
  });
});
