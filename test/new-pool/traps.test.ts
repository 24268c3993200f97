import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CognitoGateway, OperationName } from '../../src/cognito/gateway.ts';
import { BackupError } from '../../src/model/errors.ts';
import type { PoolDescription } from '../../src/model/pool.ts';
import { backupPool } from '../../src/operations/backup/backup.ts';
import type { NewPoolPlan } from '../../src/plan/new-pool/new-pool-plan.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import { newPoolBench, type NewPoolBench } from './new-pool-bench.ts';

const ACCOUNT = '123456789012';
const SMS = { SnsCallerArn: `arn:aws:iam::${ACCOUNT}:role/sms`, ExternalId: 'x' };

let bench: NewPoolBench;
beforeEach(async () => {
  bench = await newPoolBench();
});
afterEach(() => bench.close());

/** What was sent for the pool itself. */
function creationOf(plan: NewPoolPlan): Record<string, unknown> {
  const step = plan.steps.find(({ kind }) => kind === 'pool');
  return step?.kind === 'pool' ? step.document : {};
}

function lossesOf(plan: NewPoolPlan): readonly string[] {
  return plan.losses
    .filter(({ kind }) => kind !== 'not-captured')
    .map(({ kind, resource, key }) => `${kind} ${resource} ${key}`);
}

function client(poolId: string, request: object): string {
  const { UserPoolClient } = bench.configure(poolId, 'CreateUserPoolClient', { ClientName: 'app', ...request });
  return (UserPoolClient as { readonly ClientId: string }).ClientId;
}

function provider(poolId: string, name = 'Okta'): void {
  bench.configure(poolId, 'CreateIdentityProvider', {
    ProviderName: name,
    ProviderType: 'SAML',
    ProviderDetails: { MetadataURL: 'https://idp.example.com/metadata' },
  });
}

