/** Default requests a second per category, account and Region. [D] COGNITO-FACTS §2. */
export const CATEGORY_RATES: Readonly<Record<string, number>> = {
  UserCreation: 50,
  UserAccountRecovery: 30,
  UserRead: 120,
  UserUpdate: 25,
  UserResourceRead: 50,
  UserResourceUpdate: 25,
  UserList: 30,
  UserPoolRead: 15,
  UserPoolUpdate: 15,
  UserPoolResourceRead: 20,
  UserPoolResourceUpdate: 15,
  UserPoolClientRead: 15,
  UserPoolClientUpdate: 15,
  UserAuthentication: 120,
  UserFederation: 25,
  UserToken: 120,
  ClientAuthentication: 150,
  LimitManagement: 1,
};

/** Categories with a second cap: 5 requests a second per operation per pool. [D] COGNITO-FACTS §2 (*). */
export const PER_POOL_RATE = 5;
const PER_POOL_CATEGORIES = new Set([
  'UserPoolResourceRead',
  'UserPoolResourceUpdate',
  'UserPoolClientRead',
  'UserPoolClientUpdate',
]);

/** Writes a second to one user. [D] COGNITO-FACTS §2. */
export const PER_USER_RATE = 10;

const OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  UserCreation: ['AdminCreateUser', 'SignUp', 'ConfirmSignUp', 'AdminConfirmSignUp'],
  UserAccountRecovery: [
    'AdminSetUserPassword',
    'AdminResetUserPassword',
    'ForgotPassword',
    'ConfirmForgotPassword',
    'ChangePassword',
  ],
  UserRead: ['AdminGetUser', 'AdminGetUserAuthFactors'],
  UserUpdate: [
    'AdminDeleteUser',
    'AdminDisableUser',
    'AdminEnableUser',
    'AdminAddUserToGroup',
    'AdminRemoveUserFromGroup',
    'AdminUpdateUserAttributes',
    'AdminDeleteUserAttributes',
    'AdminLinkProviderForUser',
    'AdminDisableProviderForUser',
    'AdminUserGlobalSignOut',
  ],
  UserResourceRead: ['AdminListGroupsForUser', 'AdminListDevices', 'AdminGetDevice', 'AdminListUserAuthEvents'],
  UserResourceUpdate: ['AdminSetUserMFAPreference', 'AdminForgetDevice', 'AdminDeleteSoftwareToken'],
  UserList: ['ListUsers', 'ListUsersInGroup'],
  UserPoolRead: ['DescribeUserPool', 'ListUserPools'],
  UserPoolUpdate: ['CreateUserPool', 'UpdateUserPool', 'DeleteUserPool'],
  UserPoolResourceRead: [
    'ListGroups',
    'GetGroup',
    'ListIdentityProviders',
    'DescribeIdentityProvider',
    'GetIdentityProviderByIdentifier',
    'ListResourceServers',
    'DescribeResourceServer',
    'DescribeUserPoolDomain',
    'GetUserPoolMfaConfig',
    'DescribeManagedLoginBranding',
    'DescribeManagedLoginBrandingByClient',
    'GetUICustomization',
    'ListTerms',
    'DescribeTerms',
    'DescribeTermsByClient',
    'DescribeRiskConfiguration',
    'GetLogDeliveryConfiguration',
    'GetUserPoolSessionConfiguration',
    'GetUserPoolClientSessionConfiguration',
    'ListUserPoolReplicas',
    'ListTagsForResource',
    'GetCSVHeader',
    'DescribeUserImportJob',
    'ListUserImportJobs',
  ],
  UserPoolResourceUpdate: [
    'CreateGroup',
    'UpdateGroup',
    'DeleteGroup',
    'CreateIdentityProvider',
    'UpdateIdentityProvider',
    'DeleteIdentityProvider',
    'CreateResourceServer',
    'UpdateResourceServer',
    'DeleteResourceServer',
    'CreateUserPoolDomain',
    'UpdateUserPoolDomain',
    'DeleteUserPoolDomain',
    'SetUserPoolMfaConfig',
    'CreateManagedLoginBranding',
    'UpdateManagedLoginBranding',
    'DeleteManagedLoginBranding',
    'SetUICustomization',
    'CreateTerms',
    'UpdateTerms',
    'DeleteTerms',
    'SetRiskConfiguration',
    'SetLogDeliveryConfiguration',
    'SetUserPoolSessionConfiguration',
    'SetUserPoolClientSessionConfiguration',
    'CreateUserPoolReplica',
    'UpdateUserPoolReplica',
    'DeleteUserPoolReplica',
    'TagResource',
    'UntagResource',
    'AddCustomAttributes',
    'CreateUserImportJob',
    'StartUserImportJob',
    'StopUserImportJob',
  ],
  UserPoolClientRead: ['ListUserPoolClients', 'DescribeUserPoolClient', 'ListUserPoolClientSecrets'],
  UserPoolClientUpdate: [
    'CreateUserPoolClient',
    'UpdateUserPoolClient',
    'DeleteUserPoolClient',
    'AddUserPoolClientSecret',
    'DeleteUserPoolClientSecret',
  ],
  UserAuthentication: ['InitiateAuth', 'AdminInitiateAuth', 'RespondToAuthChallenge', 'AdminRespondToAuthChallenge'],
  LimitManagement: ['GetProvisionedLimit'],
};

const CATEGORY_BY_OPERATION = new Map(
  Object.entries(OPERATIONS).flatMap(([category, operations]) => operations.map((name) => [name, category] as const)),
);

export function categoryOf(operation: string): string | undefined {
  return CATEGORY_BY_OPERATION.get(operation);
}

export function hasPerPoolRate(category: string): boolean {
  return PER_POOL_CATEGORIES.has(category);
}
