import type { EverythingSite } from './everything-ground.ts';

/** Two resource servers of one's own; Cognito keeps a third. */
export function plantResourceServers(site: EverythingSite): void {
  site.send('CreateResourceServer', {
    Identifier: 'https://api.example.com',
    Name: 'Orders',
    Scopes: [
      { ScopeName: 'orders.read', ScopeDescription: 'Read orders' },
      { ScopeName: 'orders.write', ScopeDescription: 'Write orders' },
    ],
  });
  site.send('CreateResourceServer', { Identifier: 'reports', Name: 'Reports' });
}

export const EVERY_PROVIDER = ['Google', 'SignInWithApple', 'Facebook', 'LoginWithAmazon', 'Okta', 'Entra'] as const;

const SOCIAL = { client_id: 'social-client', client_secret: 'social-secret' };

/** One identity provider of each type. */
export function plantProviders(site: EverythingSite): void {
  const create = (name: string, request: object): void => {
    site.send('CreateIdentityProvider', { ProviderName: name, ProviderType: name, ...request });
  };
  create('Google', {
    ProviderDetails: { ...SOCIAL, authorize_scopes: 'email profile openid' },
    AttributeMapping: { email: 'email', name: 'name' },
  });
  create('SignInWithApple', {
    ProviderDetails: {
      client_id: 'com.example.app',
      team_id: 'TEAM',
      key_id: 'KEY',
      private_key: 'APPLE-PRIVATE-KEY',
      authorize_scopes: 'email name',
    },
    AttributeMapping: { email: 'email' },
  });
  create('Facebook', {
    ProviderDetails: { ...SOCIAL, authorize_scopes: 'public_profile, email', api_version: 'v17.0' },
  });
  create('LoginWithAmazon', { ProviderDetails: { ...SOCIAL, authorize_scopes: 'profile' } });
  create('Okta', {
    ProviderType: 'SAML',
    ProviderDetails: {
      MetadataURL: 'https://idp.example.com/metadata',
      IDPSignout: 'true',
      EncryptedResponses: 'true',
      RequestSigningAlgorithm: 'rsa-sha256',
    },
    AttributeMapping: { email: 'http://schemas.example.com/email', 'custom:field_00': 'department' },
    IdpIdentifiers: ['example.com', 'okta'],
  });
  create('Entra', {
    ProviderType: 'OIDC',
    ProviderDetails: {
      client_id: 'entra-client',
      client_secret: 'entra-secret',
      attributes_request_method: 'GET',
      oidc_issuer: 'https://login.example.com/tenant',
      authorize_scopes: 'openid email',
    },
    AttributeMapping: { email: 'email' },
    AcrMapping: { Level1: 'urn:example:low' },
  });
}
