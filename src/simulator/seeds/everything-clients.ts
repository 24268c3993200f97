import { EVERY_PROVIDER } from './everything-federation.ts';
import type { EverythingSite } from './everything-ground.ts';

/** Ids of the clients that tests ask for by role. */
export interface EverythingClients {
  readonly web: string;
  readonly mobile: string;
  readonly machine: string;
  readonly legacy: string;
}

/** More than a page of clients: 66, each with something of its own. */
const PLAIN_CLIENTS = 62;

export function plantClients(site: EverythingSite): EverythingClients {
  const clients = {
    web: site.client('web', WEB),
    mobile: site.client('mobile', MOBILE),
    machine: site.client('machine', MACHINE),
    legacy: site.client('legacy', { ExplicitAuthFlows: ['USER_PASSWORD_AUTH', 'ADMIN_NO_SRP_AUTH'] }),
  };
  for (let number = 0; number < PLAIN_CLIENTS; number += 1) {
    site.client(`plain-${String(number).padStart(2, '0')}`, { AuthSessionValidity: 3 + (number % 13) });
  }
  site.send('AddUserPoolClientSecret', { ClientId: clients.web, ClientSecret: 'web_second_secret_000000000000' });
  return clients;
}

const WEB = {
  ClientSecret: 'web_first_secret_0000000000000',
  ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  SupportedIdentityProviders: ['COGNITO', ...EVERY_PROVIDER],
  CallbackURLs: ['https://app.example.com/callback', 'http://localhost:3000/callback'],
  LogoutURLs: ['https://app.example.com/'],
  DefaultRedirectURI: 'https://app.example.com/callback',
  AllowedOAuthFlows: ['code'],
  AllowedOAuthScopes: ['openid', 'email', 'https://api.example.com/orders.read'],
  AllowedOAuthFlowsUserPoolClient: true,
  ReadAttributes: ['email', 'name', 'custom:field_00'],
  WriteAttributes: ['email', 'name', 'preferred_username', 'custom:field_00'],
  RefreshTokenValidity: 12,
  AccessTokenValidity: 30,
  IdTokenValidity: 45,
  TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'hours' },
  PreventUserExistenceErrors: 'ENABLED',
  EnablePropagateAdditionalUserContextData: true,
  AuthSessionValidity: 15,
};

const MOBILE = {
  ExplicitAuthFlows: ['ALLOW_USER_AUTH', 'ALLOW_USER_SRP_AUTH'],
  SupportedIdentityProviders: ['COGNITO', 'SignInWithApple'],
  CallbackURLs: ['exampleapp://callback'],
  AllowedOAuthFlows: ['code', 'implicit'],
  AllowedOAuthScopes: ['openid', 'aws.cognito.signin.user.admin'],
  AllowedOAuthFlowsUserPoolClient: true,
  EnableTokenRevocation: false,
  RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 30 },
};

const MACHINE = {
  GenerateSecret: true,
  AllowedOAuthFlows: ['client_credentials'],
  AllowedOAuthScopes: ['https://api.example.com/orders.write'],
  AllowedOAuthFlowsUserPoolClient: true,
};
