import { flag, list, structure, text, whole, word, type Shaped } from './shape.ts';
import { anyText, arn } from './shapes.ts';

/** Source of the bounds: botocore 1.43.107 and SDK 3.1169; 2026-11. */
const url = text({ min: 1, max: 1024, pattern: /^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u });
const unit = word('seconds', 'minutes', 'hours', 'days');

export const LEGACY_FLOWS = ['ADMIN_NO_SRP_AUTH', 'CUSTOM_AUTH_FLOW_ONLY', 'USER_PASSWORD_AUTH'] as const;

const clientName = text({ min: 1, max: 128, pattern: /^[\w\s+=,.@-]+$/ });
export const secretText = text({ min: 24, max: 64, pattern: /^[\w+]+$/ });

const settings = {
  RefreshTokenValidity: whole(0, 315_360_000),
  AccessTokenValidity: whole(1, 86_400),
  IdTokenValidity: whole(1, 86_400),
  TokenValidityUnits: structure({}, { AccessToken: unit, IdToken: unit, RefreshToken: unit }),
  ReadAttributes: list(text({ min: 1, max: 2048 })),
  WriteAttributes: list(text({ min: 1, max: 2048 })),
  ExplicitAuthFlows: list(
    word(
      ...LEGACY_FLOWS,
      'ALLOW_ADMIN_USER_PASSWORD_AUTH',
      'ALLOW_CUSTOM_AUTH',
      'ALLOW_USER_PASSWORD_AUTH',
      'ALLOW_USER_SRP_AUTH',
      'ALLOW_REFRESH_TOKEN_AUTH',
      'ALLOW_USER_AUTH',
    ),
  ),
  SupportedIdentityProviders: list(text({ min: 1, max: 32 })),
  CallbackURLs: list(url, { max: 100 }),
  LogoutURLs: list(url, { max: 100 }),
  DefaultRedirectURI: url,
  AllowedOAuthFlows: list(word('code', 'implicit', 'client_credentials'), { max: 3 }),
  AllowedOAuthScopes: list(text({ min: 1, max: 256, pattern: /^[\x21\x23-\x5B\x5D-\x7E]+$/ }), { max: 50 }),
  AllowedOAuthFlowsUserPoolClient: flag,
  AnalyticsConfiguration: structure(
    {},
    {
      ApplicationId: text({ pattern: /^[0-9a-fA-F]+$/ }),
      ApplicationArn: arn,
      RoleArn: arn,
      ExternalId: anyText,
      UserDataShared: flag,
    },
  ),
  PreventUserExistenceErrors: word('LEGACY', 'ENABLED'),
  EnableTokenRevocation: flag,
  EnablePropagateAdditionalUserContextData: flag,
  AuthSessionValidity: whole(3, 15),
  RefreshTokenRotation: structure({ Feature: word('ENABLED', 'DISABLED') }, { RetryGracePeriodSeconds: whole(0, 60) }),
};

export const createClientRequest = structure(
  { ClientName: clientName },
  { ...settings, GenerateSecret: flag, ClientSecret: secretText },
);
export const updateClientRequest = structure({}, { ...settings, ClientName: clientName });

export type ClientSettings = Omit<Shaped<typeof updateClientRequest>, 'ClientName'>;

export interface ClientSecret {
  readonly id: string;
  readonly value: string;
  readonly createdAt: number;
}

/** What a client holds where the request says nothing. [D] SDK 3.1169, CreateUserPoolClient. */
const DEFAULTS = {
  RefreshTokenValidity: 30,
  ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_CUSTOM_AUTH'],
  AllowedOAuthFlowsUserPoolClient: false,
  PreventUserExistenceErrors: 'LEGACY',
  EnableTokenRevocation: true,
  EnablePropagateAdditionalUserContextData: false,
  AuthSessionValidity: 3,
} as const satisfies ClientSettings;

export interface NewClient {
  readonly id: string;
  readonly poolId: string;
  readonly name: string;
  readonly createdAt: number;
}

/** An app client and its secrets, the oldest first. */
export class AppClient {
  readonly id: string;
  readonly poolId: string;
  readonly createdAt: number;
  name: string;
  modifiedAt: number;
  settings: ClientSettings = DEFAULTS;
  secrets: readonly ClientSecret[] = [];

  constructor({ id, poolId, name, createdAt }: NewClient) {
    this.id = id;
    this.poolId = poolId;
    this.name = name;
    this.createdAt = createdAt;
    this.modifiedAt = createdAt;
  }

  /** Everything left out goes back to its default. [D] COGNITO-FACTS §5. */
  configure(settings: ClientSettings, at: number): void {
    this.settings = {
      ...DEFAULTS,
      ...settings,
      RefreshTokenValidity: settings.RefreshTokenValidity || DEFAULTS.RefreshTokenValidity,
    };
    this.modifiedAt = at;
  }

  /** Whether it lets users sign in so, in the older words or the newer. */
  allows(flow: 'USER_PASSWORD_AUTH' | 'ADMIN_USER_PASSWORD_AUTH'): boolean {
    const flows: readonly string[] = this.settings.ExplicitAuthFlows ?? [];
    const legacy = flow === 'ADMIN_USER_PASSWORD_AUTH' ? 'ADMIN_NO_SRP_AUTH' : flow;
    return flows.includes(`ALLOW_${flow}`) || flows.includes(legacy);
  }

  get hidesUnknownUsers(): boolean {
    return this.settings.PreventUserExistenceErrors === 'ENABLED';
  }
}
