import type { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { parsePoolId, type PoolId } from '../../src/model/ids.ts';

/** Marks of everything secret in the pool: none may stand in anything that is not encrypted. */
export const SECRETS = {
  google: 'google-canary-7d21f0',
  oidc: 'oidc-canary-55aa10',
};

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const ROLE = 'arn:aws:iam::123456789012:role/sms';

/** A pool with something of every kind that can be configured. */
export interface ConfiguredPool {
  readonly poolId: PoolId;
  readonly web: string;
  readonly server: string;
  /** Of `server`: the service made it. */
  readonly clientSecret: string;
  readonly image: Buffer;
}

export async function createConfiguredPool(sdk: CognitoIdentityProvider, name = 'everything'): Promise<ConfiguredPool> {
  const { UserPool } = await sdk.createUserPool({
    PoolName: name,
    UserPoolTier: 'PLUS',
    UserPoolAddOns: { AdvancedSecurityMode: 'ENFORCED' },
    AutoVerifiedAttributes: ['email'],
    Schema: [{ Name: 'tenant', AttributeDataType: 'String', Mutable: true }],
    UserPoolTags: { team: 'identity' },
    SmsConfiguration: { SnsCallerArn: ROLE, ExternalId: 'external' },
  });
  const UserPoolId = UserPool?.Id ?? '';
  await sdk.setUserPoolMfaConfig({
    UserPoolId,
    MfaConfiguration: 'OPTIONAL',
    SoftwareTokenMfaConfiguration: { Enabled: true },
  });
  const Scopes = [{ ScopeName: 'read', ScopeDescription: 'reading' }];
  await sdk.createResourceServer({ UserPoolId, Identifier: 'https://api.example.com', Name: 'api', Scopes });
  await createProviders(sdk, UserPoolId);
  const web = await createClient(sdk, { UserPoolId, ClientName: 'web' });
  const server = await createClient(sdk, { UserPoolId, ClientName: 'server', GenerateSecret: true });
  await sdk.createUserPoolDomain({ UserPoolId, Domain: `${name}-domain`.toLowerCase(), ManagedLoginVersion: 2 });
  await sdk.createManagedLoginBranding({
    UserPoolId,
    ClientId: web.id,
    Settings: { categories: { form: { displayGraphics: true } } },
    Assets: [{ Category: 'FORM_LOGO', ColorMode: 'LIGHT', Extension: 'PNG', Bytes: PNG }],
  });
  await sdk.setUICustomization({ UserPoolId, CSS: '.logo-customizable { max-width: 60%; }', ImageFile: PNG });
  await sdk.createTerms({
    UserPoolId,
    ClientId: web.id,
    TermsName: 'terms-of-use',
    TermsSource: 'LINK',
    Enforcement: 'NONE',
    Links: { 'cognito:default': 'https://example.com/terms' },
  });
  await sdk.setUserPoolSessionConfiguration({
    UserPoolId,
    UserSessionTracking: 'ENABLED',
    TokenSession: { MaxPerUser: 5 },
  });
  await sdk.setRiskConfiguration({
    UserPoolId,
    CompromisedCredentialsRiskConfiguration: { Actions: { EventAction: 'BLOCK' } },
  });
  await sdk.setLogDeliveryConfiguration({
    UserPoolId,
    LogConfigurations: [
      {
        LogLevel: 'ERROR',
        EventSource: 'userNotification',
        CloudWatchLogsConfiguration: {
          LogGroupArn: 'arn:aws:logs:eu-central-1:123456789012:log-group:/aws/vendedlogs/cognito',
        },
      },
    ],
  });
  return { poolId: parsePoolId(UserPoolId), web: web.id, server: server.id, clientSecret: server.secret, image: PNG };
}

async function createProviders(sdk: CognitoIdentityProvider, UserPoolId: string): Promise<void> {
  await sdk.createIdentityProvider({
    UserPoolId,
    ProviderName: 'Google',
    ProviderType: 'Google',
    ProviderDetails: { client_id: 'google-id', client_secret: SECRETS.google, authorize_scopes: 'openid email' },
    AttributeMapping: { email: 'email' },
  });
  await sdk.createIdentityProvider({
    UserPoolId,
    ProviderName: 'Corporate',
    ProviderType: 'OIDC',
    ProviderDetails: {
      client_id: 'oidc-id',
      client_secret: SECRETS.oidc,
      attributes_request_method: 'GET',
      oidc_issuer: 'https://login.example.com',
      authorize_scopes: 'openid',
    },
  });
}

async function createClient(
  sdk: CognitoIdentityProvider,
  wanted: { readonly UserPoolId: string; readonly ClientName: string; readonly GenerateSecret?: boolean },
): Promise<{ readonly id: string; readonly secret: string }> {
  const { UserPoolClient } = await sdk.createUserPoolClient({
    ...wanted,
    SupportedIdentityProviders: ['COGNITO', 'Google'],
    CallbackURLs: ['https://app.example.com/back'],
    AllowedOAuthFlows: ['code'],
    AllowedOAuthScopes: ['openid', 'https://api.example.com/read'],
    AllowedOAuthFlowsUserPoolClient: true,
  });
  return { id: UserPoolClient?.ClientId ?? '', secret: UserPoolClient?.ClientSecret ?? '' };
}
