import type { ConfigurationResource, JsonObject } from '../../model/pool-configuration.ts';
import { dropMembers, objectAt, pickMembers, textAt } from './json-members.ts';
import type { PreparedResource } from './prepared-resource.ts';

/** Details that each type takes; Cognito shows more, which it derives itself and does not take back. [D] SDK 3.1169, `ProviderDetails` */
const DETAILS: { readonly [type: string]: readonly string[] } = {
  OIDC: [
    'client_id',
    'client_secret',
    'attributes_request_method',
    'oidc_issuer',
    'authorize_scopes',
    'attributes_url',
    'authorize_url',
    'jwks_uri',
    'token_url',
  ],
  SAML: ['MetadataURL', 'MetadataFile', 'IDPInit', 'IDPSignout', 'EncryptedResponses', 'RequestSigningAlgorithm'],
  Google: ['client_id', 'client_secret', 'authorize_scopes'],
  LoginWithAmazon: ['client_id', 'client_secret', 'authorize_scopes'],
  Facebook: ['client_id', 'client_secret', 'authorize_scopes', 'api_version'],
  SignInWithApple: ['client_id', 'team_id', 'key_id', 'private_key', 'authorize_scopes'],
};

/** What each type cannot be created without, of what a snapshot may lack. */
const NEEDED: { readonly [type: string]: readonly string[] } = {
  Google: ['client_secret'],
  LoginWithAmazon: ['client_secret'],
  Facebook: ['client_secret'],
  // Taken and never shown again. [D] COGNITO-FACTS §5
  SignInWithApple: ['private_key'],
};

/** Secrets by provider and name of the detail, as an operator gives them. */
export type ProviderSecrets = ReadonlyMap<string, JsonObject>;

/** CreateIdentityProvider for a described provider; not made where a secret is missing that it needs. */
export function providerRequest(provider: ConfigurationResource, secrets: ProviderSecrets): PreparedResource {
  const { key, document, withheld = [] } = provider;
  const type = textAt(document, 'ProviderType') ?? '';
  const given = secrets.get(key) ?? {};
  const described = { ...objectAt(document, 'ProviderDetails'), ...given };
  const details = withOneMetadata(DETAILS[type] ? pickMembers(described, DETAILS[type]) : described);
  const missing = [...(NEEDED[type] ?? []), ...withheld.map((path) => path.replace('ProviderDetails.', ''))];
  if (missing.some((name) => textAt(details, name) === undefined)) {
    return {
      request: undefined,
      expected: undefined,
      losses: [{ kind: 'identity-provider', resource: 'identity-provider', key }],
    };
  }
  return {
    request: {
      ...pickMembers(document, ['ProviderName', 'ProviderType']),
      ProviderDetails: details,
      ...pickMembers(document, ['AttributeMapping', 'IdpIdentifiers', 'AcrMapping']),
    },
    expected: { ...document, ProviderDetails: expectedDetails(described, type) },
    losses: [],
  };
}

/** Cognito takes one of the two. */
function withOneMetadata(details: JsonObject): JsonObject {
  return textAt(details, 'MetadataURL') === undefined ? details : dropMembers(details, ['MetadataFile']);
}

function expectedDetails(details: JsonObject, type: string): JsonObject {
  return type === 'SignInWithApple' ? dropMembers(details, ['private_key']) : details;
}
