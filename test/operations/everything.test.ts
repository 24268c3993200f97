import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { parsePoolId, type PoolId } from '../../src/model/ids.ts';
import { RESOURCE_KINDS, type UncapturedKind } from '../../src/model/pool-configuration.ts';
import { diff } from '../../src/operations/diff/diff.ts';
import { liveSide, snapshotSide } from '../../src/operations/values/diff-side.ts';
import { verifyPool } from '../../src/operations/verify/verify-pool.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import { plantEverythingPool, type EverythingPool } from '../../src/simulator/seeds/everything-pool.ts';
import type { SnapshotReader } from '../../src/snapshot/snapshot-reader.ts';
import { collect } from '../fakes/collect.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';

const FACTS = new URL('../../docs/COGNITO-FACTS.md', import.meta.url);

/** Where a snapshot keeps each resource of the table in COGNITO-FACTS §5. */
const KINDS_OF: { readonly [resource: string]: readonly (UncapturedKind | 'pool' | 'groups')[] } = {
  Pool: ['pool'],
  'MFA, passkey': ['mfa'],
  Clients: ['client', 'client-secrets'],
  'Resource servers': ['resource-server'],
  'Identity providers': ['identity-provider', 'identity-provider-secrets'],
  Domain: ['domain'],
  'Managed login branding': ['branding'],
  'Classic UI': ['ui-customization'],
  Terms: ['terms'],
  Risk: ['risk'],
  'Log delivery': ['log-delivery'],
  Groups: ['groups'],
  Sessions: ['session', 'client-session'],
  Tags: ['pool'],
  Replicas: ['replica'],
  WAF: ['web-acl'],
  'Lambda permission': ['trigger-permission'],
};

/** How many of each the pool has. */
const COUNTS = {
  mfa: 1,
  'resource-server': 3,
  'identity-provider': 6,
  client: 66,
  domain: 2,
  branding: 3,
  'ui-customization': 2,
  terms: 3,
  session: 1,
  'client-session': 66,
  risk: 2,
  'log-delivery': 1,
  replica: 2,
  'web-acl': 1,
  'trigger-permission': 13,
};

let bench: Workbench;
let pool: EverythingPool;
let poolId: PoolId;
let reader: SnapshotReader;

beforeAll(async () => {
  bench = await setUpWorkbench();
  pool = plantEverythingPool(bench.simulator);
  poolId = parsePoolId(pool.poolId);
  vi.stubEnv('AWS_ENDPOINT_URL', bench.simulator.endpoint);
  reader = await bench.snapshotOf(poolId);
});
afterEach(() => vi.stubEnv('AWS_ENDPOINT_URL', bench.simulator.endpoint));
afterAll(async () => {
  vi.unstubAllEnvs();
  await bench.close();
});

