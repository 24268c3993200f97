import type { Group, GroupFields } from '../model/group.ts';
import type { PoolId } from '../model/ids.ts';
import type { PasswordHashAlgorithm } from '../model/password-hash.ts';
import type { JsonObject } from '../model/pool-configuration.ts';
import type { PoolDescription, SchemaAttribute } from '../model/pool.ts';
import type { Attribute, MfaPreference, User, UserFactors } from '../model/user.ts';

/** One page of a listing. Only an absent `nextToken` means the end; a page may be short or empty while there is one. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken?: string;
}

/** A listing request; `Limit` is always 60 (COGNITO-FACTS §1). */
interface Listing {
  readonly poolId: PoolId;
  readonly nextToken?: string;
}

interface ClientTarget {
  readonly poolId: PoolId;
  readonly clientId: string;
}

interface UserTarget {
  readonly poolId: PoolId;
  readonly username: string;
}

/** A request in AWS's own words, without the pool's id: as `sdk/to-document.ts` would show it, bytes as base64. */
interface PoolDocument {
  readonly poolId: PoolId;
  readonly document: JsonObject;
}

interface Call<Request, Response = void> {
  readonly request: Request;
  readonly response: Response;
}

/** Classic hosted UI, with the bytes of its image: `unreachable` where it has one that could not be fetched. */
export interface UiCustomization {
  readonly document: JsonObject;
  readonly image?: Uint8Array | 'unreachable';
}

/** How a sign-in went, without the tokens: nobody here has a use for them. */
export type SignInAnswer =
  | { readonly kind: 'tokens'; readonly issuer: string; readonly sub: string; readonly clientId: string }
  | { readonly kind: 'challenge'; readonly name: string };

/** State of an import job as DescribeUserImportJob shows it. */
export interface ImportJob {
  readonly jobId: string;
  readonly name: string;
  readonly state: 'Created' | 'Pending' | 'InProgress' | 'Stopping' | 'Stopped' | 'Succeeded' | 'Failed' | 'Expired';
  readonly preSignedUrl?: string;
  readonly imported: number;
  readonly skipped: number;
  readonly failed: number;
  readonly completionMessage?: string;
}

/**
 * Every Cognito operation the tool calls, by AWS's own name, in the tool's words; and DeleteUserPoolDomain, which undoes one of
 * them, for the tests.
 */
export interface Operations {
  ListUserPools: Call<{ readonly nextToken?: string }, Page<{ readonly id: PoolId; readonly name: string }>>;
  DescribeUserPool: Call<{ readonly poolId: PoolId }, PoolDescription>;
  /** The rate in force for a quota category, in requests a second; `undefined` where the service names none. */
  GetProvisionedLimit: Call<{ readonly category: string }, number | undefined>;

  ListUsers: Call<Listing & { readonly filter?: string }, Page<User>>;
  ListGroups: Call<Listing, Page<Group>>;
  ListUsersInGroup: Call<Listing & { readonly group: string }, Page<User>>;

  /** Names of the pool's identity providers. */
  ListIdentityProviders: Call<Listing, Page<string>>;

  /*
   * A pool's configuration, as the service answers it (`sdk/to-document.ts`): nothing of it is the tool's own word but what
   * leads from one answer to the next. An empty one where there is none.
   */
  GetUserPoolMfaConfig: Call<{ readonly poolId: PoolId }, JsonObject>;
  ListUserPoolClients: Call<Listing, Page<string>>;
  DescribeUserPoolClient: Call<ClientTarget, JsonObject>;
  ListResourceServers: Call<Listing, Page<JsonObject>>;
  DescribeIdentityProvider: Call<{ readonly poolId: PoolId; readonly providerName: string }, JsonObject>;
  /** The pool is the one whose quota it counts against: the request itself names a domain alone. */
  DescribeUserPoolDomain: Call<{ readonly poolId: PoolId; readonly domain: string }, JsonObject>;
  /** Without what Cognito adds of its own. */
  DescribeManagedLoginBrandingByClient: Call<ClientTarget, JsonObject>;
  GetUICustomization: Call<{ readonly poolId: PoolId; readonly clientId?: string }, UiCustomization>;
  ListTerms: Call<Listing, Page<string>>;
  DescribeTerms: Call<{ readonly poolId: PoolId; readonly termsId: string }, JsonObject>;
  DescribeRiskConfiguration: Call<{ readonly poolId: PoolId; readonly clientId?: string }, JsonObject>;
  GetLogDeliveryConfiguration: Call<{ readonly poolId: PoolId }, JsonObject>;
  GetUserPoolSessionConfiguration: Call<{ readonly poolId: PoolId }, JsonObject>;
  GetUserPoolClientSessionConfiguration: Call<ClientTarget, JsonObject>;
  ListUserPoolReplicas: Call<Listing, Page<JsonObject>>;

  /*
   * What services beside Cognito know of a pool: AWS WAF and AWS Lambda. No quota of Cognito applies. Refused as `Unsupported`
   * where Cognito's endpoint is one of somebody's own, and nothing names theirs.
   */
  /** The web ACL of a pool; an empty one where there is none. */
  GetWebACLForResource: Call<{ readonly resourceArn: string }, JsonObject>;
  /** Who may invoke a function: its resource policy. */
  GetPolicy: Call<{ readonly functionArn: string }, JsonObject>;