describe('the pool itself', () => {
  it('update resets omitted fields: what the last updates do not change is there still', async () => {
    const poolId = bench.createPool({
      DeletionProtection: 'ACTIVE',
      LambdaConfig: { PostAuthentication: `arn:aws:lambda:${bench.simulator.region}:${ACCOUNT}:function:after` },
      EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT', ReplyToEmailAddress: 'reply@example.com' },
      AutoVerifiedAttributes: ['email'],
      Policies: { PasswordPolicy: { MinimumLength: 20 } },
      UserPoolTags: { team: 'identity' },
    });

    const { made } = await bench.roundTrip(poolId);

    expect(bench.describe(made.pool.id)).toMatchObject({
      DeletionProtection: 'ACTIVE',
      LambdaConfig: { PostAuthentication: expect.stringContaining('function:after') },
      EmailConfiguration: { ReplyToEmailAddress: 'reply@example.com' },
      AutoVerifiedAttributes: ['email'],
      Policies: { PasswordPolicy: { MinimumLength: 20 } },
      UserPoolTags: { team: 'identity' },
    });
  });

  it('custom: prefix in schema: attributes are created by their bare names, standard ones where they are special', async () => {
    const poolId = bench.createPool({
      Schema: [
        { Name: 'tenant', AttributeDataType: 'String', Mutable: false, StringAttributeConstraints: { MaxLength: '8' } },
        { Name: 'internal', AttributeDataType: 'Number', DeveloperOnlyAttribute: true },
        { Name: 'given_name', Required: true, Mutable: false },
      ],
    });

    const { plan } = await bench.roundTrip(poolId);

    const schema = creationOf(plan)['Schema'] as readonly { readonly Name: string }[];
    expect(schema.map(({ Name }) => Name)).toEqual(['given_name', 'tenant', 'internal']);
  });

  it('UnusedAccountValidityDays with TemporaryPasswordValidityDays: one of them is sent', async () => {
    const poolId = bench.createPool({ Policies: { PasswordPolicy: { TemporaryPasswordValidityDays: 3 } } });
    const { Policies, AdminCreateUserConfig } = bench.describe(poolId);
    expect(() => bench.createPool({ Policies, AdminCreateUserConfig })).toThrow('UnusedAccountValidityDays');

    const { made } = await bench.roundTrip(poolId);

    expect(bench.describe(made.pool.id)).toMatchObject({
      Policies: { PasswordPolicy: { TemporaryPasswordValidityDays: 3 } },
      AdminCreateUserConfig: { UnusedAccountValidityDays: 3 },
    });
  });

  it('EmailMessage with ByLink: Cognito shows both and takes one, that of the option in force', async () => {
    const EmailMessageByLink = 'Follow {##this link##}';
    const poolId = bench.createPool({
      VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_LINK', EmailMessageByLink },
    });
    const { VerificationMessageTemplate: shown } = bench.describe(poolId);
    const both = { ...(shown as object), EmailMessage: 'Your code is {####}' };
    expect(() => bench.createPool({ VerificationMessageTemplate: both })).toThrow('EmailMessage');
    const showingBoth: CognitoGateway = {
      ...bench.gateway,
      send: async (operation, request, signal) => {
        const answer = await bench.gateway.send(operation, request, signal);
        if (operation !== 'DescribeUserPool') return answer;
        const pool = answer as PoolDescription;
        return { ...pool, raw: { ...(pool.raw as object), VerificationMessageTemplate: both } } as typeof answer;
      },
    };
    const backup = { gateway: showingBoth, vault: bench.vault, runtime: realRuntime, observer: () => {} };
    const { snapshot } = await backupPool(backup, { poolId });
    const reader = await openSnapshot(bench.vault, { poolId, id: snapshot.id });

    const { made, plan } = await bench.restore(reader);

    expect(made).toMatchObject({ failures: [], differences: [] });
    expect(lossesOf(plan)).toEqual(['verification-message pool EmailMessage']);
    expect(bench.describe(made?.pool.id ?? '')['VerificationMessageTemplate']).toMatchObject({ EmailMessageByLink });
  });

  it('MFA without SMS configuration: a pool with TOTP alone is created with MFA off, and gets it afterwards', async () => {
    const poolId = bench.createPool({});
    bench.configure(poolId, 'SetUserPoolMfaConfig', {
      MfaConfiguration: 'ON',
      SoftwareTokenMfaConfiguration: { Enabled: true },
    });
    expect(() => bench.createPool({ MfaConfiguration: 'ON' })).toThrow('SMS configuration');

    const { made, plan } = await bench.roundTrip(poolId);

    expect(creationOf(plan)['MfaConfiguration']).toBe('OFF');
    expect(bench.describe(made.pool.id)['MfaConfiguration']).toBe('ON');
  });

  it('MFA by SMS keeps its way of sending through every update', async () => {
    const poolId = bench.createPool({ SmsConfiguration: SMS });
    bench.configure(poolId, 'SetUserPoolMfaConfig', {
      MfaConfiguration: 'OPTIONAL',
      SmsMfaConfiguration: { SmsAuthenticationMessage: 'Code {####}', SmsConfiguration: SMS },
    });
    const { made } = await bench.roundTrip(poolId);
    expect(bench.describe(made.pool.id)).toMatchObject({ MfaConfiguration: 'OPTIONAL', SmsConfiguration: SMS });
  });

  it('more than 25 custom attributes: what does not fit into the creation is added in calls of its own', async () => {
    const custom = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => ({ Name: `f${from + index}`, AttributeDataType: 'String' }));
    const poolId = bench.createPool({ Schema: [...custom(0, 25), { Name: 'name', Required: true, Mutable: true }] });
    bench.configure(poolId, 'AddCustomAttributes', { CustomAttributes: custom(25, 25) });

    const { plan, made } = await bench.roundTrip(poolId);

    expect(creationOf(plan)['Schema']).toHaveLength(50);
    expect(plan.steps.filter(({ kind }) => kind === 'custom-attributes')).toHaveLength(1);
    const { SchemaAttributes } = bench.describe(made.pool.id);
    expect(JSON.stringify(SchemaAttributes).match(/custom:f\d+/g)).toHaveLength(50);
  });

  it('deletion protection comes last, after everything that may still fail', async () => {
    const poolId = bench.createPool({ DeletionProtection: 'ACTIVE' });
    provider(poolId);
    const { plan, made } = await bench.roundTrip(poolId);
    expect(plan.steps.map(({ kind }) => kind).at(-1)).toBe('finish');
    expect(creationOf(plan)['DeletionProtection']).toBe('INACTIVE');
    expect(bench.describe(made.pool.id)['DeletionProtection']).toBe('ACTIVE');
  });

  it("takes no tags that only AWS may set, and leaves a pool's fiftieth tag for the end", async () => {
    const tags = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`t${index}`, 'x']));
    const poolId = bench.createPool({ UserPoolTags: tags });
    const { made, plan } = await bench.roundTrip(poolId);
    expect(Object.keys(creationOf(plan)['UserPoolTags'] as object)).toHaveLength(50);
    expect(bench.describe(made.pool.id)['UserPoolTags']).toEqual(tags);
  });
});

