import type { PoolState } from '../pool-state.ts';
import { ServiceError, invalidParameter } from '../service-error.ts';
import type { ClientSettings } from './app-client.ts';
import { customScopes } from './resource-servers.ts';

const STANDARD_SCOPES: ReadonlySet<string> = new Set([
  'phone',
  'email',
  'openid',
  'profile',
  'aws.cognito.signin.user.admin',
]);
/** Hosts to which plain HTTP may lead. [D] SDK 3.1169, `CallbackURLs`: localhost; the loopback addresses are *unproven*. */
const LOCAL_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Throws what the authorization server's settings of an app client can do wrong. [D] SDK 3.1169, CreateUserPoolClient. */
export function checkOAuth(
  pool: PoolState,
  settings: ClientSettings,
  { hasSecret }: { readonly hasSecret: boolean },
): void {
  const { AllowedOAuthFlows: flows = [], AllowedOAuthScopes: scopes = [], CallbackURLs: callbacks = [] } = settings;
  for (const url of [...callbacks, ...(settings.LogoutURLs ?? [])]) checkUrl(url);
  if (settings.DefaultRedirectURI !== undefined && !callbacks.includes(settings.DefaultRedirectURI)) {
    throw invalidParameter('The default redirect URI must be in the list of callback URLs.');
  }
  checkScopes(pool, scopes);
  if (!settings.AllowedOAuthFlowsUserPoolClient) {
    if (flows.length > 0 || scopes.length > 0) {
      throw invalidOAuthFlow('AllowedOAuthFlowsUserPoolClient must be true to allow OAuth flows and scopes.');
    }
    return;
  }
  if (flows.length === 0 || scopes.length === 0) {
    throw invalidOAuthFlow(
      'AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.',
    );
  }
  if (flows.includes('client_credentials')) checkMachineFlow({ flows, scopes, hasSecret });
  else if (callbacks.length === 0) throw invalidParameter('A callback URL is required for this OAuth flow.');
}

interface MachineFlow {
  readonly flows: readonly string[];
  readonly scopes: readonly string[];
  readonly hasSecret: boolean;
}

function checkMachineFlow({ flows, scopes, hasSecret }: MachineFlow): void {
  if (flows.length > 1) {
    throw invalidOAuthFlow('client_credentials flow can not be selected along with code flow or implicit flow.');
  }
  if (!hasSecret)
    throw invalidOAuthFlow('client_credentials flow can not be selected if client does not have a client secret.');
  if (scopes.some((scope) => STANDARD_SCOPES.has(scope))) {
    throw invalidOAuthFlow('client_credentials flow allows custom scopes only.');
  }
}

function checkScopes(pool: PoolState, scopes: readonly string[]): void {
  const custom = customScopes(pool);
  const unknown = scopes.find((scope) => !STANDARD_SCOPES.has(scope) && !custom.has(scope));
  if (unknown !== undefined) {
    throw new ServiceError('ScopeDoesNotExistException', `Invalid scope requested: ${unknown}`);
  }
}

/** Absolute, without fragment, HTTPS but for localhost; schemes of apps are their own. */
function checkUrl(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url?.protocol === 'http:' && !LOCAL_HOSTS.has(url.hostname);
  if (!url || isPlain || text.includes('#')) throw invalidParameter(`The URL ${text} is not valid here.`);
}

function invalidOAuthFlow(message: string): ServiceError {
  return new ServiceError('InvalidOAuthFlowException', message);
}
