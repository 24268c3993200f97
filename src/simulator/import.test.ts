import { describe, expect, it } from 'vitest';
import type { PoolConfig } from './pool-config.ts';
import { sdkSession, type SdkSession } from './testing/sdk-session.ts';

const ROLE = 'arn:aws:iam::123456789012:role/import';
const HASH = '$2a$04$ImW90IG5WzSttJleXaa96.SxEPuUNC9vs1tlz01ZreR7/eBp60rwa';

/** Rows as objects, every other column blank. */
async function imported(session: SdkSession, rows: readonly Record<string, string>[]) {
  const { sdk, poolId, advance } = session;
  const { CSVHeader = [] } = await sdk.getCSVHeader({ UserPoolId: poolId });
  const lines = rows.map((row) => CSVHeader.map((column) => row[column] ?? '').join(','));
  const { UserImportJob: job } = await sdk.createUserImportJob({
    UserPoolId: poolId,
    JobName: 'job',
    CloudWatchLogsRoleArn: ROLE,
    PasswordHashingAlgorithm: 'BCRYPT',
  });
  const upload = await fetch(job?.PreSignedUrl ?? '', {
    method: 'PUT',
    headers: { 'x-amz-server-side-encryption': 'aws:kms' },
    body: [CSVHeader.join(','), ...lines, ''].join('\n'),
  });
  expect(upload.status).toBe(200);
  const request = { UserPoolId: poolId, JobId: job?.JobId };
  await sdk.startUserImportJob(request);
  const locked = sdk.updateUserPool({ UserPoolId: poolId });
  await expect(locked).rejects.toMatchObject({ name: 'UserImportInProgressException' });
  advance(3_600_000);
  return (await sdk.describeUserImportJob(request)).UserImportJob;
}

const verified = (email: string) => ({ email, email_verified: 'true' });
const POOL: PoolConfig = {
  AutoVerifiedAttributes: ['email'],
  Schema: [{ Name: 'tier', StringAttributeConstraints: { MaxLength: '4' } }],
};

describe('import jobs', () => {
  it('create users without a message, a trigger or a MAU', async () => {
    const LambdaConfig = { PreSignUp: 'arn:aws:lambda:eu-central-1:123456789012:function:f' };
    const session = await sdkSession({ pool: { ...POOL, LambdaConfig } });
    session.pool.addUser({ username: 'there' });
    const job = await imported(session, [
      { 'cognito:username': 'plain', ...verified('a@example.com'), 'custom:tier': 'gold' },
      { 'cognito:username': 'hashed', ...verified('b@example.com'), password_hash: HASH },
      { 'cognito:username': 'there', ...verified('c@example.com') },
      { 'cognito:username': 'bad', ...verified('d@example.com'), 'custom:tier': 'platinum' },
    ]);
    expect(job).toMatchObject({ Status: 'Succeeded', ImportedUsers: 2, SkippedUsers: 1, FailedUsers: 1 });
    expect(session.pool.user('plain')).toMatchObject({ status: 'RESET_REQUIRED', enabled: true });
    expect(session.pool.user('plain')?.attributes).toContainEqual(['custom:tier', 'gold']);
    expect(session.pool.user('hashed')?.status).toBe('CONFIRMED');
    expect(session.simulator.counters).toMatchObject({ maus: 0, triggersFired: 0, messages: { causedByAdmin: 0 } });
    const signIn = session.sdk.initiateAuth({
      ClientId: await session.clientId(),
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: 'hashed', PASSWORD: 'Old-Passw0rd!' },
    });
    expect((await signIn).AuthenticationResult?.AccessToken).toBeDefined();
  });

  it('take the e-mail address as username where it signs in', async () => {
    const session = await sdkSession({ pool: { ...POOL, UsernameAttributes: ['email'] } });
    const job = await imported(session, [{ 'cognito:username': 'a@example.com', ...verified('a@example.com') }]);
    expect(job).toMatchObject({ ImportedUsers: 1 });
    const user = session.pool.user('a@example.com');
    expect(user?.username).toBe(user?.sub);
  });

  it('the header names every attribute but sub and identities', async () => {
    const { sdk, poolId } = await sdkSession({ pool: POOL });
    const { CSVHeader } = await sdk.getCSVHeader({ UserPoolId: poolId });
    expect(CSVHeader).toEqual(
      expect.arrayContaining(['email', 'custom:tier', 'cognito:username', 'cognito:mfa_enabled', 'password_hash']),
    );
    expect(CSVHeader).not.toContain('sub');
    expect(CSVHeader).not.toContain('identities');
  });
});
