import { expect, it } from 'vitest';
import { sdkSession } from '../testing/sdk-session.ts';
import { plantEverythingPool } from './everything-pool.ts';

it('the everything pool shows every resource through the SDK', async () => {
  const { sdk, simulator } = await sdkSession();
  const { poolId: UserPoolId, clients, functionArns } = plantEverythingPool(simulator);
  const pool = { UserPoolId };

  const { UserPool } = await sdk.describeUserPool(pool);
  expect(UserPool).toMatchObject({
    Domain: 'everything',
    CustomDomain: 'login.example.com',
    DeletionProtection: 'ACTIVE',
    MfaConfiguration: 'OPTIONAL',
    UserPoolTier: 'PLUS',
    LambdaConfig: { PreTokenGeneration: functionArns.find((arn) => arn.endsWith('PreTokenGeneration')) },
    EstimatedNumberOfUsers: 10,
  });
  expect(UserPool?.SchemaAttributes?.filter(({ Name }) => Name?.startsWith('custom:'))).toHaveLength(40);
  expect(await sdk.getUserPoolMfaConfig(pool)).toMatchObject({
    SoftwareTokenMfaConfiguration: { Enabled: true },
    WebAuthnConfiguration: { RelyingPartyId: 'login.example.com' },
  });
  const first = await sdk.listUserPoolClients({ ...pool, MaxResults: 60 });
  const rest = await sdk.listUserPoolClients({ ...pool, MaxResults: 60, NextToken: first.NextToken });
  expect([first.UserPoolClients?.length, rest.UserPoolClients?.length]).toEqual([60, 6]);
  expect((await sdk.listIdentityProviders({ ...pool, MaxResults: 60 })).Providers).toHaveLength(6);
  expect((await sdk.listResourceServers({ ...pool, MaxResults: 50 })).ResourceServers).toHaveLength(3);
  expect((await sdk.listTerms({ ...pool, MaxResults: 60 })).Terms).toHaveLength(3);
  expect((await sdk.getLogDeliveryConfiguration(pool)).LogDeliveryConfiguration?.LogConfigurations).toHaveLength(2);
  expect((await sdk.listUserPoolReplicas(pool)).UserPoolReplicas).toHaveLength(2);
  expect(simulator.waf.associations.size).toBe(1);
  expect(functionArns).toHaveLength(13);
  for (const arn of functionArns) expect(simulator.lambda.policies.get(arn)).toHaveLength(1);
  const factors = await sdk.adminGetUserAuthFactors({ ...pool, Username: 'totp' });
  expect(factors).toMatchObject({ PreferredMfaSetting: 'SOFTWARE_TOKEN_MFA' });
  const signedIn = await sdk.adminGetUser({ ...pool, Username: 'linked' });
  expect(signedIn.UserAttributes?.find(({ Name }) => Name === 'identities')?.Value).toContain('Okta');
  expect(clients.web).toMatch(/^[a-z0-9]{26}$/);
});