describe('clients and providers', () => {
  it('clients before providers: a client cannot name a provider that is not there yet', async () => {
    const poolId = bench.createPool({});
    const wired = { SupportedIdentityProviders: ['COGNITO', 'Okta'] };
    expect(() => client(poolId, wired)).toThrow('provider');
    provider(poolId);
    client(poolId, wired);

    const { plan } = await bench.roundTrip(poolId);

    const kinds = plan.steps.map(({ kind }) => kind);
    expect(kinds.indexOf('identity-provider')).toBeLessThan(kinds.indexOf('client'));
  });

  it('providers re-wired on clients: each client has those that it had, and waits for them', async () => {
    const poolId = bench.createPool({});
    provider(poolId);
    provider(poolId, 'Other');
    client(poolId, { SupportedIdentityProviders: ['COGNITO', 'Okta'] });

    const { plan, made } = await bench.restore(await bench.snapshotOf(poolId));

    expect(plan.steps.find(({ kind }) => kind === 'client')?.dependsOn).toContain('identity-provider Okta');
    const [newId = ''] = (made?.handOver.clients ?? []).map((one) => one.newId);
    const { UserPoolClient } = bench.configure(made?.pool.id ?? '', 'DescribeUserPoolClient', { ClientId: newId });
    expect(UserPoolClient).toMatchObject({ SupportedIdentityProviders: ['COGNITO', 'Okta'] });
  });

  it('a provider whose secret is not in the snapshot is not made, named, and taken out of the clients', async () => {
    const poolId = bench.createPool({});
    bench.configure(poolId, 'CreateIdentityProvider', {
      ProviderName: 'Google',
      ProviderType: 'Google',
      ProviderDetails: { client_id: 'id', client_secret: 'hush', authorize_scopes: 'openid' },
    });
    const id = client(poolId, { SupportedIdentityProviders: ['COGNITO', 'Google'], GenerateSecret: true });

    const { plan, made } = await bench.roundTrip(poolId);

    expect(lossesOf(plan)).toEqual(
      expect.arrayContaining([
        'identity-provider identity-provider Google',
        `client-provider client ${id}`,
        `client-secret client ${id}`,
      ]),
    );
    expect(made.handOver.clients).toMatchObject([{ oldId: id, secret: 'new' }]);
    expect([...made.clientSecrets.values()]).toHaveLength(1);

    const again = await bench.restore(await bench.snapshotOf(poolId), {
      name: 'with secret',
      providerSecrets: new Map([['Google', { client_secret: 'hush' }]]),
    });
    expect(lossesOf(again.plan)).toEqual([`client-secret client ${id}`]);
    expect(again.made).toMatchObject({ failures: [], differences: [] });
  });

  it('derived keys of a provider are dropped, since the service refuses them', async () => {
    const poolId = bench.createPool({});
    provider(poolId);
    const { IdentityProvider } = bench.configure(poolId, 'DescribeIdentityProvider', { ProviderName: 'Okta' });
    const { ProviderDetails } = IdentityProvider as { readonly ProviderDetails: object };
    expect(() =>
      bench.configure(poolId, 'CreateIdentityProvider', {
        ProviderName: 'Copy',
        ProviderType: 'SAML',
        ProviderDetails,
      }),
    ).toThrow('Unsupported provider detail');
    expect((await bench.roundTrip(poolId)).made.handOver.providers).toMatchObject([{ name: 'Okta', type: 'SAML' }]);
  });

  it('legacy ExplicitAuthFlows stay as they are, alone', async () => {
    const poolId = bench.createPool({});
    client(poolId, { ExplicitAuthFlows: ['USER_PASSWORD_AUTH', 'ADMIN_NO_SRP_AUTH'] });
    const { made } = await bench.roundTrip(poolId);
    const [{ newId } = { newId: '' }] = made.handOver.clients;
    expect(
      bench.configure(made.pool.id, 'DescribeUserPoolClient', { ClientId: newId })['UserPoolClient'],
    ).toMatchObject({
      ExplicitAuthFlows: ['USER_PASSWORD_AUTH', 'ADMIN_NO_SRP_AUTH'],
    });
  });

  it('more than 60 clients, several of one name: each is there once, with what hangs on it', async () => {
    const poolId = bench.createPool({});
    for (let number = 0; number < 61; number += 1) client(poolId, { ClientName: `c${number}` });
    const twins = [1, 2, 3].map(() => client(poolId, { ClientName: 'twin' }));
    const other = client(poolId, { ClientName: 'twin', AuthSessionValidity: 9 });
    for (const [index, ClientId] of [twins[0], twins[2], other].entries()) {
      bench.configure(poolId, 'CreateTerms', {
        ClientId,
        TermsName: 'terms-of-use',
        TermsSource: 'LINK',
        Enforcement: 'NONE',
        Links: { 'cognito:default': `https://example.com/${index}` },
      });
    }

    const { made } = await bench.roundTrip(poolId);

    expect(new Set(made.handOver.clients.map(({ newId }) => newId)).size).toBe(65);
    const newIdOf = (oldId: string) => made.handOver.clients.find((one) => one.oldId === oldId)?.newId;
    const { UserPoolClient } = bench.configure(made.pool.id, 'DescribeUserPoolClient', { ClientId: newIdOf(other) });
    expect(UserPoolClient).toMatchObject({ AuthSessionValidity: 9 });
  });

  it('branding per client: each client gets its own', async () => {
    const poolId = bench.createPool({});
    const ids = ['one', 'two'].map((ClientName) => client(poolId, { ClientName }));
    for (const ClientId of ids) {
      bench.configure(poolId, 'CreateManagedLoginBranding', { ClientId, Settings: { owner: ClientId } });
    }
    const { made } = await bench.roundTrip(poolId);
    for (const { oldId, newId } of made.handOver.clients) {
      const { ManagedLoginBranding } = bench.configure(made.pool.id, 'DescribeManagedLoginBrandingByClient', {
        ClientId: newId,
      });
      expect(ManagedLoginBranding).toMatchObject({ Settings: { owner: oldId } });
    }
  });
});

