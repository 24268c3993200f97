import { describe, expect, it } from 'vitest';
import { sdkSession } from '../testing/sdk-session.ts';

const INVALID = { name: 'InvalidParameterException' };
const GOOGLE = {
  ProviderName: 'Google',
  ProviderType: 'Google',
  ProviderDetails: { client_id: 'id', client_secret: 'secret', authorize_scopes: 'openid email' },
} as const;

describe('identity providers', () => {
  it.each([
    ['missing details', { ...GOOGLE, ProviderDetails: { client_id: 'id' } }],
    ['derived details', { ...GOOGLE, ProviderDetails: { ...GOOGLE.ProviderDetails, token_url: 'https://x.example' } }],
    ['a social type under another name', { ...GOOGLE, ProviderName: 'MyGoogle' }],
    ['a name with an underscore', { ...GOOGLE, ProviderType: 'OIDC', ProviderName: 'my_idp' }],
    [
      'a SAML provider with two sources of metadata',
      {
        ProviderName: 'Saml',
        ProviderType: 'SAML',
        ProviderDetails: { MetadataURL: 'https://x.example', MetadataFile: '<xml/>' },
      },
    ],
    ['a mapping to an unknown attribute', { ...GOOGLE, AttributeMapping: { 'custom:none': 'x' } }],
    ['a mapping to an immutable attribute', { ...GOOGLE, AttributeMapping: { 'custom:fixed': 'x' } }],
    ['ACR values outside OIDC', { ...GOOGLE, AcrMapping: { Level1: 'x' } }],
  ])('with %s are refused', async (_what, request) => {
    const { sdk, poolId: UserPoolId } = await sdkSession({ pool: { Schema: [{ Name: 'fixed', Mutable: false }] } });
    await expect(sdk.createIdentityProvider({ UserPoolId, ...(request as typeof GOOGLE) })).rejects.toMatchObject(
      INVALID,
    );
  });

  it('give secrets back and add derived keys; an Apple private key they keep', async () => {
    const { sdk, poolId: UserPoolId } = await sdkSession();
    await sdk.createIdentityProvider({ UserPoolId, ...GOOGLE, IdpIdentifiers: ['goo'] });
    const created = await sdk.describeIdentityProvider({ UserPoolId, ProviderName: 'Google' });
    expect(created.IdentityProvider).toMatchObject({
      ProviderDetails: { client_secret: 'secret', oidc_issuer: 'https://accounts.google.com' },
      AttributeMapping: { username: 'sub' },
    });
    await expect(
      sdk.updateIdentityProvider({
        UserPoolId,
        ProviderName: 'Google',
        ProviderDetails: created.IdentityProvider?.ProviderDetails,
      }),
    ).rejects.toMatchObject(INVALID);
    const apple = { client_id: 'c', team_id: 't', key_id: 'k', private_key: 'private', authorize_scopes: 'name' };
    const { IdentityProvider } = await sdk.createIdentityProvider({
      UserPoolId,
      ProviderName: 'SignInWithApple',
      ProviderType: 'SignInWithApple',
      ProviderDetails: apple,
    });
    expect(IdentityProvider?.ProviderDetails).not.toHaveProperty('private_key');
    const found = await sdk.getIdentityProviderByIdentifier({ UserPoolId, IdpIdentifier: 'goo' });
    expect(found.IdentityProvider?.ProviderName).toBe('Google');
  });

  it('have a name of their own, bring a group, and are what links and clients may name', async () => {
    const { sdk } = await sdkSession();
    const UserPoolId = (await sdk.createUserPool({ PoolName: 'p' })).UserPool?.Id;
    await sdk.adminCreateUser({ UserPoolId, Username: 'a', MessageAction: 'SUPPRESS' });
    const link = () =>
      sdk.adminLinkProviderForUser({
        UserPoolId,
        DestinationUser: { ProviderName: 'Cognito', ProviderAttributeValue: 'a' },
        SourceUser: {
          ProviderName: 'Google',
          ProviderAttributeName: 'Cognito_Subject',
          ProviderAttributeValue: '1',
        },
      });
    await expect(link()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await sdk.createIdentityProvider({ UserPoolId, ...GOOGLE });
    await expect(sdk.createIdentityProvider({ UserPoolId, ...GOOGLE })).rejects.toMatchObject({
      name: 'DuplicateProviderException',
    });
    await link();
    expect((await sdk.listGroups({ UserPoolId })).Groups?.map(({ GroupName }) => GroupName)).toEqual([
      `${UserPoolId}_Google`,
    ]);
    expect((await sdk.listIdentityProviders({ UserPoolId })).Providers).toMatchObject([
      { ProviderName: 'Google', ProviderType: 'Google' },
    ]);
    await sdk.deleteIdentityProvider({ UserPoolId, ProviderName: 'Google' });
    expect((await sdk.listIdentityProviders({ UserPoolId })).Providers).toEqual([]);
  });
});

describe('resource servers', () => {
  it('are listed 50 a page at most, those of Cognito among them', async () => {
    const { sdk, poolId: UserPoolId } = await sdkSession({ pool: { DcrConfiguration: { EnableStatus: 'Enabled' } } });
    const Scopes = [{ ScopeName: 'read', ScopeDescription: 'Read' }];
    await sdk.createResourceServer({ UserPoolId, Identifier: 'api', Name: 'API', Scopes });
    await expect(sdk.listResourceServers({ UserPoolId, MaxResults: 51 })).rejects.toMatchObject(INVALID);
    const { ResourceServers } = await sdk.listResourceServers({ UserPoolId, MaxResults: 50 });
    expect(ResourceServers).toMatchObject([
      { Identifier: 'aws.cognito/dcr', ManagedBy: 'COGNITO' },
      { Identifier: 'api', Scopes },
    ]);
    expect(ResourceServers?.[1]).not.toHaveProperty('ManagedBy');
  });

  it('are unique, and those of Cognito are left alone', async () => {
    const { sdk, poolId: UserPoolId } = await sdkSession({ pool: { DcrConfiguration: {} } });
    const create = (Identifier: string) => sdk.createResourceServer({ UserPoolId, Identifier, Name: 'API' });
    await create('api');
    await expect(create('api')).rejects.toMatchObject(INVALID);
    await expect(create('aws.cognito/mine')).rejects.toMatchObject(INVALID);
    const managed = { UserPoolId, Identifier: 'aws.cognito/dcr' };
    await expect(sdk.updateResourceServer({ ...managed, Name: 'x' })).rejects.toMatchObject(INVALID);
    await expect(sdk.deleteResourceServer(managed)).rejects.toMatchObject(INVALID);
    await sdk.deleteResourceServer({ UserPoolId, Identifier: 'api' });
    await expect(sdk.describeResourceServer({ UserPoolId, Identifier: 'api' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('an update replaces the scopes, and clients may ask for those alone', async () => {
    const { sdk, poolId: UserPoolId } = await sdkSession();
    const Scopes = [{ ScopeName: 'read', ScopeDescription: 'Read' }];
    await sdk.createResourceServer({ UserPoolId, Identifier: 'api', Name: 'API', Scopes });
    const client = () =>
      sdk.createUserPoolClient({
        UserPoolId,
        ClientName: 'machine',
        GenerateSecret: true,
        AllowedOAuthFlowsUserPoolClient: true,
        AllowedOAuthFlows: ['client_credentials'],
        AllowedOAuthScopes: ['api/read'],
      });
    await client();
    await sdk.updateResourceServer({ UserPoolId, Identifier: 'api', Name: 'API' });
    await expect(client()).rejects.toMatchObject({ name: 'ScopeDoesNotExistException' });
  });
});
