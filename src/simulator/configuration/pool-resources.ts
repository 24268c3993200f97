/** What the wire carries of a resource. */
type Fields = Readonly<Record<string, unknown>>;

/** Milliseconds. */
interface Dates {
  readonly createdAt: number;
  readonly modifiedAt: number;
}

export type ProviderType = 'SAML' | 'OIDC' | 'Facebook' | 'Google' | 'LoginWithAmazon' | 'SignInWithApple';

export interface ProviderState extends Dates {
  readonly name: string;
  readonly type: ProviderType;
  /** As requested, secrets included. */
  readonly details: Readonly<Record<string, string>>;
  readonly mapping: Readonly<Record<string, string>>;
  readonly identifiers: readonly string[];
  readonly acr: Readonly<Record<string, string>> | undefined;
}

export interface ResourceServerState {
  readonly identifier: string;
  readonly name: string;
  readonly scopes: readonly { readonly ScopeName: string; readonly ScopeDescription: string }[];
  readonly isManaged: boolean;
}

export interface DomainState extends Dates {
  readonly name: string;
  readonly isCustom: boolean;
  readonly fields: Fields;
}

export interface BrandingState extends Dates {
  readonly id: string;
  readonly clientId: string;
  readonly usesDefaults: boolean;
  readonly settings: unknown;
  readonly assets: readonly Fields[];
}

export interface CustomUiState extends Dates {
  readonly css: string | undefined;
  readonly image: Buffer | undefined;
  readonly version: string;
}

export interface TermsState extends Dates {
  readonly id: string;
  readonly clientId: string;
  readonly name: string;
  readonly source: string;
  readonly enforcement: string;
  readonly links: Readonly<Record<string, string>>;
}

export interface RiskState {
  readonly fields: Fields;
  readonly modifiedAt: number;
}

/** MFA beside the pool's own MfaConfiguration, SmsConfiguration and SmsAuthenticationMessage. */
export interface MfaState {
  readonly sms: boolean;
  readonly softwareToken: boolean;
  readonly email: Fields | undefined;
  readonly webAuthn: Fields | undefined;
}

export interface SessionState {
  readonly UserSessionTracking: 'ENABLED' | 'DISABLED';
  readonly TokenSession: { readonly MaxPerUser: number };
}

export interface ReplicaState {
  readonly region: string;
  readonly status: 'ACTIVE' | 'INACTIVE';
}

/** Everything a pool holds besides its settings, its users and its groups. */
export interface PoolResources {
  readonly providers: Map<string, ProviderState>;
  readonly resourceServers: Map<string, ResourceServerState>;
  readonly domains: Map<string, DomainState>;
  /** By app client. */
  readonly brandings: Map<string, BrandingState>;
  /** By app client, or `ALL`. */
  readonly customUis: Map<string, CustomUiState>;
  readonly terms: Map<string, TermsState>;
  /** By app client; the pool's own under ''. */
  readonly risks: Map<string, RiskState>;
  /** Minutes by app client. */
  readonly clientSessions: Map<string, number>;
  logs: readonly Fields[];
  mfa: MfaState;
  session: SessionState;
  replica: ReplicaState | undefined;
}

/** The server that Cognito keeps for dynamic client registration. [D] SDK 3.1169, `DcrConfigurationType`; when it appears is *unproven*. */
export const REGISTRATION_SERVER: ResourceServerState = {
  identifier: 'aws.cognito/dcr',
  name: 'Dynamic client registration',
  scopes: [{ ScopeName: 'register', ScopeDescription: 'Register app clients' }],
  isManaged: true,
};

const MFA_OFF: MfaState = { sms: false, softwareToken: false, email: undefined, webAuthn: undefined };

export function noResources(): PoolResources {
  return {
    providers: new Map(),
    resourceServers: new Map(),
    domains: new Map(),
    brandings: new Map(),
    customUis: new Map(),
    terms: new Map(),
    risks: new Map(),
    clientSessions: new Map(),
    logs: [],
    mfa: MFA_OFF,
    session: { UserSessionTracking: 'DISABLED', TokenSession: { MaxPerUser: 20 } },
    replica: undefined,
  };
}
