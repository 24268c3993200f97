import { describe, expect, it } from 'vitest';
import { samplePool } from '../../test/fakes/sample-pool.ts';
import { poolHandlers, scriptedGateway, type Handlers } from '../../test/fakes/scripted-gateway.ts';
import { BackupError, type ErrorCode } from '../model/errors.ts';
import type { JsonObject } from '../model/pool-configuration.ts';
import type { ReadConfigurationOptions } from './configuration-reading.ts';
import { readConfiguration } from './read-configuration.ts';

const POOL = samplePool({ raw: { Domain: 'ours', CustomDomain: 'login.example.com' } });

function refuse(code: ErrorCode, awsName: string) {
  return (): never => {
    throw new BackupError(code, 'Refused', { awsName });
  };
}

const CLIENTS: Handlers = {
  ListUserPoolClients: ({ nextToken }) =>
    nextToken === undefined ? { items: ['c1'], nextToken: 'more' } : { items: ['c2'] },
  DescribeUserPoolClient: ({ clientId }): JsonObject => ({ ClientId: clientId, ClientSecret: `secret of ${clientId}` }),
  GetUserPoolClientSessionConfiguration: () => ({}),
  DescribeUserPoolDomain: () => ({}),
  DescribeManagedLoginBrandingByClient: refuse('rejected', 'ResourceNotFoundException'),
};

async function read(handlers: Handlers, options: ReadConfigurationOptions = {}) {
  const gateway = scriptedGateway({ ...poolHandlers({ pool: POOL, users: [] }), ...CLIENTS, ...handlers });
  const { resources, notCaptured } = await readConfiguration(gateway, POOL, options);
  return { gateway, resources, notCaptured, names: resources.map(({ kind, key }) => `${kind} ${key}`) };
}