describe('what is refused before anything is written', () => {
  it('domain taken: by the source that is still there; another prefix does it', async () => {
    const poolId = bench.createPool({});
    bench.configure(poolId, 'CreateUserPoolDomain', { Domain: 'sign-in' });
    const reader = await bench.snapshotOf(poolId);

    await expect(bench.restore(reader)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('"sign-in" belongs to pool'),
      hint: expect.stringContaining('--domain PREFIX'),
    });
    expect(bench.poolsNamed('risen')).toEqual([]);

    const { made, plan } = await bench.restore(reader, { domains: { prefix: 'sign-in-2' } });
    expect(made).toMatchObject({ failures: [], differences: [] });
    expect(made?.handOver.domains).toMatchObject([{ new: expect.stringMatching(/^sign-in-2\.auth\./) }]);
    expect(lossesOf(plan)).toEqual([]);
  });

  it('domain taken in another account: shows when it is made, stops only what needs it, and another prefix finishes', async () => {
    const poolId = bench.createPool({});
    bench.configure(poolId, 'CreateUserPoolDomain', { Domain: 'contended' });
    bench.configure(poolId, 'SetUICustomization', { CSS: '.banner-customizable {}' });
    const reader = await bench.snapshotOf(poolId);
    const blind: CognitoGateway = {
      ...bench.gateway,
      send: (operation, request, signal) =>
        operation === 'DescribeUserPoolDomain'
          ? Promise.resolve({} as never)
          : bench.gateway.send(operation, request, signal),
    };

    const first = await bench.restore(reader, {}, { gateway: blind });
    expect(first.made?.failures.map(({ kind, exception }) => [kind, exception])).toEqual([
      ['domain', 'InvalidParameterException'],
      ['ui-customization', null],
      ['finish', null],
    ]);
    const second = await bench.restore(reader, { domains: { prefix: 'uncontended' } });
    expect(second.made).toMatchObject({ origin: 'resumed', failures: [], differences: [] });
    expect(bench.poolsNamed('risen')).toEqual([first.made?.pool.id]);
  });

  it('the name of another pool', async () => {
    const poolId = bench.createPool({});
    const stranger = bench.createPool({ PoolName: 'risen' });
    await expect(bench.restore(await bench.snapshotOf(poolId))).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining(stranger),
    });
  });

  it('ARNs of another Region or account, by name, until each is mapped', async () => {
    const trigger = (region: string, account: string) => `arn:aws:lambda:${region}:${account}:function:f`;
    const { region } = bench.simulator;
    const foreign = trigger(region, '999999999999');
    const poolId = bench.createPool({
      LambdaConfig: { PreSignUp: foreign, PostAuthentication: trigger(region, ACCOUNT) },
    });
    const reader = await bench.snapshotOf(poolId);

    await expect(bench.restore(reader)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining(`${foreign} (pool LambdaConfig.PreSignUp)`),
      hint: expect.stringContaining('--map-arn'),
    });
    expect(bench.poolsNamed('risen')).toEqual([]);

    const arns = new Map([[foreign, trigger(region, ACCOUNT)]]);
    const { made } = await bench.restore(reader, { arns });
    expect(made?.differences).toEqual([]);
    expect(bench.describe(made?.pool.id ?? '')['LambdaConfig']).toMatchObject({ PreSignUp: trigger(region, ACCOUNT) });
    // Left detached, they refer to nothing.
    expect((await bench.restore(reader, { name: 'bare', triggers: false })).made?.differences).toEqual([]);
  });

  it('an answer of no', async () => {
    const poolId = bench.createPool({});
    const reader = await bench.snapshotOf(poolId);
    await expect(bench.restore(reader, { confirm: async () => false })).rejects.toMatchObject({ code: 'refused' });
    expect(bench.poolsNamed('risen')).toEqual([]);
    const { made, plan } = await bench.restore(reader, { dryRun: true });
    expect(made).toBeUndefined();
    expect(plan.steps.map(({ kind }) => kind)).toContain('users');
    expect(bench.poolsNamed('risen')).toEqual([]);
  });
});

