import { describe, expect, it } from 'vitest';
import type { PoolConfig, UserStatus } from './pool-config.ts';
import { attributes, sdkSession, type SdkSession } from './testing/sdk-session.ts';

const VERIFIED = [
  ['email', 'a@example.com'],
  ['email_verified', 'true'],
] as const;
const PASSWORD = 'Passw0rd!';

function signIn({ sdk }: SdkSession, ClientId: string, password: string, username = 'a') {
  return sdk.initiateAuth({
    ClientId,
    AuthFlow: 'USER_PASSWORD_AUTH',
    AuthParameters: { USERNAME: username, PASSWORD: password },
  });
}

function setPassword({ sdk, poolId }: SdkSession, permanent: boolean, password = PASSWORD) {
  return sdk.adminSetUserPassword({ UserPoolId: poolId, Username: 'a', Password: password, Permanent: permanent });
}

describe('status', () => {
  it('AdminCreateUser gives FORCE_CHANGE_PASSWORD, a permanent password CONFIRMED, a temporary one the first again', async () => {
    const session = await sdkSession();
    const { sdk, poolId, pool } = session;
    await sdk.adminCreateUser({ UserPoolId: poolId, Username: 'a', MessageAction: 'SUPPRESS' });
    expect(pool.user('a')?.status).toBe('FORCE_CHANGE_PASSWORD');
    await setPassword(session, true);
    expect(pool.user('a')?.status).toBe('CONFIRMED');
    await setPassword(session, false);
    expect(pool.user('a')?.status).toBe('FORCE_CHANGE_PASSWORD');
  });

  it('a password flips a federated user to CONFIRMED', async () => {
    const session = await sdkSession();
    session.pool.addUser({ username: 'a', status: 'EXTERNAL_PROVIDER' });
    await setPassword(session, true);
    expect(session.pool.user('a')?.status).toBe('CONFIRMED');
  });

  it('passwords must meet the policy', async () => {
    const session = await sdkSession({
      pool: { Policies: { PasswordPolicy: { MinimumLength: 12, RequireNumbers: true } } },
    });
    session.pool.addUser({ username: 'a' });
    await expect(setPassword(session, true, 'short1')).rejects.toMatchObject({ name: 'InvalidPasswordException' });
    await expect(setPassword(session, true, 'no-digits-here')).rejects.toMatchObject({
      name: 'InvalidPasswordException',
    });
    await setPassword(session, true, 'long-enough-1');
  });

  it('a passwordless pool confirms a user created without a password', async () => {
    const factors = { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP'] } } as const;
    const { sdk, poolId, pool } = await sdkSession({ pool: { Policies: factors } });
    const request = { UserPoolId: poolId, Username: 'a', MessageAction: 'SUPPRESS' } as const;
    await expect(sdk.adminCreateUser(request)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await sdk.adminCreateUser({ ...request, UserAttributes: attributes({ email: 'a@example.com' }) });
    expect(pool.user('a')?.status).toBe('CONFIRMED');
  });
});

describe('the lock-out trap', () => {
  it('a user with an unknown temporary password can neither sign in nor reset it', async () => {
    const session = await sdkSession();
    const { sdk, poolId, clientId, advance } = session;
    const ClientId = await clientId();
    const values = { email: 'a@example.com', email_verified: 'true' };
    await sdk.adminCreateUser({
      UserPoolId: poolId,
      Username: 'a',
      TemporaryPassword: PASSWORD,
      MessageAction: 'SUPPRESS',
      UserAttributes: attributes(values),
    });
    await expect(sdk.forgotPassword({ ClientId, Username: 'a' })).rejects.toMatchObject({
      name: 'NotAuthorizedException',
      message: 'User password cannot be reset in the current state.',
    });
    expect((await signIn(session, ClientId, PASSWORD)).ChallengeName).toBe('NEW_PASSWORD_REQUIRED');
    advance(7 * 86_400_000 + 1);
    await expect(signIn(session, ClientId, PASSWORD)).rejects.toThrow('Temporary password has expired');
  });

  it('after a random permanent password "forgot password" leads back in', async () => {
    const session = await sdkSession();
    const { sdk, pool, simulator, clientId } = session;
    const ClientId = await clientId();
    pool.addUser({ username: 'a', attributes: VERIFIED, status: 'FORCE_CHANGE_PASSWORD' });
    await setPassword(session, true, 'Unguessable1!');
    await sdk.forgotPassword({ ClientId, Username: 'a' });
    expect(simulator.counters.messages).toMatchObject({ causedByAdmin: 0, askedByUser: 1 });
    const code = pool.lastCode('a') ?? '';
    const answer = { ClientId, Username: 'a', Password: 'Own-Choice1' };
    await expect(sdk.confirmForgotPassword({ ...answer, ConfirmationCode: 'x' })).rejects.toMatchObject({
      name: 'CodeMismatchException',
    });
    await sdk.confirmForgotPassword({ ...answer, ConfirmationCode: code });
    expect((await signIn(session, ClientId, 'Own-Choice1')).AuthenticationResult?.AccessToken).toBeDefined();
  });

  it.each<[string, PoolConfig, readonly (readonly [string, string])[], boolean]>([
    ['a verified contact', {}, VERIFIED, true],
    ['no contact', {}, [], false],
    ['an unverified contact', {}, [['email', 'a@example.com']], false],
    [
      'admin_only',
      { AccountRecoverySetting: { RecoveryMechanisms: [{ Priority: 1, Name: 'admin_only' }] } },
      VERIFIED,
      false,
    ],
    [
      'phone recovery and an e-mail address',
      { AccountRecoverySetting: { RecoveryMechanisms: [{ Priority: 1, Name: 'verified_phone_number' }] } },
      VERIFIED,
      false,
    ],
  ])('with %s', async (_, config, attributesOfUser, works) => {
    const { sdk, pool, clientId } = await sdkSession({ pool: config });
    pool.addUser({ username: 'a', attributes: attributesOfUser });
    const asked = sdk.forgotPassword({ ClientId: await clientId(), Username: 'a' });
    if (works) await asked;
    else await expect(asked).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});

describe('sign-in', () => {
  it.each<[UserStatus, boolean, string]>([
    ['RESET_REQUIRED', true, 'PasswordResetRequiredException'],
    ['UNCONFIRMED', true, 'UserNotConfirmedException'],
    ['CONFIRMED', false, 'NotAuthorizedException'],
    ['FORCE_CHANGE_PASSWORD', false, 'NotAuthorizedException'],
    ['EXTERNAL_PROVIDER', true, 'NotAuthorizedException'],
  ])('of a %s user, enabled %s: %s', async (status, enabled, name) => {
    const session = await sdkSession();
    session.pool.addUser({ username: 'a', status, enabled, password: PASSWORD });
    await expect(signIn(session, await session.clientId(), PASSWORD)).rejects.toMatchObject({ name });
  });

  it('works by username, e-mail address and verified alias alone', async () => {
    const session = await sdkSession({ pool: { AliasAttributes: ['email'] } });
    const ClientId = await session.clientId();
    session.pool.addUser({ username: 'a', password: PASSWORD, attributes: VERIFIED });
    session.pool.addUser({ username: 'b', password: PASSWORD, attributes: [['email', 'b@example.com']] });
    await signIn(session, ClientId, PASSWORD);
    await signIn(session, ClientId, PASSWORD, 'a@example.com');
    await expect(signIn(session, ClientId, PASSWORD, 'b@example.com')).rejects.toMatchObject({
      name: 'UserNotFoundException',
    });
    await expect(signIn(session, ClientId, 'Wrong1!xx')).rejects.toThrow('Incorrect username or password.');
  });

  it('verifies a bcrypt hash', async () => {
    const session = await sdkSession();
    const ClientId = await session.clientId();
    // bcrypt of "Old-Passw0rd!" at cost 4
    const passwordHash = '$2a$04$ImW90IG5WzSttJleXaa96.SxEPuUNC9vs1tlz01ZreR7/eBp60rwa';
    session.pool.addUser({ username: 'a', passwordHash });
    await expect(signIn(session, ClientId, 'old-Passw0rd!')).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    expect((await signIn(session, ClientId, 'Old-Passw0rd!')).AuthenticationResult?.IdToken).toBeDefined();
  });

  it('a temporary password leads through NEW_PASSWORD_REQUIRED', async () => {
    const session = await sdkSession();
    const { sdk, pool, poolId } = session;
    const ClientId = await session.clientId();
    pool.addUser({ username: 'a', status: 'FORCE_CHANGE_PASSWORD', password: PASSWORD });
    const first = await sdk.adminInitiateAuth({
      UserPoolId: poolId,
      ClientId,
      AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: 'a', PASSWORD },
    });
    const done = await sdk.respondToAuthChallenge({
      ClientId,
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      Session: first.Session,
      ChallengeResponses: { USERNAME: 'a', NEW_PASSWORD: 'Own-Choice1' },
    });
    expect(done.AuthenticationResult?.AccessToken).toBeDefined();
    expect(pool.user('a')?.status).toBe('CONFIRMED');
    await expect(signIn(session, ClientId, PASSWORD)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
  });

  it('a sign-up is UNCONFIRMED until confirmed', async () => {
    const session = await sdkSession({ pool: { AutoVerifiedAttributes: ['email'] } });
    const { sdk, pool, poolId, simulator } = session;
    const ClientId = await session.clientId();
    await sdk.signUp({
      ClientId,
      Username: 'a',
      Password: PASSWORD,
      UserAttributes: attributes({ email: 'a@example.com' }),
    });
    expect(pool.user('a')?.status).toBe('UNCONFIRMED');
    expect(simulator.counters.messages).toMatchObject({ causedByAdmin: 0, askedByUser: 1 });
    await sdk.confirmSignUp({ ClientId, Username: 'a', ConfirmationCode: pool.lastCode('a') });
    expect(pool.user('a')).toMatchObject({
      status: 'CONFIRMED',
      attributes: [
        ['email', 'a@example.com'],
        ['email_verified', 'true'],
      ],
    });
    await expect(sdk.adminConfirmSignUp({ UserPoolId: poolId, Username: 'a' })).rejects.toMatchObject({
      name: 'NotAuthorizedException',
    });
  });
});
