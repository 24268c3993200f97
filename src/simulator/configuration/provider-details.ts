import { invalidParameter } from '../service-error.ts';
import type { ProviderConfig } from '../pool-config.ts';
import type { ProviderState, ProviderType } from './pool-resources.ts';

export const PROVIDER_TYPES: readonly ProviderType[] = [
  'SAML',
  'OIDC',
  'Facebook',
  'Google',
  'LoginWithAmazon',
  'SignInWithApple',
];

type Details = Readonly<Record<string, string>>;

interface DetailRule {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** What Cognito adds to an answer. */
  readonly derived: (given: Details) => Details;
  /** What Cognito never gives back. */
  readonly withheld?: string;
  /** The attribute of the provider that names the user, where Cognito maps one by itself. */
  readonly subject?: string;
}

/** Source: SDK 3.1169, `ProviderDetails` of CreateIdentityProvider; 2026-11. [D] */
const RULES: { readonly [type in ProviderType]: DetailRule } = {
  OIDC: {
    required: ['client_id', 'attributes_request_method', 'oidc_issuer', 'authorize_scopes'],
    optional: ['client_secret', 'attributes_url', 'authorize_url', 'jwks_uri', 'token_url'],
    derived: () => ({ attributes_url_add_attributes: 'false' }),
    subject: 'sub',
  },
  SAML: {
    required: [],
    optional: ['MetadataURL', 'MetadataFile', 'IDPInit', 'IDPSignout', 'EncryptedResponses', 'RequestSigningAlgorithm'],
    derived: ({ EncryptedResponses: encrypted }) => ({
      SSORedirectBindingURI: 'https://idp.example.com/sso/saml',
      SLORedirectBindingURI: 'https://idp.example.com/slo/saml',
      ...(encrypted === 'true' ? { ActiveEncryptionCertificate: 'c2ltdWxhdGVkIGNlcnRpZmljYXRl' } : {}),
    }),
  },
  LoginWithAmazon: {
    required: ['client_id', 'client_secret', 'authorize_scopes'],
    optional: [],
    derived: () => ({
      attributes_url: 'https://api.amazon.com/user/profile',
      attributes_url_add_attributes: 'false',
      authorize_url: 'https://www.amazon.com/ap/oa',
      token_request_method: 'POST',
      token_url: 'https://api.amazon.com/auth/o2/token',
    }),
    subject: 'user_id',
  },
  Google: {
    required: ['client_id', 'client_secret', 'authorize_scopes'],
    optional: [],
    derived: () => ({
      attributes_url: 'https://people.googleapis.com/v1/people/me?personFields=',
      attributes_url_add_attributes: 'true',
      authorize_url: 'https://accounts.google.com/o/oauth2/v2/auth',
      oidc_issuer: 'https://accounts.google.com',
      token_request_method: 'POST',
      token_url: 'https://www.googleapis.com/oauth2/v4/token',
    }),
    subject: 'sub',
  },
  SignInWithApple: {
    required: ['client_id', 'team_id', 'key_id', 'private_key', 'authorize_scopes'],
    optional: [],
    derived: () => ({
      attributes_url_add_attributes: 'false',
      authorize_url: 'https://appleid.apple.com/auth/authorize',
      oidc_issuer: 'https://appleid.apple.com',
      token_request_method: 'POST',
      token_url: 'https://appleid.apple.com/auth/token',
    }),
    withheld: 'private_key',
    subject: 'sub',
  },
  Facebook: {
    required: ['client_id', 'client_secret', 'authorize_scopes'],
    optional: ['api_version'],
    derived: ({ api_version: version = 'v17.0' }) => ({
      attributes_url: `https://graph.facebook.com/${version}/me?fields=`,
      attributes_url_add_attributes: 'true',
      authorize_url: `https://www.facebook.com/${version}/dialog/oauth`,
      token_request_method: 'GET',
      token_url: `https://graph.facebook.com/${version}/oauth/access_token`,
    }),
    subject: 'id',
  },
};

/** Throws InvalidParameterException for details of another type: missing ones, and those Cognito derives itself (*unproven*, the strict reading). */
export function checkDetails(type: ProviderType, details: Details): void {
  const { required, optional } = RULES[type];
  const missing = required.find((key) => !details[key]);
  if (missing !== undefined) throw invalidParameter(`Missing required provider detail ${missing}`);
  const unknown = Object.keys(details).find((key) => !required.includes(key) && !optional.includes(key));
  if (unknown !== undefined) throw invalidParameter(`Unsupported provider detail ${unknown} for ${type}`);
  if (type === 'SAML' && (details['MetadataURL'] === undefined) === (details['MetadataFile'] === undefined)) {
    throw invalidParameter('Either MetadataURL or MetadataFile must be provided for SAML');
  }
}

/** What DescribeIdentityProvider shows: derived keys added, an Apple private key left out. */
export function describedDetails(type: ProviderType, details: Details): Details {
  const { derived, withheld } = RULES[type];
  return Object.fromEntries(Object.entries({ ...derived(details), ...details }).filter(([key]) => key !== withheld));
}

/** The mapping with the user name that Cognito adds (*unproven*). */
export function completeMapping(type: ProviderType, mapping: Details): Details {
  const { subject } = RULES[type];
  return subject === undefined || mapping['username'] !== undefined ? mapping : { ...mapping, username: subject };
}

/** A provider of a pool made without requests. */
export function configuredProvider(config: string | ProviderConfig, at: number): ProviderState {
  const { name, type: told = 'OIDC', details } = typeof config === 'string' ? { name: config, details: {} } : config;
  const type = PROVIDER_TYPES.find((candidate) => candidate === name) ?? told;
  const mapping = completeMapping(type, {});
  return { name, type, details, mapping, identifiers: [], acr: undefined, createdAt: at, modifiedAt: at };
}
