import type { OperationName } from '../../cognito/gateway.ts';

/** What one command asks of Cognito. The calls are IAM actions by the same name. */
export interface CommandNeeds {
  readonly command: string;
  /** The pool that is examined, the one that would be written to, or one that is not there yet. */
  readonly on: 'pool' | 'target' | 'new-pool';
  /** Without them the command fails. */
  readonly reads: readonly OperationName[];
  /** Without them it does less, and says so. */
  readonly optional: readonly OperationName[];
  readonly writes: readonly OperationName[];
  /** Actions that are no call of the tool. */
  readonly others: readonly string[];
  /** Whether it asks AWS WAF and Lambda about the pool; without them it does less, and says so. */
  readonly asksOtherServices?: true;
}

const LISTING = ['DescribeUserPool', 'ListUsers', 'ListGroups', 'ListUsersInGroup'] as const;

const CONFIGURATION = [
  'GetUserPoolMfaConfig',
  'ListUserPoolClients',
  'DescribeUserPoolClient',
  'ListResourceServers',
  'ListIdentityProviders',
  'DescribeIdentityProvider',
  'DescribeUserPoolDomain',
  'DescribeManagedLoginBrandingByClient',
  'GetUICustomization',
  'ListTerms',
  'DescribeTerms',
  'DescribeRiskConfiguration',
  'GetLogDeliveryConfiguration',
  'GetUserPoolSessionConfiguration',
  'GetUserPoolClientSessionConfiguration',
  'ListUserPoolReplicas',
] as const satisfies readonly OperationName[];

const CREATES = [
  'CreateGroup',
  'AdminCreateUser',
  'AdminSetUserPassword',
  'AdminDisableUser',
  'AdminUpdateUserAttributes',
  'AdminAddUserToGroup',
  'AdminLinkProviderForUser',
  'AdminSetUserMFAPreference',
] as const satisfies readonly OperationName[];

const CHANGES = [
  'UpdateGroup',
  'AdminEnableUser',
  'AdminDeleteUserAttributes',
  'AdminRemoveUserFromGroup',
] as const satisfies readonly OperationName[];

const DELETES = ['AdminDeleteUser', 'DeleteGroup'] as const satisfies readonly OperationName[];

/** What makes a pool, resource by resource. */
const MAKES = [
  'CreateUserPool',
  'UpdateUserPool',
  'AddCustomAttributes',
  'CreateResourceServer',
  'CreateIdentityProvider',
  'CreateUserPoolClient',
  'CreateUserPoolDomain',
  'CreateManagedLoginBranding',
  'SetUICustomization',
  'CreateTerms',
  'SetUserPoolMfaConfig',
  'SetUserPoolSessionConfiguration',
  'SetUserPoolClientSessionConfiguration',
  'SetLogDeliveryConfiguration',
  'SetRiskConfiguration',
] as const satisfies readonly OperationName[];

const RATE = ['GetProvisionedLimit'] as const;
/** GetUserPoolMfaConfig is for second factors from a deep snapshot. */
const TARGET = {
  on: 'target',
  reads: LISTING,
  optional: [...RATE, 'ListIdentityProviders', 'GetUserPoolMfaConfig'],
  others: [],
} as const;
const CONFIGURED = { optional: [...RATE, ...CONFIGURATION], asksOtherServices: true } as const;
/** A pool of the tool's own making, with all that is in it. */
const NEW_POOL = {
  ...CONFIGURED,
  on: 'new-pool',
  reads: ['ListUserPools', ...LISTING],
  others: ['cognito-idp:TagResource', 'iam:PassRole'],
} as const;

/** In the order in which they are shown. The README's table of IAM actions says the same, and a test holds it to that. */
export const COMMAND_NEEDS = [
  { command: 'backup', ...CONFIGURED, on: 'pool', reads: LISTING, writes: [], others: [] },
  {
    command: 'backup --deep',
    ...CONFIGURED,
    on: 'pool',
    reads: [...LISTING, 'AdminGetUserAuthFactors'],
    writes: [],
    others: [],
  },
  { command: 'restore', ...TARGET, writes: CREATES },
  { command: 'restore --existing update', ...TARGET, writes: [...CREATES, ...CHANGES] },
  { command: 'import', ...TARGET, writes: CREATES },
  {
    command: 'restore or import --import-role',
    ...TARGET,
    reads: [...LISTING, 'GetCSVHeader', 'ListUserImportJobs', 'DescribeUserImportJob'],
    writes: [...CREATES, 'CreateUserImportJob', 'StartUserImportJob'],
    others: ['iam:PassRole'],
  },
  { command: 'restore or import --recreate', ...TARGET, writes: [...CREATES, ...CHANGES, 'AdminDeleteUser'] },
  { command: 'clean', ...TARGET, ...CONFIGURED, writes: DELETES },
  { command: 'mirror', ...TARGET, writes: [...CREATES, ...CHANGES, ...DELETES] },
  { command: 'restore --new-pool', ...NEW_POOL, writes: [...MAKES, ...CREATES] },
  { command: 'drill', ...NEW_POOL, writes: [...MAKES, ...CREATES, 'DeleteUserPool', 'AdminInitiateAuth'] },
  {
    command: 'doctor --probe',
    on: 'new-pool',
    reads: ['ListUserPools', 'DescribeUserPool', 'ListUsers'],
    optional: [...RATE, 'GetCSVHeader', 'DescribeUserImportJob'],
    writes: [
      'CreateUserPool',
      'AdminCreateUser',
      'DeleteUserPool',
      'CreateUserImportJob',
      'StartUserImportJob',
      'StopUserImportJob',
    ],
    others: ['cognito-idp:TagResource', 'iam:PassRole'],
  },
] as const satisfies readonly CommandNeeds[];

/** What `--policy` can print. */
export const POLICY_NAMES: readonly string[] = [...COMMAND_NEEDS.map(({ command }) => command), 'vault'];

/** Every call that some command reads with. */
export function allReads(needs: readonly CommandNeeds[] = COMMAND_NEEDS): ReadonlySet<OperationName> {
  return new Set(needs.flatMap(({ reads, optional }) => [...reads, ...optional]));
}
