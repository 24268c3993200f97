import type { ConfigurationResource, JsonObject } from '../../model/pool-configuration.ts';
import { member, objectAt, pickMembers } from './json-members.ts';
import type { PreparedResource } from './prepared-resource.ts';

/** SetRiskConfiguration, of the pool or of a client. */
export function riskRequest({ document }: ConfigurationResource): PreparedResource {
  return made(document, [
    'CompromisedCredentialsRiskConfiguration',
    'AccountTakeoverRiskConfiguration',
    'RiskExceptionConfiguration',
  ]);
}

/** SetLogDeliveryConfiguration. */
export function logRequest({ document }: ConfigurationResource): PreparedResource {
  return made(document, ['LogConfigurations']);
}

/** SetUserPoolSessionConfiguration: a full replacement. */
export function sessionRequest({ document }: ConfigurationResource): PreparedResource {
  return made(document, ['UserSessionTracking', 'TokenSession']);
}

/** The default of a client. [D] SDK 3.1169, `ClientSSOSessionConfigType` */
const DEFAULT_MINUTES = 60;

/** SetUserPoolClientSessionConfiguration; it is refused while the pool does not track sessions, and the default needs no call. */
export function clientSessionRequest(
  { document }: ConfigurationResource,
  { isTracked }: { readonly isTracked: boolean },
): PreparedResource {
  const minutes = member(objectAt(document, 'SSOSession') ?? {}, 'MaxValidityMinutes');
  const isNeeded = isTracked && minutes !== DEFAULT_MINUTES;
  return { ...made(document, ['SSOSession']), ...(!isNeeded && { request: undefined }) };
}

/** CreateResourceServer. */
export function resourceServerRequest({ document }: ConfigurationResource): PreparedResource {
  return made(document, ['Identifier', 'Name', 'Scopes']);
}

/** Those that Cognito keeps for itself. [D] COGNITO-FACTS §5 */
export function isManaged({ document }: ConfigurationResource): boolean {
  return member(document, 'ManagedBy') === 'COGNITO';
}

function made(document: JsonObject, members: readonly string[]): PreparedResource {
  const request = pickMembers(document, members);
  return { request: Object.keys(request).length > 0 ? request : undefined, expected: document, losses: [] };
}