describe('a snapshot of a pool that has everything', () => {
  it('holds every resource of the table, or names it as not captured', async () => {
    const { configuration = {}, notCaptured } = reader.manifest;
    expect(configuration).toEqual(COUNTS);
    expect(Object.keys(COUNTS).toSorted()).toEqual(RESOURCE_KINDS.toSorted());
    const groups = await collect(reader.groups());
    const { raw } = await reader.pool();
    expect(raw).toMatchObject({ UserPoolTags: { owner: 'backup-tests' } });

    const table = /## 5\. Pool configuration\n\n\| Resource .*\n\|-.*\n((?:\|.*\n)+)/.exec(
      await readFile(FACTS, 'utf8'),
    );
    const rows = (table?.[1] ?? '')
      .trim()
      .split('\n')
      .map((row) => row.split('|')[1]?.trim() ?? '');
    expect(rows.toSorted()).toEqual(Object.keys(KINDS_OF).toSorted());
    const unread = new Set<string>(notCaptured.map(({ kind }) => kind));
    for (const kind of rows.flatMap((row) => KINDS_OF[row] ?? [])) {
      const isHeld = kind === 'pool' || (kind === 'groups' ? groups.length > 0 : kind in configuration);
      expect(isHeld || unread.has(kind), kind).toBe(true);
    }
  });

  it('names what other services know where they are not asked', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', undefined);
    const { manifest } = await bench.snapshotOf(poolId);
    expect(manifest.configuration?.['web-acl']).toBeUndefined();
    for (const [kind, operation] of [
      ['web-acl', 'GetWebACLForResource'],
      ['trigger-permission', 'GetPolicy'],
    ] as const) {
      expect(manifest.notCaptured).toContainEqual({
        kind,
        reason: 'not-supported',
        operation,
        exception: 'Unsupported',
      });
    }
  });

  it('differs from its pool in nothing, until each kind changes in one field: that one is named', async () => {
    const compare = async () => diff(realRuntime, await snapshotSide(reader), await liveSide(bench.gateway, poolId));
    expect(await compare()).toMatchObject({ same: true, configuration: { differences: [], notCompared: [] } });

    changeOneFieldOfEachKind();

    const { configuration, groups } = await compare();
    const found = (configuration?.differences ?? []).map(({ kind, resource, key, changes }) => [
      kind === 'changed' ? resource : `${kind} ${resource}`,
      key,
      ...new Set(changes.map(({ path }) => path)),
    ]);
    const { web, mobile, legacy } = pool.clients;
    expect(found).toEqual([
      ['pool', poolId, 'UserPoolTags.owner'],
      ['mfa', 'ALL', 'EmailMfaConfiguration.Subject'],
      ['resource-server', 'reports', 'Name'],
      ['identity-provider', 'Okta', 'IdpIdentifiers[]'],
      ['client', clientNamed('plain-00'), 'AuthSessionValidity'],
      ['domain', 'everything', 'ManagedLoginVersion'],
      ['branding', mobile, 'Settings.categories.form.displayGraphics'],
      ['ui-customization', legacy, 'CSS'],
      ['terms', `${web} terms-of-use`, 'Links.cognito:default'],
      ['session', 'ALL', 'TokenSession.MaxPerUser'],
      ['client-session', web, 'SSOSession.MaxValidityMinutes'],
      ['risk', web, 'CompromisedCredentialsRiskConfiguration.Actions.EventAction'],
      ['log-delivery', 'ALL', 'LogConfigurations[userAuthEvents]'],
      // With the only secondary the list of replicas is gone, the primary's own entry included.
      ['removed replica', 'eu-central-1'],
      ['removed replica', 'eu-west-1'],
      ['web-acl', 'ALL', 'ARN', 'Id', 'Name', 'VisibilityConfig.MetricName'],
      ['trigger-permission', pool.functionArns[0], 'Statement[]'],
    ]);
    expect(new Set(configuration?.differences.map(({ resource }) => resource))).toEqual(
      new Set(['pool', ...RESOURCE_KINDS]),
    );
    expect(groups).toEqual({ added: 0, removed: 0, changed: 1 });
    const verified = await verifyPool({ gateway: bench.gateway, runtime: realRuntime }, reader, { poolId });
    expect(verified.configuration).toEqual(configuration);
  });
});

function configure(operation: string, request: object = {}): Record<string, unknown> {
  return bench.simulator.configure(operation, { UserPoolId: poolId, ...request });
}

/** Takes what a call answers, changes some of it, and sends it back whole: an update resets what it leaves out. */
function resend(update: string, answer: unknown, change: object, without: readonly string[] = []): void {
  const kept = Object.entries(answer as Record<string, unknown>).filter(([name]) => !without.includes(name));
  configure(update, { ...Object.fromEntries(kept), ...change });
}

const DERIVED_OF_POOL = [
  'Id',
  'Arn',
  'Name',
  'CreationDate',
  'LastModifiedDate',
  'Status',
  'Domain',
  'CustomDomain',
  'EstimatedNumberOfUsers',
  'SchemaAttributes',
  'UsernameAttributes',
  'AliasAttributes',
  'UsernameConfiguration',
  'EmailVerificationMessage',
  'EmailVerificationSubject',
  'SmsVerificationMessage',
  'Policies',
  'AdminCreateUserConfig',
];

