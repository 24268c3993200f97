import { describe, expect, it } from 'vitest';
import { sdkSession } from '../testing/sdk-session.ts';

const INVALID = 'InvalidParameterException';
const SECRET = 'a_secret_of_24_to_64_signs';
const OAUTH = {
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ['code'],
  AllowedOAuthScopes: ['openid'],
  CallbackURLs: ['https://app.example.com/'],
};

describe('an app client', () => {
  it.each([
    ['two origins of its secret', { GenerateSecret: true, ClientSecret: SECRET }, INVALID],
    ['a short secret', { ClientSecret: 'x'.repeat(23) }, INVALID],
    ['a long secret', { ClientSecret: 'x'.repeat(65) }, INVALID],
    ['old and new auth flows', { ExplicitAuthFlows: ['USER_PASSWORD_AUTH', 'ALLOW_USER_SRP_AUTH'] }, INVALID],
    ['a provider that is not there yet', { SupportedIdentityProviders: ['COGNITO', 'Google'] }, INVALID],
    ['an attribute outside the schema', { ReadAttributes: ['custom:unknown'] }, INVALID],
    ['a fragment in a callback', { ...OAUTH, CallbackURLs: ['https://app.example.com/#x'] }, INVALID],
    ['plain HTTP', { ...OAUTH, CallbackURLs: ['http://app.example.com/'] }, INVALID],
    ['no callback', { ...OAUTH, CallbackURLs: [] }, INVALID],
    ['a default redirect elsewhere', { ...OAUTH, DefaultRedirectURI: 'https://other.example.com/' }, INVALID],
    ['flows without OAuth', { ...OAUTH, AllowedOAuthFlowsUserPoolClient: false }, 'InvalidOAuthFlowException'],
    ['OAuth without scopes', { ...OAUTH, AllowedOAuthScopes: [] }, 'InvalidOAuthFlowException'],
    ['a scope of no resource server', { ...OAUTH, AllowedOAuthScopes: ['api/read'] }, 'ScopeDoesNotExistException'],
    [
      'machines among people',
      { ...OAUTH, AllowedOAuthFlows: ['code', 'client_credentials'] },
      'InvalidOAuthFlowException',
    ],
    [
      'a machine without a secret',
      { ...OAUTH, AllowedOAuthFlows: ['client_credentials'] },
      'InvalidOAuthFlowException',
    ],
    ['a token of a week', { AccessTokenValidity: 168 }, INVALID],
    ['a token of a minute', { IdTokenValidity: 1, TokenValidityUnits: { IdToken: 'minutes' } }, INVALID],
    ['context data without a secret', { EnablePropagateAdditionalUserContextData: true }, INVALID],
    [
      'rotation with refreshing',
      {
        RefreshTokenRotation: { Feature: 'ENABLED' },
        ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
      },
      INVALID,
    ],
  ])('may not have %s', async (_what, settings, name) => {
    const { sdk, poolId: UserPoolId } = await sdkSession();
    const request = { UserPoolId, ClientName: 'app', ...(settings as object) };
    await expect(sdk.createUserPoolClient(request)).rejects.toMatchObject({ name });
  });

  it('gets a new id, shows its secret, and is reset by an update', async () => {
    const { sdk, poolId: UserPoolId } = await sdkSession();
    const create = () =>
      sdk.createUserPoolClient({ UserPoolId, ClientName: 'app', ClientSecret: SECRET, ...OAUTH_ANSWER });
    const [first, second] = [(await create()).UserPoolClient, (await create()).UserPoolClient];
    const ClientId = first?.ClientId;
    expect(ClientId).not.toBe(second?.ClientId);
    const described = (await sdk.describeUserPoolClient({ UserPoolId, ClientId })).UserPoolClient;
    expect(described).toMatchObject({ ClientSecret: SECRET, CallbackURLs: OAUTH.CallbackURLs, ClientName: 'app' });
    await sdk.updateUserPoolClient({ UserPoolId, ClientId });
    const reset = (await sdk.describeUserPoolClient({ UserPoolId, ClientId })).UserPoolClient;
    expect(reset).not.toHaveProperty('CallbackURLs');
    expect(reset).toMatchObject({
      ClientSecret: SECRET,
      ClientName: 'app',
      AllowedOAuthFlowsUserPoolClient: false,
      RefreshTokenValidity: 30,
      ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_CUSTOM_AUTH'],
    });
  });

  it('names a provider once it is there, and another pool does not know the client', async () => {
    const { sdk, poolId: UserPoolId, simulator } = await sdkSession();
    await sdk.createIdentityProvider({
      UserPoolId,
      ProviderName: 'Google',
      ProviderType: 'Google',
      ProviderDetails: { client_id: 'c', client_secret: 's', authorize_scopes: 'openid' },
    });
    const request = { UserPoolId, ClientName: 'app', SupportedIdentityProviders: ['Google'] };
    const ClientId = (await sdk.createUserPoolClient(request)).UserPoolClient?.ClientId;
    const other = { UserPoolId: simulator.createPool(), ClientId };
    await expect(sdk.describeUserPoolClient(other)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await sdk.deleteUserPoolClient({ UserPoolId, ClientId });
    await expect(sdk.describeUserPoolClient({ UserPoolId, ClientId })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('comes 60 a page at most', async () => {
    const { sdk, poolId: UserPoolId } = await sdkSession();
    for (let number = 0; number < 61; number += 1) {
      await sdk.createUserPoolClient({ UserPoolId, ClientName: `app ${number}` });
    }
    await expect(sdk.listUserPoolClients({ UserPoolId, MaxResults: 61 })).rejects.toMatchObject({ name: INVALID });
    const first = await sdk.listUserPoolClients({ UserPoolId, MaxResults: 60 });
    const { NextToken } = first;
    const last = await sdk.listUserPoolClients({ UserPoolId, MaxResults: 60, NextToken });
    expect([first.UserPoolClients?.length, last.UserPoolClients?.length, last.NextToken]).toEqual([60, 1, undefined]);
    await expect(sdk.listUserPoolClients({ UserPoolId, MaxResults: 59, NextToken })).rejects.toMatchObject({
      name: INVALID,
    });
  });

  it('has two secrets at most, shown once if generated, and never loses the last', async () => {
    const { sdk, poolId: UserPoolId } = await sdkSession();
    const create = { UserPoolId, ClientName: 'app', ClientSecret: SECRET };
    const ClientId = (await sdk.createUserPoolClient(create)).UserPoolClient?.ClientId;
    const generated = (await sdk.addUserPoolClientSecret({ UserPoolId, ClientId })).ClientSecretDescriptor;
    expect(generated?.ClientSecretValue).toMatch(/^[\w+]{24,64}$/);
    await expect(sdk.addUserPoolClientSecret({ UserPoolId, ClientId })).rejects.toMatchObject({
      name: 'LimitExceededException',
    });
    const listed = (await sdk.listUserPoolClientSecrets({ UserPoolId, ClientId })).ClientSecrets ?? [];
    expect(listed.map(({ ClientSecretValue }) => ClientSecretValue)).toEqual([undefined, undefined]);
    const [oldest, newest] = listed.map(({ ClientSecretId }) => ClientSecretId);
    await sdk.deleteUserPoolClientSecret({ UserPoolId, ClientId, ClientSecretId: oldest });
    await expect(
      sdk.deleteUserPoolClientSecret({ UserPoolId, ClientId, ClientSecretId: newest }),
    ).rejects.toMatchObject({ name: INVALID });
    const chosen = await sdk.addUserPoolClientSecret({ UserPoolId, ClientId, ClientSecret: `${SECRET}2` });
    expect(chosen.ClientSecretDescriptor).not.toHaveProperty('ClientSecretValue');
  });
});

const OAUTH_ANSWER = {
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ['code' as const],
  AllowedOAuthScopes: ['openid'],
  CallbackURLs: OAUTH.CallbackURLs,
};