  /*
   * What makes a pool what it is. A `Create…` of something with a name of its own is refused the second time; `CreateUserPool`
   * and `CreateUserPoolClient` are not: they make a second one, and are never sent again without a look (`retrying.ts`).
   */
  CreateUserPool: Call<{ readonly document: JsonObject }, PoolDescription>;
  /** Resets what the document leaves out. */
  UpdateUserPool: Call<PoolDocument>;
  SetUserPoolMfaConfig: Call<PoolDocument>;
  CreateResourceServer: Call<PoolDocument>;
  CreateIdentityProvider: Call<PoolDocument>;
  /** Answers the new client's id. */
  CreateUserPoolClient: Call<PoolDocument, string>;
  CreateUserPoolDomain: Call<PoolDocument>;
  CreateManagedLoginBranding: Call<PoolDocument>;
  SetUICustomization: Call<PoolDocument>;
  CreateTerms: Call<PoolDocument>;
  SetRiskConfiguration: Call<PoolDocument>;
  SetLogDeliveryConfiguration: Call<PoolDocument>;
  SetUserPoolSessionConfiguration: Call<PoolDocument>;
  SetUserPoolClientSessionConfiguration: Call<PoolDocument>;
  DeleteUserPoolDomain: Call<{ readonly poolId: PoolId; readonly domain: string }>;
  DeleteUserPool: Call<{ readonly poolId: PoolId }>;

  CreateGroup: Call<{ readonly poolId: PoolId; readonly group: GroupFields }>;
  UpdateGroup: Call<{ readonly poolId: PoolId; readonly group: GroupFields }>;
  DeleteGroup: Call<{ readonly poolId: PoolId; readonly name: string }>;

  /** One call a user; whether it bills the user as a monthly active one is not documented. COGNITO-FACTS §8 */
  AdminGetUserAuthFactors: Call<UserTarget, UserFactors>;
  /** Always with `MessageAction=SUPPRESS` and without `ForceAliasCreation`: the gateway knows no other way. */
  AdminCreateUser: Call<
    UserTarget & { readonly attributes: readonly Attribute[]; readonly temporaryPassword?: string },
    User
  >;
  AdminSetUserPassword: Call<UserTarget & { readonly password: string; readonly permanent: boolean }>;
  AdminUpdateUserAttributes: Call<UserTarget & { readonly attributes: readonly Attribute[] }>;
  AdminDeleteUserAttributes: Call<UserTarget & { readonly names: readonly string[] }>;
  AdminDisableUser: Call<UserTarget>;
  AdminEnableUser: Call<UserTarget>;
  AdminDeleteUser: Call<UserTarget>;
  AdminAddUserToGroup: Call<UserTarget & { readonly group: string }>;
  AdminRemoveUserFromGroup: Call<UserTarget & { readonly group: string }>;
  AdminLinkProviderForUser: Call<
    UserTarget & { readonly providerName: string; readonly providerAttribute: string; readonly providerUserId: string }
  >;
  /** Turns second factors on; those left out stay as they are. Of the rest, no secret can come back. */
  AdminSetUserMFAPreference: Call<UserTarget & MfaPreference>;
  /** By password (`ADMIN_USER_PASSWORD_AUTH`), through a client without a secret. A second factor by SMS or e-mail sends a code. */
  AdminInitiateAuth: Call<UserTarget & { readonly clientId: string; readonly password: string }, SignInAnswer>;
  AddCustomAttributes: Call<{
    readonly poolId: PoolId;
    readonly attributes: readonly SchemaAttribute[];
  }>;

  GetCSVHeader: Call<{ readonly poolId: PoolId }, readonly string[]>;
  CreateUserImportJob: Call<
    {
      readonly poolId: PoolId;
      readonly name: string;
      readonly roleArn: string;
      readonly hashes?: PasswordHashAlgorithm;
    },
    ImportJob
  >;
  StartUserImportJob: Call<{ readonly poolId: PoolId; readonly jobId: string }, ImportJob>;
  StopUserImportJob: Call<{ readonly poolId: PoolId; readonly jobId: string }, ImportJob>;
  DescribeUserImportJob: Call<{ readonly poolId: PoolId; readonly jobId: string }, ImportJob>;
  ListUserImportJobs: Call<Listing, Page<ImportJob>>;
}

export type OperationName = keyof Operations;
export type RequestOf<Name extends OperationName> = Operations[Name]['request'];
export type ResponseOf<Name extends OperationName> = Operations[Name]['response'];

/**
 * The contract between the tool and Cognito: one method, so that retrying, pacing, counting and fault injection are each
 * one wrapper for every operation at once.
 *
 * Errors: `pool-not-found`, `not-authorized`, `credentials`, `throttled`, `unavailable`, `unreadable-answer`, and
 * `rejected` with `awsName` (for example `UsernameExistsException`) where Cognito refused this one request.
 */
export interface CognitoGateway {
  send<Name extends OperationName>(
    operation: Name,
    request: RequestOf<Name>,
    signal?: AbortSignal,
  ): Promise<ResponseOf<Name>>;
  /** The service's clock, from the `Date` header of its latest answer; whole seconds. `undefined` before the first. */
  serviceTime(): Date | undefined;
  /** PUTs an import file to a pre-signed URL with the headers Cognito demands. Not a Cognito call: no quota applies. */
  upload(preSignedUrl: string, csv: { readonly path: string }, signal?: AbortSignal): Promise<void>;
}