function changeOneFieldOfEachKind(): void {
  const { web } = pool.clients;
  const described = configure('DescribeUserPool')['UserPool'] as Record<string, Record<string, unknown>>;
  const { UnusedAccountValidityDays: _days, ...admin } = described['AdminCreateUserConfig'] ?? {};
  resend(
    'UpdateUserPool',
    described,
    {
      Policies: described['Policies'],
      AdminCreateUserConfig: admin,
      UserPoolTags: { owner: 'somebody-else', 'cost-centre': '42' },
    },
    DERIVED_OF_POOL,
  );
  const mfa = configure('GetUserPoolMfaConfig');
  resend('SetUserPoolMfaConfig', mfa, {
    EmailMfaConfiguration: { Message: 'Your code is {####}', Subject: 'Changed' },
  });
  configure('UpdateResourceServer', { Identifier: 'reports', Name: 'Changed' });
  configure('UpdateIdentityProvider', { ProviderName: 'Okta', IdpIdentifiers: ['example.com'] });
  configure('UpdateUserPoolClient', {
    ClientId: clientNamed('plain-00'),
    ClientName: 'plain-00',
    AuthSessionValidity: 14,
  });
  configure('UpdateUserPoolDomain', { Domain: 'everything', ManagedLoginVersion: 1 });
  const branding = configure('DescribeManagedLoginBrandingByClient', { ClientId: pool.clients.mobile });
  const { ManagedLoginBrandingId } = branding['ManagedLoginBranding'] as { readonly ManagedLoginBrandingId: string };
  configure('UpdateManagedLoginBranding', {
    ManagedLoginBrandingId,
    Settings: { categories: { form: { displayGraphics: false } } },
  });
  configure('SetUICustomization', { ClientId: pool.clients.legacy, CSS: '.banner-customizable { padding: 26px; }' });
  changeTerms();
  configure('SetUserPoolSessionConfiguration', { UserSessionTracking: 'ENABLED', TokenSession: { MaxPerUser: 8 } });
  configure('SetUserPoolClientSessionConfiguration', { ClientId: web, SSOSession: { MaxValidityMinutes: 481 } });
  configure('SetRiskConfiguration', {
    ClientId: web,
    CompromisedCredentialsRiskConfiguration: { Actions: { EventAction: 'BLOCK' } },
  });
  const { LogDeliveryConfiguration: logs } = configure('GetLogDeliveryConfiguration');
  const { LogConfigurations } = logs as { readonly LogConfigurations: readonly object[] };
  configure('SetLogDeliveryConfiguration', { LogConfigurations: LogConfigurations.slice(0, 1) });
  configure('DeleteUserPoolReplica', { RegionName: 'eu-west-1' });
  const { simulator } = bench;
  const ResourceArn = simulator.pool(poolId).arn;
  const WebACLArn = simulator.waf.createWebAcl('changed');
  simulator.waf.answer('AssociateWebACL', JSON.stringify({ ResourceArn, WebACLArn }));
  const permission = { StatementId: 'another', Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' };
  simulator.lambda.answer('AddPermission', pool.functionArns[0] ?? '', JSON.stringify(permission));
  configure('UpdateGroup', { GroupName: 'readers', Precedence: 11 });
}

function clientNamed(name: string): string {
  const { UserPoolClients } = configure('ListUserPoolClients', { MaxResults: 60 });
  const clients = UserPoolClients as readonly { readonly ClientName: string; readonly ClientId: string }[];
  return clients.find(({ ClientName }) => ClientName === name)?.ClientId ?? '';
}

function changeTerms(): void {
  const { Terms } = configure('ListTerms', { MaxResults: 60 });
  const [terms] = Terms as readonly { readonly TermsId: string }[];
  configure('UpdateTerms', {
    TermsId: terms?.TermsId,
    Links: { 'cognito:default': 'https://example.com/changed', 'cognito:german': 'https://example.com/de/terms' },
  });
}
