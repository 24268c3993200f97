import type { PoolState } from '../pool-state.ts';
import { ServiceError, invalidParameter } from '../service-error.ts';
import { LEGACY_FLOWS, type ClientSettings } from './app-client.ts';
import { checkOAuth } from './oauth-rules.ts';

interface ClientKind {
  readonly hasSecret: boolean;
}

/** Throws what CreateUserPoolClient and UpdateUserPoolClient throw for members that do not fit the pool, or each other. */
export function checkClient(pool: PoolState, settings: ClientSettings, { hasSecret }: ClientKind): void {
  checkFlows(settings);
  checkProviders(pool, settings);
  checkAttributes(pool, settings);
  checkValidity(settings);
  checkOAuth(pool, settings, { hasSecret });
  if (settings.EnablePropagateAdditionalUserContextData && !hasSecret) {
    throw invalidParameter('EnablePropagateAdditionalUserContextData needs an app client with a secret.');
  }
}

/** [D] COGNITO-FACTS §5; refresh tokens either rotate or refresh: developer guide, refresh token rotation. */
function checkFlows({ ExplicitAuthFlows = [], RefreshTokenRotation }: ClientSettings): void {
  const flows: readonly string[] = ExplicitAuthFlows;
  const legacy = flows.filter((flow) => (LEGACY_FLOWS as readonly string[]).includes(flow));
  if (legacy.length > 0 && legacy.length < flows.length) {
    throw invalidParameter('ExplicitAuthFlows cannot mix values with and without the prefix ALLOW_.');
  }
  if (RefreshTokenRotation?.Feature === 'ENABLED' && flows.includes('ALLOW_REFRESH_TOKEN_AUTH')) {
    throw invalidParameter('Refresh token rotation cannot be enabled with ALLOW_REFRESH_TOKEN_AUTH.');
  }
}

function checkProviders(pool: PoolState, { SupportedIdentityProviders = [] }: ClientSettings): void {
  const unknown = SupportedIdentityProviders.find((name) => name !== 'COGNITO' && !pool.resources.providers.has(name));
  if (unknown !== undefined) {
    throw invalidParameter(`The provider ${unknown} does not exist for User Pool ${pool.id}`);
  }
}

function checkAttributes(pool: PoolState, { ReadAttributes = [], WriteAttributes = [] }: ClientSettings): void {
  if (ReadAttributes.some((name) => !pool.schema.get(name))) {
    throw invalidParameter('Invalid read attributes specified while creating a client');
  }
  if (WriteAttributes.some((name) => !pool.schema.get(name) || name === 'sub')) {
    throw invalidParameter('Invalid write attributes specified while creating a client');
  }
}

const UNIT_SECONDS = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const;
type Unit = keyof typeof UNIT_SECONDS;

/** Access and ID tokens live 5 minutes to a day, refresh tokens an hour to ten years. [D] SDK 3.1169, `TokenValidityUnitsType`. */
function checkValidity(settings: ClientSettings): void {
  const { AccessTokenValidity: access, IdTokenValidity: id, RefreshTokenValidity: refresh } = settings;
  const units = settings.TokenValidityUnits ?? {};
  const lives = [
    { token: 'AccessToken', seconds: seconds(access, units.AccessToken ?? 'hours'), least: 300, most: 86_400 },
    { token: 'IdToken', seconds: seconds(id, units.IdToken ?? 'hours'), least: 300, most: 86_400 },
    { token: 'RefreshToken', seconds: seconds(refresh, units.RefreshToken ?? 'days'), least: 3600, most: 315_360_000 },
  ];
  const wrong = lives.find((life) => life.seconds > 0 && (life.seconds < life.least || life.seconds > life.most));
  if (wrong) throw invalidParameter(`Invalid range for token validity: ${wrong.token}.`);
}

/** 0: the default. */
function seconds(validity: number | undefined, unit: Unit): number {
  return (validity ?? 0) * UNIT_SECONDS[unit];
}

export function noClient(id: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', `User pool client ${id} does not exist.`);
}
