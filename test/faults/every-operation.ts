import type { OperationName, RequestOf } from '../../src/cognito/gateway.ts';
import { parsePoolId, type PoolId } from '../../src/model/ids.ts';
import { HOSTILE_CONFIG } from '../../src/simulator/seeds/hostile-pool.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';

/** One call of an operation, and what tells that it took effect. */
export interface SampleCall<Name extends OperationName = OperationName> {
  readonly request: RequestOf<Name>;
  /** Looks into the pool; absent where the call only reads. */
  readonly isDone?: () => boolean;
  /** How the service refuses to do it twice; absent where doing it twice is the same as once. */
  readonly refusedTwice?: string;
  /** The operation answers nothing, so an empty answer is as good as any. */
  readonly isSilent?: true;
}

export const ROLE = 'arn:aws:iam::123456789012:role/cognito-import';
const GROUP = 'größe,"quoted"';
const USER = 'ada';
const MEMBER = 'émile';
const PLUS = { UserPoolTier: 'PLUS', UserPoolAddOns: { AdvancedSecurityMode: 'AUDIT' } } as const;
const SUBJECT = '123456789012345678901';

/** Domains are one pool's in the account: each call has its own. */
let domains = 0;

/** A pool with two users and two groups, and a call of every operation for it. Import jobs need what `jobId` makes. */
export function sampleCalls(simulator: Simulator): { readonly [Name in OperationName]: () => SampleCall<Name> } {
  let poolId: PoolId;
  let clientId = '';
  let termsId = '';
  const plant = (): void => {
    poolId = parsePoolId(simulator.createPool({ ...HOSTILE_CONFIG, ...PLUS, PoolName: 'sample' }));
    const pool = simulator.pool(poolId);
    pool.addGroup({ name: GROUP });
    const verified = [['email_verified', 'true']] as const;
    pool.addUser({ username: USER, attributes: [['email', 'ada@example.com'], ...verified, ['name', 'Ada']] });
    const phone = [
      ['phone_number', '+12025550101'],
      ['phone_number_verified', 'true'],
    ] as const;
    pool.addUser({ username: MEMBER, attributes: phone, groups: [GROUP] });
    pool.addUser({ username: 'off', enabled: false, attributes: [] });
    ({ clientId, termsId } = plantClient(simulator, poolId));
  };
  const pool = () => simulator.pool(poolId);
  const attribute = (username: string, name: string) =>
    pool()
      .user(username)
      ?.attributes.find(([key]) => key === name)?.[1];
  const isMember = (username: string) =>
    pool()
      .memberships()
      .some((one) => one.username === username);
  const hasGroup = (name: string) =>
    pool()
      .groups()
      .some((group) => group.name === name);

  const reading =
    <Name extends OperationName>(request: () => RequestOf<Name>) =>
    (): SampleCall<Name> => {
      plant();
      return { request: request() };
    };
  const writing =
    <Name extends OperationName>(request: () => RequestOf<Name>, rest: Omit<SampleCall<Name>, 'request'>) =>
    (): SampleCall<Name> => {
      plant();
      return { request: request(), ...rest };
    };
  const ada = () => ({ poolId, username: USER });
  const isSilent = true;
  const configure = (operation: string, request: object): Record<string, unknown> =>
    simulator.configure(operation, { UserPoolId: poolId, ...request });
  const client = (): string => {
    const { UserPoolClient } = configure('CreateUserPoolClient', { ClientName: 'sample' });
    return (UserPoolClient as { readonly ClientId: string }).ClientId;
  };
  const withPassword = () => {
    const password = 'Fresh-Passw0rd!';
    configure('AdminSetUserPassword', { Username: USER, Password: password, Permanent: true });
    const { UserPoolClient } = configure('CreateUserPoolClient', {
      ClientName: 'sign-in',
      ExplicitAuthFlows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH'],
    });
    return { ...ada(), clientId: (UserPoolClient as { readonly ClientId: string }).ClientId, password };
  };
  const withDomain = (): PoolId => {
    configure('CreateUserPoolDomain', { Domain: `sample-${(domains += 1)}` });
    return poolId;
  };
  const withSessions = (): PoolId => {
    configure('SetUserPoolSessionConfiguration', { UserSessionTracking: 'ENABLED', TokenSession: { MaxPerUser: 3 } });
    return poolId;
  };
  const withThreatProtection = (): PoolId => {
    configure('UpdateUserPool', { UserPoolTier: 'PLUS', UserPoolAddOns: { AdvancedSecurityMode: 'AUDIT' } });
    return poolId;
  };

  return {
    ListUserPools: reading(() => ({})),
    DescribeUserPool: reading(() => ({ poolId })),
    GetProvisionedLimit: reading(() => ({ category: 'UserList' })),
    ListUsers: reading(() => ({ poolId })),
    ListGroups: reading(() => ({ poolId })),
    ListUsersInGroup: reading(() => ({ poolId, group: GROUP })),
    ListIdentityProviders: reading(() => ({ poolId })),
    GetUserPoolMfaConfig: reading(() => ({ poolId })),
    ListUserPoolClients: reading(() => ({ poolId })),
    DescribeUserPoolClient: reading(() => ({ poolId, clientId })),
    ListResourceServers: reading(() => ({ poolId })),
    DescribeIdentityProvider: reading(() => ({ poolId, providerName: 'Google' })),
    DescribeUserPoolDomain: reading(() => ({ poolId, domain: 'sample' })),
    DescribeManagedLoginBrandingByClient: reading(() => ({ poolId, clientId })),
    GetUICustomization: reading(() => ({ poolId })),
    ListTerms: reading(() => ({ poolId })),
    AdminGetUserAuthFactors: reading(() => ({ poolId, username: MEMBER })),
    DescribeTerms: reading(() => ({ poolId, termsId })),
    DescribeRiskConfiguration: reading(() => ({ poolId })),
    GetLogDeliveryConfiguration: reading(() => ({ poolId })),
    GetUserPoolSessionConfiguration: reading(() => ({ poolId })),
    GetUserPoolClientSessionConfiguration: reading(() => ({ poolId, clientId })),
    ListUserPoolReplicas: reading(() => ({ poolId })),
    GetWebACLForResource: reading(() => ({ resourceArn: pool().arn })),
    GetPolicy: reading(() => ({ functionArn: simulator.lambda.createFunction('sample') })),
    GetCSVHeader: reading(() => ({ poolId })),
    ListUserImportJobs: reading(() => ({ poolId })),
    DescribeUserImportJob: reading(() => ({ poolId, jobId: 'import-of-nobody' })),
    CreateGroup: writing(() => ({ poolId, group: { name: 'new' } }), {
      isDone: () => hasGroup('new'),
      refusedTwice: 'GroupExistsException',
      isSilent,
    }),
    UpdateGroup: writing(() => ({ poolId, group: { name: GROUP, description: 'now' } }), {
      isDone: () =>
        pool()
          .groups()
          .some(({ description }) => description === 'now'),
      isSilent,
    }),
    DeleteGroup: writing(() => ({ poolId, name: GROUP }), {
      isDone: () => !hasGroup(GROUP),
      refusedTwice: 'ResourceNotFoundException',
      isSilent,
    }),
    AdminCreateUser: writing(() => ({ poolId, username: 'new', attributes: [['email', 'new@example.com']] }), {
      isDone: () => pool().user('new') !== undefined,
      refusedTwice: 'UsernameExistsException',
    }),
    AdminSetUserPassword: writing(() => ({ ...ada(), password: 'Fresh-Passw0rd!', permanent: true }), { isSilent }),
    AdminUpdateUserAttributes: writing(() => ({ ...ada(), attributes: [['name', 'Ada L.']] }), {
      isDone: () => attribute(USER, 'name') === 'Ada L.',
      isSilent,
    }),
    AdminDeleteUserAttributes: writing(() => ({ ...ada(), names: ['name'] }), {
      isDone: () => attribute(USER, 'name') === undefined,
      isSilent,
    }),
    AdminDisableUser: writing(ada, { isDone: () => pool().user(USER)?.enabled === false, isSilent }),
    AdminEnableUser: writing(() => ({ poolId, username: 'off' }), {
      isDone: () => pool().user('off')?.enabled === true,
      isSilent,
    }),
    AdminInitiateAuth: writing(() => withPassword(), {}),
    AdminDeleteUser: writing(ada, {
      isDone: () => pool().user(USER) === undefined,
      refusedTwice: 'UserNotFoundException',
      isSilent,
    }),
    AdminAddUserToGroup: writing(() => ({ ...ada(), group: GROUP }), { isDone: () => isMember(USER), isSilent }),
    AdminRemoveUserFromGroup: writing(() => ({ poolId, username: MEMBER, group: GROUP }), {
      isDone: () => !isMember(MEMBER),
      isSilent,
    }),
    AdminLinkProviderForUser: writing(
      () => ({ ...ada(), providerName: 'Google', providerAttribute: 'Cognito_Subject', providerUserId: SUBJECT }),
      {
        isDone: () => attribute(USER, 'identities')?.includes(SUBJECT) === true,
        refusedTwice: 'InvalidParameterException',
        isSilent,
      },
    ),
    AdminSetUserMFAPreference: writing(
      () => ({ poolId, username: MEMBER, factors: ['SMS_MFA'], preferred: 'SMS_MFA' }),
      {
        isSilent,
      },
    ),
    AddCustomAttributes: writing(
      () => ({
        poolId,
        attributes: [{ name: 'custom:new', type: 'String', mutable: true, required: false, developerOnly: false }],
      }),
      { refusedTwice: 'InvalidParameterException', isSilent },
    ),
    CreateUserPool: writing(() => ({ document: { PoolName: 'made' } }), {}),
    UpdateUserPool: writing(() => ({ poolId, document: { PoolName: 'renamed' } }), { isSilent }),
    SetUserPoolMfaConfig: writing(() => ({ poolId, document: { MfaConfiguration: 'OFF' } }), { isSilent }),
    CreateResourceServer: writing(() => ({ poolId, document: { Identifier: 'api', Name: 'API' } }), {
      refusedTwice: 'InvalidParameterException',
      isSilent,
    }),
    CreateIdentityProvider: writing(
      () => ({
        poolId,
        document: {
          ProviderName: 'Okta',
          ProviderType: 'SAML',
          ProviderDetails: { MetadataURL: 'https://idp.example.com/metadata' },
        },
      }),
      { refusedTwice: 'DuplicateProviderException', isSilent },
    ),
    CreateUserPoolClient: writing(() => ({ poolId, document: { ClientName: 'made' } }), {}),
    CreateUserPoolDomain: writing(() => ({ poolId, document: { Domain: `sample-${(domains += 1)}` } }), {
      refusedTwice: 'InvalidParameterException',
      isSilent,
    }),
    CreateManagedLoginBranding: writing(
      () => ({ poolId, document: { ClientId: client(), UseCognitoProvidedValues: true } }),
      { refusedTwice: 'ManagedLoginBrandingExistsException', isSilent },
    ),
    SetUICustomization: writing(() => ({ poolId: withDomain(), document: { CSS: '.banner-customizable {}' } }), {
      isSilent,
    }),
    CreateTerms: writing(
      () => ({
        poolId,
        document: {
          ClientId: client(),
          TermsName: 'terms-of-use',
          TermsSource: 'LINK',
          Enforcement: 'NONE',
          Links: { 'cognito:default': 'https://example.com/terms' },
        },
      }),
      { refusedTwice: 'TermsExistsException', isSilent },
    ),
    SetRiskConfiguration: writing(() => ({ poolId: withThreatProtection(), document: {} }), { isSilent }),
    SetLogDeliveryConfiguration: writing(() => ({ poolId, document: { LogConfigurations: [] } }), { isSilent }),
    SetUserPoolSessionConfiguration: writing(
      () => ({ poolId, document: { UserSessionTracking: 'ENABLED', TokenSession: { MaxPerUser: 3 } } }),
      { isSilent },
    ),
    SetUserPoolClientSessionConfiguration: writing(
      () => ({
        poolId: withSessions(),
        document: { ClientId: client(), SSOSession: { MaxValidityMinutes: 10 } },
      }),
      { isSilent },
    ),
    DeleteUserPoolDomain: writing(() => ({ poolId: withDomain(), domain: `sample-${domains}` }), {
      refusedTwice: 'ResourceNotFoundException',
      isSilent,
    }),
    DeleteUserPool: writing(() => ({ poolId }), { refusedTwice: 'ResourceNotFoundException', isSilent }),
    CreateUserImportJob: writing(() => ({ poolId, name: 'job', roleArn: ROLE }), {}),
    StartUserImportJob: writing(() => ({ poolId, jobId: 'import-of-nobody' }), {}),
    StopUserImportJob: writing(() => ({ poolId, jobId: 'import-of-nobody' }), {}),
  };
}

/** A client with terms and a branding of its own. */
function plantClient(
  simulator: Simulator,
  UserPoolId: string,
): { readonly clientId: string; readonly termsId: string } {
  const { UserPoolClient } = simulator.configure('CreateUserPoolClient', { UserPoolId, ClientName: 'web' });
  const { ClientId } = UserPoolClient as { readonly ClientId: string };
  simulator.configure('CreateManagedLoginBranding', { UserPoolId, ClientId, UseCognitoProvidedValues: true });
  const terms = { TermsName: 'terms-of-use', TermsSource: 'LINK', Enforcement: 'NONE' };
  const { Terms } = simulator.configure('CreateTerms', {
    UserPoolId,
    ClientId,
    ...terms,
    Links: { 'cognito:default': 'https://example.com/terms' },
  });
  return { clientId: ClientId, termsId: (Terms as { readonly TermsId: string }).TermsId };
}
