import type { OperationName } from './gateway.ts';

/** AWS's names for the quota categories of the operations that the tool calls. */
export type QuotaCategory =
  | 'UserCreation'
  | 'UserAccountRecovery'
  | 'UserUpdate'
  | 'UserRead'
  | 'UserResourceUpdate'
  | 'UserAuthentication'
  | 'UserList'
  | 'UserPoolRead'
  | 'UserPoolUpdate'
  | 'UserPoolResourceRead'
  | 'UserPoolResourceUpdate'
  | 'UserPoolClientRead'
  | 'UserPoolClientUpdate'
  | 'LimitManagement'
  | 'OtherServices';

export interface Quota {
  /** Requests a second, per account and Region. */
  readonly requestsPerSecond: number;
  /** The part of it that the tool takes unless told otherwise. */
  readonly share: number;
  /** Also at most 5 requests a second per operation and pool. */
  readonly isPerPool: boolean;
}

/** What listings and pool configuration may use: nothing a signed-in user does waits for these categories. */
const ALMOST_ALL = 0.98;
/** Live sign-ups, profile changes and password resets need the other half. */
const HALF = 0.5;

/** Default rates. [D] COGNITO-FACTS §2: developer guide, quotas page, 2026-11. */
export const QUOTAS: Readonly<Record<QuotaCategory, Quota>> = {
  UserCreation: { requestsPerSecond: 50, share: HALF, isPerPool: false },
  UserAccountRecovery: { requestsPerSecond: 30, share: HALF, isPerPool: false },
  UserUpdate: { requestsPerSecond: 25, share: HALF, isPerPool: false },
  UserRead: { requestsPerSecond: 120, share: HALF, isPerPool: false },
  UserResourceUpdate: { requestsPerSecond: 25, share: HALF, isPerPool: false },
  UserAuthentication: { requestsPerSecond: 120, share: HALF, isPerPool: false },
  UserList: { requestsPerSecond: 30, share: ALMOST_ALL, isPerPool: false },
  UserPoolRead: { requestsPerSecond: 15, share: ALMOST_ALL, isPerPool: false },
  UserPoolUpdate: { requestsPerSecond: 15, share: ALMOST_ALL, isPerPool: false },
  UserPoolResourceRead: { requestsPerSecond: 20, share: ALMOST_ALL, isPerPool: true },
  UserPoolResourceUpdate: { requestsPerSecond: 15, share: ALMOST_ALL, isPerPool: true },
  UserPoolClientRead: { requestsPerSecond: 15, share: ALMOST_ALL, isPerPool: true },
  UserPoolClientUpdate: { requestsPerSecond: 15, share: ALMOST_ALL, isPerPool: true },
  LimitManagement: { requestsPerSecond: 1, share: ALMOST_ALL, isPerPool: false },
  /** No category of Cognito: a modest rate of our own for services that are asked a dozen times. */
  OtherServices: { requestsPerSecond: 5, share: ALMOST_ALL, isPerPool: false },
};

/** Per operation and pool, in the categories marked so. [D] COGNITO-FACTS §2, 2026-11. */
export const PER_POOL_REQUESTS_PER_SECOND = 5;

/** The category that each operation counts against. [D] COGNITO-FACTS §2, 2026-11. */
export const CATEGORY_OF: Readonly<Record<OperationName, QuotaCategory>> = {
  ListUserPools: 'UserPoolRead',
  DescribeUserPool: 'UserPoolRead',
  GetProvisionedLimit: 'LimitManagement',
  ListIdentityProviders: 'UserPoolResourceRead',
  ListUsers: 'UserList',
  ListGroups: 'UserPoolResourceRead',
  ListUsersInGroup: 'UserList',
  CreateGroup: 'UserPoolResourceUpdate',
  UpdateGroup: 'UserPoolResourceUpdate',
  DeleteGroup: 'UserPoolResourceUpdate',
  AdminCreateUser: 'UserCreation',
  AdminSetUserPassword: 'UserAccountRecovery',
  AdminUpdateUserAttributes: 'UserUpdate',
  AdminDeleteUserAttributes: 'UserUpdate',
  AdminDisableUser: 'UserUpdate',
  AdminEnableUser: 'UserUpdate',
  AdminDeleteUser: 'UserUpdate',
  AdminAddUserToGroup: 'UserUpdate',
  AdminRemoveUserFromGroup: 'UserUpdate',
  AdminLinkProviderForUser: 'UserUpdate',
  AdminGetUserAuthFactors: 'UserRead',
  AdminSetUserMFAPreference: 'UserResourceUpdate',
  AdminInitiateAuth: 'UserAuthentication',
  AddCustomAttributes: 'UserPoolResourceUpdate',
  GetCSVHeader: 'UserPoolResourceRead',
  CreateUserImportJob: 'UserPoolResourceUpdate',
  StartUserImportJob: 'UserPoolResourceUpdate',
  StopUserImportJob: 'UserPoolResourceUpdate',
  DescribeUserImportJob: 'UserPoolResourceRead',
  ListUserImportJobs: 'UserPoolResourceRead',
  GetUserPoolMfaConfig: 'UserPoolResourceRead',
  ListUserPoolClients: 'UserPoolClientRead',
  DescribeUserPoolClient: 'UserPoolClientRead',
  ListResourceServers: 'UserPoolResourceRead',
  DescribeIdentityProvider: 'UserPoolResourceRead',
  DescribeUserPoolDomain: 'UserPoolResourceRead',
  DescribeManagedLoginBrandingByClient: 'UserPoolResourceRead',
  GetUICustomization: 'UserPoolResourceRead',
  DescribeRiskConfiguration: 'UserPoolResourceRead',
  GetLogDeliveryConfiguration: 'UserPoolResourceRead',
  CreateUserPool: 'UserPoolUpdate',
  UpdateUserPool: 'UserPoolUpdate',
  DeleteUserPool: 'UserPoolUpdate',
  SetUserPoolMfaConfig: 'UserPoolResourceUpdate',
  CreateResourceServer: 'UserPoolResourceUpdate',
  CreateIdentityProvider: 'UserPoolResourceUpdate',
  CreateUserPoolClient: 'UserPoolClientUpdate',
  CreateUserPoolDomain: 'UserPoolResourceUpdate',
  DeleteUserPoolDomain: 'UserPoolResourceUpdate',
  CreateManagedLoginBranding: 'UserPoolResourceUpdate',
  SetUICustomization: 'UserPoolResourceUpdate',
  SetRiskConfiguration: 'UserPoolResourceUpdate',
  SetLogDeliveryConfiguration: 'UserPoolResourceUpdate',
  GetWebACLForResource: 'OtherServices',
  GetPolicy: 'OtherServices',
  // Newer than the page that was read: taken for what their neighbours are. [I]
  ListTerms: 'UserPoolResourceRead',
  DescribeTerms: 'UserPoolResourceRead',
  GetUserPoolSessionConfiguration: 'UserPoolResourceRead',
  GetUserPoolClientSessionConfiguration: 'UserPoolResourceRead',
  ListUserPoolReplicas: 'UserPoolResourceRead',
  CreateTerms: 'UserPoolResourceUpdate',
  SetUserPoolSessionConfiguration: 'UserPoolResourceUpdate',
  SetUserPoolClientSessionConfiguration: 'UserPoolResourceUpdate',
};