describe('an answer that never came', () => {
  it.each(['CreateUserPool', 'CreateUserPoolClient'] as const)('%s is looked for, and made once', async (lost) => {
    const poolId = bench.createPool({});
    client(poolId, {});
    const reader = await bench.snapshotOf(poolId);
    const { made } = await bench.restore(reader, {}, { gateway: losingAnswer(bench.gateway, lost) });
    expect(made).toMatchObject({ failures: [], differences: [] });
    expect(bench.poolsNamed('risen')).toHaveLength(1);
    const { UserPoolClients } = bench.configure(made?.pool.id ?? '', 'ListUserPoolClients', { MaxResults: 60 });
    expect(UserPoolClients).toHaveLength(1);
  });
});

/** The first answer of the operation is lost on the way. */
function losingAnswer(gateway: CognitoGateway, lost: OperationName): CognitoGateway {
  let isLost = false;
  return {
    ...gateway,
    async send(operation, request, signal) {
      const answer = await gateway.send(operation, request, signal);
      if (operation !== lost || isLost) return answer;
      isLost = true;
      throw new BackupError('unavailable', 'The answer was lost');
    },
  };
}

describe('a pool that is complete', () => {
  it('is found by the same command, which writes nothing and hands over again', async () => {
    const poolId = bench.createPool({ DeletionProtection: 'ACTIVE' });
    const id = client(poolId, {});
    const reader = await bench.snapshotOf(poolId);
    const first = await bench.restore(reader);
    const before = JSON.stringify(bench.describe(first.made?.pool.id ?? ''));

    const again = await bench.restore(reader, {
      confirm: async () => {
        throw new Error('There is nothing to ask');
      },
    });

    expect(again.made).toMatchObject({ origin: 'complete', differences: [], pool: first.made?.pool });
    expect(again.made?.handOver).toEqual(first.made?.handOver);
    expect(again.made?.handOver.clients).toMatchObject([{ oldId: id }]);
    expect(JSON.stringify(bench.describe(first.made?.pool.id ?? ''))).toBe(before);
  });

  const ALL = {};
  const CONFIGURATION = { scope: 'configuration' } as const;
  const USERS = { scope: 'users' } as const;
  const ADA = { users: { onlyUsers: ['ada'] } };
  it.each([
    ['all', 'all', 'complete', ALL, ALL],
    ['all', 'the configuration', 'complete', ALL, CONFIGURATION],
    ['all', 'some users', 'complete', ALL, ADA],
    ['the configuration', 'the configuration', 'complete', CONFIGURATION, CONFIGURATION],
    ['the configuration', 'all', '--config-only', CONFIGURATION, ALL],
    ['the configuration', 'users', '--config-only', CONFIGURATION, USERS],
    ['users', 'users', 'complete', USERS, USERS],
    ['users', 'all', '--users-only', USERS, ALL],
    ['some users', 'all', '--only-user', ADA, ALL],
    ['some users', 'some, who may be others', '--only-user', ADA, ADA],
  ] as const)('with %s of a snapshot, is for %s: %s', async (_holds, _asked, outcome, holds, asked) => {
    const poolId = bench.createPool({});
    for (const username of ['ada', 'ben']) bench.simulator.pool(poolId).addUser({ username, attributes: [] });
    const reader = await bench.snapshotOf(poolId);
    const first = await bench.restore(reader, holds);
    expect(first.made?.failures).toEqual([]);
    const before = JSON.stringify(bench.describe(first.made?.pool.id ?? ''));
    const again = bench.restore(reader, asked);
    if (outcome === 'complete') expect(await again).toMatchObject({ made: { origin: 'complete' } });
    else await expect(again).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining(outcome) });
    expect(JSON.stringify(bench.describe(first.made?.pool.id ?? ''))).toBe(before);
  });
});