describe('the configuration of a pool', () => {
  it('has the clients of every page, and their secrets where they are asked for', async () => {
    const { names, resources } = await read({}, { includeSecrets: true });
    expect(names).toEqual(['client c1', 'client c2']);
    expect(resources[0]?.document['ClientSecret']).toBe('secret of c1');
    const without = await read({});
    expect(without.resources[0]).toEqual({
      kind: 'client',
      key: 'c1',
      document: { ClientId: 'c1' },
      withheld: ['ClientSecret'],
    });
    expect(without.notCaptured).toContainEqual({ kind: 'client-secrets', reason: 'secrets-not-included', count: 2 });
  });

  it.each([
    ['not-authorized', 'AccessDeniedException', 'not-authorized'],
    ['rejected', 'FeatureUnavailableInTierException', 'not-available'],
    ['rejected', 'UserPoolAddOnNotEnabledException', 'not-available'],
    ['rejected', 'Unsupported', 'not-supported'],
  ] as const)('lacks what is refused (%s, %s), and the operation is not asked again', async (code, name, reason) => {
    const { gateway, notCaptured, names } = await read({ DescribeUserPoolClient: refuse(code, name) });
    const entry = { kind: 'client', reason, operation: 'DescribeUserPoolClient', exception: name };
    expect(notCaptured).toContainEqual(entry);
    expect(names).toEqual([]);
    const asked = gateway.calls.filter(({ operation }) => operation === 'DescribeRiskConfiguration');
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['not-authorized', 'AccessDeniedException', 'not-authorized'],
    ['rejected', 'Unsupported', 'not-supported'],
    ['rejected', 'WAFInvalidParameterException', 'refused'],
    ['unavailable', 'ServiceUnavailableException', 'unreachable'],
    ['unreadable-answer', 'Unknown', 'unreachable'],
    ['throttled', 'TooManyRequestsException', 'unreachable'],
    ['credentials', 'UnrecognizedClientException', 'unreachable'],
  ] as const)(
    'lacks what another service does not tell (%s, %s), and ends for none of it',
    async (code, name, reason) => {
      const triggers = { PreSignUp: 'arn:aws:lambda:x:y:function:a', CustomMessage: 'arn:aws:lambda:x:y:function:b' };
      const pool = samplePool({ raw: { LambdaConfig: { ...triggers, KMSKeyID: 'arn:aws:kms:x' } } });
      const handlers = { GetWebACLForResource: refuse(code, name), GetPolicy: refuse(code, name) };
      const gateway = scriptedGateway({ ...poolHandlers({ pool, users: [] }), ...CLIENTS, ...handlers });
      const { notCaptured } = await readConfiguration(gateway, pool);
      for (const [kind, operation] of [
        ['web-acl', 'GetWebACLForResource'],
        ['trigger-permission', 'GetPolicy'],
      ]) {
        expect(notCaptured).toContainEqual(expect.objectContaining({ kind, reason, operation }));
      }
      const asked = gateway.calls.filter(({ operation }) => operation === 'GetPolicy');
      expect(asked).toHaveLength(reason === 'refused' ? 2 : 1);
    },
  );

  it('has the web ACL, and who may invoke each function once', async () => {
    const arn = 'arn:aws:lambda:x:y:function:a';
    const LambdaConfig = {
      PreTokenGeneration: arn,
      PreTokenGenerationConfig: { LambdaArn: arn, LambdaVersion: 'V2_0' },
    };
    const pool = samplePool({ raw: { LambdaConfig } });
    const handlers: Handlers = {
      GetWebACLForResource: ({ resourceArn }) => ({ Name: resourceArn }),
      GetPolicy: () => ({ Statement: [] }),
    };
    const gateway = scriptedGateway({ ...poolHandlers({ pool, users: [] }), ...CLIENTS, ...handlers });
    const { resources, notCaptured } = await readConfiguration(gateway, pool);
    expect(resources.filter(({ kind }) => kind === 'web-acl' || kind === 'trigger-permission')).toEqual([
      { kind: 'web-acl', key: 'ALL', document: { Name: pool.arn } },
      { kind: 'trigger-permission', key: arn, document: { Statement: [] } },
    ]);
    expect(notCaptured.map(({ kind }) => kind)).not.toContain('trigger-permission');
  });

  it('counts what is refused for a reason of its own, and goes on', async () => {
    const { notCaptured, names } = await read({
      DescribeUserPoolClient: ({ clientId }) => {
        if (clientId === 'c1') refuse('rejected', 'InvalidParameterException')();
        return { ClientId: clientId };
      },
    });
    expect(names).toEqual(['client c2']);
    expect(notCaptured).toContainEqual({
      kind: 'client',
      reason: 'refused',
      count: 1,
      operation: 'DescribeUserPoolClient',
      exception: 'InvalidParameterException',
    });
  });

  it('names everything that hangs on clients where these may not be listed', async () => {
    const { notCaptured } = await read({ ListUserPoolClients: refuse('not-authorized', 'AccessDeniedException') });
    const concerned = notCaptured.filter(({ operation }) => operation === 'ListUserPoolClients');
    expect(concerned.map(({ kind }) => kind)).toEqual([
      'branding',
      'client',
      'client-session',
      'risk',
      'ui-customization',
    ]);
  });

  it.each(['unavailable', 'throttled', 'credentials', 'interrupted', 'token-expired'] as const)(
    'is not taken for read when the service is not there (%s)',
    async (code) => {
      await expect(read({ GetUserPoolMfaConfig: refuse(code, '') })).rejects.toMatchObject({ code });
    },
  );

  it('leaves the clients out for which there is no time, and counts them', async () => {
    let asked = 0;
    const { names, notCaptured } = await read({}, { deadline: () => (asked += 1) > 1 });
    expect(names).toEqual(['client c1']);
    expect(notCaptured).toContainEqual({ kind: 'client', reason: 'out-of-time', count: 1 });
  });

  it('takes what a client merely inherits for the pool’s, not for its own', async () => {
    const { names } = await read({
      GetUICustomization: () => ({
        document: { ClientId: 'ALL', CSS: 'a {}', ImageUrl: 'https://x/y' },
        image: 'unreachable',
      }),
      DescribeRiskConfiguration: ({ clientId }) =>
        clientId === 'c2' ? { ClientId: 'c2', RiskExceptionConfiguration: {} } : { UserPoolId: POOL.id },
    });
    expect(names).toEqual(['client c1', 'client c2', 'ui-customization ALL', 'risk c2']);
  });

  it('has the domains that are this pool’s', async () => {
    const { names } = await read({
      DescribeUserPoolDomain: ({ domain }) => ({ Domain: domain, UserPoolId: domain === 'ours' ? POOL.id : 'another' }),
    });
    expect(names).toContain('domain ours');
    expect(names).not.toContain('domain login.example.com');
  });
});
