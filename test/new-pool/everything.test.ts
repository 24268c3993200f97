import {
  AdminInitiateAuthCommand,
  CognitoIdentityProviderClient,
  ConfirmForgotPasswordCommand,
  ForgotPasswordCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { plantEverythingPool, type EverythingPool } from '../../src/simulator/seeds/everything-pool.ts';
import { newPoolBench, type NewPoolBench } from './new-pool-bench.ts';

let bench: NewPoolBench;
let source: EverythingPool;

beforeEach(async () => {
  bench = await newPoolBench();
  source = plantEverythingPool(bench.simulator);
  vi.stubEnv('AWS_ENDPOINT_URL', bench.simulator.endpoint);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  expect(bench.simulator.counters.messages.causedByAdmin).toBe(0);
  await bench.close();
});

function deletePool(poolId: string): void {
  bench.configure(poolId, 'UpdateUserPool', { DeletionProtection: 'INACTIVE' });
  for (const Domain of ['everything', 'login.example.com']) bench.configure(poolId, 'DeleteUserPoolDomain', { Domain });
  bench.configure(poolId, 'DeleteUserPool', {});
}

const PROVIDER_SECRETS = new Map<string, Record<string, string>>([
  ...['Google', 'Facebook', 'LoginWithAmazon'].map((name) => [name, { client_secret: 'social-secret' }] as const),
  ['Entra', { client_secret: 'entra-secret' }],
  ['SignInWithApple', { private_key: 'APPLE-PRIVATE-KEY' }],
]);

/** Without what is a matter of one pool: ids, dates, secrets that are new, who has not come back yet. */
function comparable(value: unknown, ids: ReadonlyMap<string, string>): unknown {
  let text = JSON.stringify(value);
  for (const [id, name] of ids) text = text.replaceAll(id, name);
  return JSON.parse(text, (key, inner: unknown) =>
    /Date$|^(EstimatedNumberOfUsers|ClientSecret|Version|CSSVersion|ImageUrl|ManagedLoginBrandingId|TermsId|Name|UserPoolTags)$/.test(
      key,
    )
      ? typeof inner
      : inner,
  );
}

/** Reads a pool by requests of AWS's own, without any code of the tool. */
function readAll(poolId: string): Record<string, unknown> {
  const ask = (operation: string, request: object = {}) => bench.configure(poolId, operation, request);
  const listed = (operation: string, name: string, most: number) => {
    const items: Record<string, string>[] = [];
    let NextToken: unknown;
    do {
      const page = ask(operation, { MaxResults: most, ...(NextToken !== undefined && { NextToken }) });
      items.push(...(page[name] as Record<string, string>[]));
      ({ NextToken } = page);
    } while (NextToken !== undefined);
    return items;
  };
  const clients = listed('ListUserPoolClients', 'UserPoolClients', 60)
    .map(({ ClientName = '', ClientId = '' }) => ({ ClientName, ClientId }))
    .sort((one, other) => (one.ClientName < other.ClientName ? -1 : 1));
  const tryTo = (operation: string, request: object): unknown => {
    try {
      return ask(operation, request);
    } catch (error) {
      return (error as Error).name;
    }
  };
  return {
    pool: ask('DescribeUserPool')['UserPool'],
    mfa: ask('GetUserPoolMfaConfig'),
    servers: listed('ListResourceServers', 'ResourceServers', 50),
    providers: listed('ListIdentityProviders', 'Providers', 60)
      .map(({ ProviderName }) => ask('DescribeIdentityProvider', { ProviderName }))
      .sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1)),
    clients: clients.map(({ ClientId, ClientName }) => ({
      ClientName,
      client: ask('DescribeUserPoolClient', { ClientId }),
      session: ask('GetUserPoolClientSessionConfiguration', { ClientId }),
      branding: tryTo('DescribeManagedLoginBrandingByClient', { ClientId }),
      ui: ask('GetUICustomization', { ClientId }),
      risk: ask('DescribeRiskConfiguration', { ClientId }),
      terms: ['terms-of-use', 'privacy-policy'].map((TermsName) =>
        tryTo('DescribeTermsByClient', { ClientId, TermsName }),
      ),
    })),
    domains: ['everything', 'login.example.com'].map((Domain) => ask('DescribeUserPoolDomain', { Domain })),
    ui: ask('GetUICustomization'),
    session: ask('GetUserPoolSessionConfiguration'),
    risk: ask('DescribeRiskConfiguration'),
    logs: ask('GetLogDeliveryConfiguration'),
  };
}

function idsOf(poolId: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>([[poolId, 'POOL']]);
  for (const one of readAll(poolId)['clients'] as { client: { UserPoolClient: Record<string, string> } }[]) {
    const { ClientId = '', ClientName = '' } = one.client.UserPoolClient;
    names.set(ClientId, `CLIENT ${ClientName}`);
  }
  return names;
}

