import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parsePoolId } from '../model/ids.ts';
import { createCognitoClient } from './client.ts';
import type { CognitoGateway, OperationName, RequestOf } from './gateway.ts';
import { createSdkGateway } from './sdk-gateway.ts';
import { stubAws } from '../../test/support/environment.ts';

const poolId = parsePoolId('eu-central-1_Example01');
const DATE = 'Sun, 22 Nov 2026 12:00:00 GMT';

interface Received {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let server: Server;
let address: string;
let received: Received[] = [];
let respond: (request: Received, response: ServerResponse) => void;
let gateway: CognitoGateway;

beforeAll(async () => {
  stubAws();
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const target = String(request.headers['x-amz-target']).replace('AWSCognitoIdentityProviderService.', '');
      const body = Buffer.concat(chunks).toString('utf8');
      const call = { method: request.method ?? '', target, headers: request.headers, body };
      received.push(call);
      respond(call, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  received = [];
  gateway = createSdkGateway(createCognitoClient({ region: 'eu-central-1', endpoint: address }));
});

function answer(body: unknown, status = 200): void {
  respond = (_call, response) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', date: DATE });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

const bodies = () => received.map(({ target, body }) => [target, JSON.parse(body)]);

describe('listings', () => {
  it('ask for 60 and map users with sub apart', async () => {
    answer({
      Users: [
        {
          Username: '__proto__',
          Attributes: [
            { Name: 'email', Value: 'a@example.com' },
            { Name: 'sub', Value: 'sub-1' },
            { Name: 'custom:empty' },
          ],
          UserCreateDate: 1763812800.123,
          UserLastModifiedDate: 1763812801,
          Enabled: false,
          UserStatus: 'SOMETHING_NEW',
          MFAOptions: [{ DeliveryMedium: 'SMS', AttributeName: 'phone_number' }],
        },
      ],
      PaginationToken: 'next',
    });
    const page = await gateway.send('ListUsers', { poolId, filter: 'sub ^= "0"', nextToken: 'now' });
    expect(page).toEqual({
      items: [
        {
          username: '__proto__',
          sub: 'sub-1',
          status: 'UNKNOWN',
          enabled: false,
          attributes: [
            ['email', 'a@example.com'],
            ['custom:empty', ''],
          ],
          createdAt: '2025-11-22T12:00:00.123Z',
          modifiedAt: '2025-11-22T12:00:01.000Z',
          mfaOptions: [{ deliveryMedium: 'SMS', attributeName: 'phone_number' }],
        },
      ],
      nextToken: 'next',
    });
    expect(bodies()).toEqual([
      ['ListUsers', { UserPoolId: poolId, Limit: 60, Filter: 'sub ^= "0"', PaginationToken: 'now' }],
    ]);
  });

  it('map groups, keeping precedence 0 apart from none', async () => {
    answer({
      Groups: [
        { GroupName: 'a', Precedence: 0, Description: '', CreationDate: 0, LastModifiedDate: 0 },
        { GroupName: 'b' },
      ],
    });
    const epoch = '1970-01-01T00:00:00.000Z';
    expect(await gateway.send('ListGroups', { poolId })).toEqual({
      items: [
        { name: 'a', precedence: 0, description: '', createdAt: epoch, modifiedAt: epoch },
        { name: 'b', createdAt: epoch, modifiedAt: epoch },
      ],
    });
  });

  it.each([
    ['ListUserPools', {}, { UserPools: [{ Id: poolId, Name: 'n' }] }, { MaxResults: 60 }, [{ id: poolId, name: 'n' }]],
    ['ListUserImportJobs', { poolId }, {}, { UserPoolId: poolId, MaxResults: 60 }, []],
    [
      'ListIdentityProviders',
      { poolId },
      { Providers: [{ ProviderName: 'Google' }] },
      { UserPoolId: poolId, MaxResults: 60 },
      ['Google'],
    ],
    ['ListUsersInGroup', { poolId, group: 'g' }, { Users: [] }, { UserPoolId: poolId, GroupName: 'g', Limit: 60 }, []],
  ] as const)('%s asks for a full page', async (operation, request, response, sent, items) => {
    answer(response);
    expect(await gateway.send(operation, request as RequestOf<typeof operation>)).toEqual({ items });
    expect(bodies()).toEqual([[operation, sent]]);
  });

  it.each(['{}', 'null', '{"Users":5}', '{"Users":[{"Username":"no-sub"}]}'])(
    'takes %s for no listing at all',
    async (body) => {
      answer(body);
      await expect(gateway.send('ListUsers', { poolId })).rejects.toMatchObject({ code: 'unreadable-answer' });
    },
  );
});

describe('DescribeUserPool', () => {
  it('is mapped, with the whole answer in raw', async () => {
    const pool = {
      Id: poolId,
      Name: 'Pool',
      Arn: 'arn:aws:cognito-idp:eu-central-1:1:userpool/x',
      CreationDate: 1763812800,
      SchemaAttributes: [
        {
          Name: 'custom:n',
          AttributeDataType: 'Number',
          Mutable: false,
          Required: false,
          NumberAttributeConstraints: { MinValue: '0', MaxValue: '9' },
        },
        {
          Name: 'email',
          AttributeDataType: 'String',
          Mutable: true,
          Required: true,
          StringAttributeConstraints: { MaxLength: '2048' },
        },
      ],
      UsernameAttributes: ['email'],
      AutoVerifiedAttributes: ['email'],
      MfaConfiguration: 'OPTIONAL',
      Policies: {
        PasswordPolicy: {
          MinimumLength: 12,
          RequireUppercase: false,
          RequireLowercase: true,
          RequireNumbers: true,
          RequireSymbols: false,
        },
        SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP'] },
      },
      AccountRecoverySetting: {
        RecoveryMechanisms: [
          { Name: 'verified_phone_number', Priority: 2 },
          { Name: 'verified_email', Priority: 1 },
        ],
      },
      LambdaConfig: {
        PreSignUp: 'arn:lambda',
        PreTokenGeneration: 'arn:lambda',
        PreTokenGenerationConfig: { LambdaArn: 'arn:lambda', LambdaVersion: 'V2_0' },
        CustomEmailSender: { LambdaArn: 'arn:lambda', LambdaVersion: 'V1_0' },
        KMSKeyID: 'arn:kms',
      },
      UserPoolTags: { 'cognito-backup:role': 'standby' },
      DeletionProtection: 'ACTIVE',
      EstimatedNumberOfUsers: 7,
    };
    answer({ UserPool: pool });
    const description = await gateway.send('DescribeUserPool', { poolId });
    expect(description).toMatchObject({
      id: poolId,
      name: 'Pool',
      caseSensitive: true,
      usernameAttributes: ['email'],
      aliasAttributes: [],
      mfa: 'OPTIONAL',
      passwordPolicy: { minimumLength: 12, requireUppercase: false, requireSymbols: false },
      firstFactors: ['PASSWORD', 'EMAIL_OTP'],
      recovery: ['verified_email', 'verified_phone_number'],
      triggers: ['PreSignUp', 'PreTokenGeneration', 'CustomEmailSender'],
      tags: [['cognito-backup:role', 'standby']],
      deletionProtection: true,
      estimatedUsers: 7,
    });
    expect(description.schema).toEqual([
      {
        name: 'custom:n',
        type: 'Number',
        mutable: false,
        required: false,
        developerOnly: false,
        minValue: 0,
        maxValue: 9,
      },
      { name: 'email', type: 'String', mutable: true, required: true, developerOnly: false, maxLength: 2048 },
    ]);
    expect(description.raw).toEqual({ ...pool, CreationDate: '2025-11-22T12:00:00.000Z' });
  });
});

describe('writes', () => {
  const user = { poolId, username: 'u' };
  const key = { UserPoolId: poolId, Username: 'u' };
  const job = { UserImportJob: { JobId: 'import-1', JobName: 'n', Status: 'Created', PreSignedUrl: 'https://u' } };

  it.each<[OperationName, unknown, unknown, unknown?]>([
    [
      'AdminCreateUser',
      { ...user, attributes: [['email', 'e']], temporaryPassword: 'p' },
      { ...key, UserAttributes: [{ Name: 'email', Value: 'e' }], TemporaryPassword: 'p', MessageAction: 'SUPPRESS' },
      { User: { Username: 'u', Attributes: [{ Name: 'sub', Value: 's' }] } },
    ],
    ['AdminSetUserPassword', { ...user, password: 'p', permanent: true }, { ...key, Password: 'p', Permanent: true }],
    [
      'AdminUpdateUserAttributes',
      { ...user, attributes: [['name', 'n']] },
      { ...key, UserAttributes: [{ Name: 'name', Value: 'n' }] },
    ],
    ['AdminDeleteUserAttributes', { ...user, names: ['name'] }, { ...key, UserAttributeNames: ['name'] }],
    ['AdminDisableUser', user, key],
    ['AdminEnableUser', user, key],
    ['AdminDeleteUser', user, key],
    ['AdminAddUserToGroup', { ...user, group: 'g' }, { ...key, GroupName: 'g' }],
    ['AdminRemoveUserFromGroup', { ...user, group: 'g' }, { ...key, GroupName: 'g' }],
    [
      'AdminLinkProviderForUser',
      { ...user, providerName: 'Google', providerAttribute: 'Cognito_Subject', providerUserId: '1' },
      {
        UserPoolId: poolId,
        DestinationUser: { ProviderName: 'Cognito', ProviderAttributeValue: 'u' },
        SourceUser: { ProviderName: 'Google', ProviderAttributeName: 'Cognito_Subject', ProviderAttributeValue: '1' },
      },
    ],
    [
      'AdminSetUserMFAPreference',
      { ...user, factors: ['SMS_MFA', 'EMAIL_OTP'], preferred: 'EMAIL_OTP' },
      {
        ...key,
        SMSMfaSettings: { Enabled: true, PreferredMfa: false },
        EmailMfaSettings: { Enabled: true, PreferredMfa: true },
      },
    ],
    [
      'AdminInitiateAuth',
      { ...user, clientId: 'c', password: 'p' },
      {
        UserPoolId: poolId,
        ClientId: 'c',
        AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: 'u', PASSWORD: 'p' },
      },
      { ChallengeName: 'SMS_MFA' },
    ],
    [
      'CreateGroup',
      { poolId, group: { name: 'g', precedence: 0 } },
      { UserPoolId: poolId, GroupName: 'g', Precedence: 0 },
    ],
    [
      'UpdateGroup',
      { poolId, group: { name: 'g', description: 'd', roleArn: 'r' } },
      { UserPoolId: poolId, GroupName: 'g', Description: 'd', RoleArn: 'r' },
    ],
    ['DeleteGroup', { poolId, name: 'g' }, { UserPoolId: poolId, GroupName: 'g' }],
    [
      'AddCustomAttributes',
      {
        poolId,
        attributes: [
          { name: 'custom:x', type: 'String', mutable: true, required: false, developerOnly: false, maxLength: 9 },
        ],
      },
      {
        UserPoolId: poolId,
        CustomAttributes: [
          {
            Name: 'x',
            AttributeDataType: 'String',
            Mutable: true,
            Required: false,
            DeveloperOnlyAttribute: false,
            StringAttributeConstraints: { MaxLength: '9' },
          },
        ],
      },
    ],
    [
      'CreateUserImportJob',
      { poolId, name: 'n', roleArn: 'r', hashes: 'pbkdf2-sha256' },
      { UserPoolId: poolId, JobName: 'n', CloudWatchLogsRoleArn: 'r', PasswordHashingAlgorithm: 'PBKDF2_SHA256' },
      job,
    ],
    ['StartUserImportJob', { poolId, jobId: 'j' }, { UserPoolId: poolId, JobId: 'j' }, job],
    ['StopUserImportJob', { poolId, jobId: 'j' }, { UserPoolId: poolId, JobId: 'j' }, job],
    ['DescribeUserImportJob', { poolId, jobId: 'j' }, { UserPoolId: poolId, JobId: 'j' }, job],
    ['GetCSVHeader', { poolId }, { UserPoolId: poolId }, { CSVHeader: ['cognito:username'] }],
    [
      'GetProvisionedLimit',
      { category: 'UserList' },
      { LimitDefinition: { LimitClass: 'API_CATEGORY', Attributes: { Category: 'UserList' } } },
      { Limit: { ProvisionedLimitValue: 30 } },
    ],
  ])('%s says what Cognito wants to hear', async (operation, request, sent, response = {}) => {
    answer(response);
    await gateway.send(operation, request as never);
    expect(bodies()).toEqual([[operation, sent]]);
  });

  it('reads the state of an import job', async () => {
    answer({
      UserImportJob: { ...job.UserImportJob, Status: 'Succeeded', ImportedUsers: 3, SkippedUsers: 2, FailedUsers: 1 },
    });
    expect(await gateway.send('DescribeUserImportJob', { poolId, jobId: 'import-1' })).toEqual({
      jobId: 'import-1',
      name: 'n',
      state: 'Succeeded',
      preSignedUrl: 'https://u',
      imported: 3,
      skipped: 2,
      failed: 1,
    });
  });
});

describe('failures', () => {
  it('takes one attempt, and knows the service time from a refusal too', async () => {
    expect(gateway.serviceTime()).toBeUndefined();
    answer({ __type: 'TooManyRequestsException', message: 'Rate exceeded' }, 400);
    await expect(gateway.send('ListUsers', { poolId })).rejects.toMatchObject({ code: 'throttled' });
    expect(received).toHaveLength(1);
    expect(gateway.serviceTime()).toEqual(new Date(DATE));
  });

  it.each([
    ['an HTML page', '<html>', 200, 'unreadable-answer'],
    ['half an answer', '{"Users":[', 200, 'unreadable-answer'],
    ['a bad gateway', '<html>', 502, 'unavailable'],
    ['an empty error', '', 500, 'unavailable'],
  ])('tells %s apart', async (_name, body, status, code) => {
    answer(body, status);
    await expect(gateway.send('ListUsers', { poolId })).rejects.toMatchObject({ code });
  });

  it('takes a connection that breaks, before or amid the answer, for an outage', async () => {
    respond = (_call, response) => response.destroy();
    await expect(gateway.send('ListUsers', { poolId })).rejects.toMatchObject({ code: 'unavailable' });
    respond = (_call, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"Users":', () => response.destroy());
    };
    await expect(gateway.send('ListUsers', { poolId })).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('throws interrupted when aborted amid a call', async () => {
    const abort = new AbortController();
    respond = () => abort.abort();
    const call = gateway.send('ListUsers', { poolId }, abort.signal);
    await expect(call).rejects.toMatchObject({ code: 'interrupted' });
  });
});

describe('upload', () => {
  let folder: string;
  let path: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'upload-'));
    path = join(folder, 'users.csv');
    await writeFile(path, 'cognito:username\nö\n');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('puts the file with length and encryption header', async () => {
    answer('');
    await gateway.upload(`${address}/x?signature=1`, { path });
    expect(received[0]).toMatchObject({
      method: 'PUT',
      body: 'cognito:username\nö\n',
      headers: { 'content-length': '20', 'x-amz-server-side-encryption': 'aws:kms' },
    });
    expect(received[0]?.headers['transfer-encoding']).toBeUndefined();
  });

  it.each([
    [403, 'import-failed'],
    [503, 'unavailable'],
  ])('reports HTTP %i', async (status, code) => {
    answer('', status);
    await expect(gateway.upload(address, { path })).rejects.toMatchObject({ code });
  });

  it('reports a connection that breaks, a missing file, and an abort', async () => {
    respond = (_call, response) => response.destroy();
    await expect(gateway.upload(address, { path })).rejects.toMatchObject({ code: 'unavailable' });
    const missing = { path: join(folder, 'none') };
    await expect(gateway.upload(address, missing)).rejects.toMatchObject({ code: 'file-not-found' });
    const abort = new AbortController();
    respond = () => abort.abort();
    await expect(gateway.upload(address, { path }, abort.signal)).rejects.toMatchObject({ code: 'interrupted' });
  });
});
