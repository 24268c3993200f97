import type { ConfigurationResource, JsonObject } from '../../model/pool-configuration.ts';
import type { ConfigurationLoss } from './configuration-losses.ts';
import { dropMembers, pickMembers, textAt, textsAt } from './json-members.ts';
import type { PreparedResource } from './prepared-resource.ts';

/** [D] SDK 3.1169, CreateUserPoolClient. */
const MEMBERS = [
  'ClientName',
  'RefreshTokenValidity',
  'AccessTokenValidity',
  'IdTokenValidity',
  'TokenValidityUnits',
  'ReadAttributes',
  'WriteAttributes',
  'ExplicitAuthFlows',
  'SupportedIdentityProviders',
  'CallbackURLs',
  'LogoutURLs',
  'DefaultRedirectURI',
  'AllowedOAuthFlows',
  'AllowedOAuthScopes',
  'AllowedOAuthFlowsUserPoolClient',
  'AnalyticsConfiguration',
  'PreventUserExistenceErrors',
  'EnableTokenRevocation',
  'EnablePropagateAdditionalUserContextData',
  'AuthSessionValidity',
  'RefreshTokenRotation',
];

/** A secret of one's own choice. [D] SDK 3.1169, `ClientSecret`: 24 to 64 characters, `[\w+]`. */
const OWN_SECRET = /^[\w+]{24,64}$/;

/** What became of a client's secret. */
export type ClientSecretFate = 'none' | 'kept' | 'new';

/**
 * CreateUserPoolClient for a described client: its secret is kept where the snapshot holds it, else Cognito makes a new one.
 *
 * @param absent providers that the new pool does not get.
 */
export function clientRequest(client: ConfigurationResource, absent: ReadonlySet<string>): PreparedResource {
  const { key, document } = client;
  const losses: ConfigurationLoss[] = [];
  const fate = secretFate(client);
  if (fate === 'new') losses.push({ kind: 'client-secret', resource: 'client', key });
  const providers = textsAt(document, 'SupportedIdentityProviders');
  const kept = providers.filter((name) => !absent.has(name));
  if (kept.length < providers.length) losses.push({ kind: 'client-provider', resource: 'client', key });
  const expected: JsonObject = {
    ...document,
    ...(providers.length > 0 && { SupportedIdentityProviders: kept }),
    ...(textsAt(document, 'ExplicitAuthFlows').length > 0 && {
      ExplicitAuthFlows: oneKindOfFlows(textsAt(document, 'ExplicitAuthFlows')),
    }),
  };
  const request = { ...pickMembers(expected, MEMBERS), ...secretOf(document, fate) };
  // A secret that is new cannot be compared; that there is one, can.
  const isHidden = fate === 'new';
  const compared = isHidden ? dropMembers(expected, ['ClientSecret']) : expected;
  return { request, expected: compared, losses, ...(isHidden && { withheld: ['ClientSecret'] }) };
}

export function secretFate({ document, withheld = [] }: ConfigurationResource): ClientSecretFate {
  const secret = textAt(document, 'ClientSecret');
  if (secret === undefined) return withheld.includes('ClientSecret') ? 'new' : 'none';
  return OWN_SECRET.test(secret) ? 'kept' : 'new';
}

function secretOf(document: JsonObject, fate: ClientSecretFate): JsonObject {
  switch (fate) {
    case 'none':
      return {};
    case 'kept':
      return pickMembers(document, ['ClientSecret']);
    case 'new':
      return { GenerateSecret: true };
    default:
      return fate satisfies never;
  }
}

/** Names from before the prefix cannot stand beside those with it; alone they may stay. [D] COGNITO-FACTS §5 */
const NEW_NAMES: ReadonlyMap<string, string> = new Map([
  ['ADMIN_NO_SRP_AUTH', 'ALLOW_ADMIN_USER_PASSWORD_AUTH'],
  ['CUSTOM_AUTH_FLOW_ONLY', 'ALLOW_CUSTOM_AUTH'],
  ['USER_PASSWORD_AUTH', 'ALLOW_USER_PASSWORD_AUTH'],
]);

function oneKindOfFlows(flows: readonly string[]): readonly string[] {
  const old = flows.filter((flow) => NEW_NAMES.has(flow));
  if (old.length === 0 || old.length === flows.length) return flows;
  return [...new Set(flows.map((flow) => NEW_NAMES.get(flow) ?? flow))];
}