describe('a pool that has everything, deleted and restored as a new one', () => {
  it('differs in nothing that was not predicted, and a client from the hand-over signs a user in', async () => {
    const reader = await bench.snapshotOf(source.poolId);
    const before = comparable(readAll(source.poolId), idsOf(source.poolId));
    deletePool(source.poolId);

    const { made, plan } = await bench.restore(reader, { providerSecrets: PROVIDER_SECRETS });
    if (!made) throw new Error('Nothing was made');

    expect(made).toMatchObject({ origin: 'created', failures: [], differences: [] });
    expect(made.users?.remaining).toEqual({ missing: 0, extra: 0, changed: 0 });
    // By our own reading, too. The pool's tags are compared by the tool: it leaves its mark.
    expect(comparable(readAll(made.pool.id), idsOf(made.pool.id))).toEqual(before);
    const tags = bench.describe(made.pool.id)['UserPoolTags'];
    expect(tags).toEqual({ owner: 'backup-tests', 'cost-centre': '42', 'cognito-backup:restored-from': plan.snapshot });
    // Web ACL and trigger permissions are other services': the hand-over says what to type.
    expect(new Set(plan.losses.map(({ kind }) => kind))).toEqual(
      new Set(['client-secret', 'replica', 'trigger-permission', 'web-acl']),
    );
    expect(
      bench.simulator
        .pool(made.pool.id)
        .groups()
        .map(({ name }) => name),
    ).toEqual(expect.arrayContaining(['admins', 'readers']));

    const web = made.handOver.clients.find(({ oldId }) => oldId === source.clients.web);
    const app = applicationOf(made.handOver.pool.new, web?.newId ?? '', made.clientSecrets.get(web?.newId ?? '') ?? '');
    expect(await app('plain')).toBe('signed-in');
    expect(made.handOver).toMatchObject({
      pool: { old: source.poolId, new: made.pool.id },
      issuer: { new: expect.stringMatching(/^https:\/\/issuer-cognito-idp\./) },
      domains: [
        { kind: 'prefix', new: expect.stringMatching(/^everything\.auth\./) },
        { kind: 'custom', new: 'login.example.com', target: expect.stringContaining('cloudfront') },
      ],
      byHand: [
        { resource: 'replica', key: 'eu-west-1' },
        {
          resource: 'web-acl',
          key: expect.stringContaining(':regional/webacl/everything/'),
          command: expect.stringMatching(
            new RegExp(
              `^aws wafv2 associate-web-acl --region eu-central-1 --web-acl-arn \\S+ --resource-arn ${made.pool.arn}$`,
            ),
          ),
        },
      ],
    });
    expect(made.handOver.triggers).toHaveLength(13);
    const okta = made.handOver.providers.find(({ name }) => name === 'Okta');
    expect(okta).toMatchObject({
      redirectUris: expect.arrayContaining(['https://login.example.com/saml2/idpresponse']),
      entityId: `urn:amazon:cognito:sp:${made.pool.id}`,
    });
  });

  it('comes back without users, or with users alone', async () => {
    const reader = await bench.snapshotOf(source.poolId);
    deletePool(source.poolId);
    const users = await bench.restore(reader, { name: 'users', scope: 'users' });
    expect(users.made).toMatchObject({ failures: [], differences: [] });
    expect([...bench.simulator.pool(users.made?.pool.id ?? '').users()]).toHaveLength(9);
    expect(users.made?.handOver.clients).toEqual([]);
    const configuration = await bench.restore(reader, {
      name: 'configuration',
      scope: 'configuration',
      providerSecrets: PROVIDER_SECRETS,
    });
    expect(configuration.made).toMatchObject({ failures: [], differences: [], users: undefined });
    expect([...bench.simulator.pool(configuration.made?.pool.id ?? '').users()]).toEqual([]);
  });
});

/** An application that knows what the hand-over says: a user asks for a new password, and signs in with it. */
function applicationOf(UserPoolId: string, ClientId: string, secret: string) {
  const { endpoint, region } = bench.simulator;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new CognitoIdentityProviderClient({ endpoint, region, credentials, maxAttempts: 1 });
  const password = 'Brand-New-Passw0rd!';
  return async (Username: string): Promise<string> => {
    const SecretHash = createHmac('sha256', secret).update(`${Username}${ClientId}`).digest('base64');
    await client.send(new ForgotPasswordCommand({ ClientId, SecretHash, Username }));
    const ConfirmationCode = bench.simulator.pool(UserPoolId).lastCode(Username) ?? '';
    await client.send(
      new ConfirmForgotPasswordCommand({ ClientId, SecretHash, Username, ConfirmationCode, Password: password }),
    );
    const answer = await client.send(
      new AdminInitiateAuthCommand({
        UserPoolId,
        ClientId,
        AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: Username, PASSWORD: password, SECRET_HASH: SecretHash },
      }),
    );
    return answer.AuthenticationResult?.AccessToken ? 'signed-in' : (answer.ChallengeName ?? 'nothing');
  };
}
