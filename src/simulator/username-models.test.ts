import { describe, expect, it } from 'vitest';
import { attributes, sdkSession, type SdkSession } from './testing/sdk-session.ts';

function create(
  { sdk, poolId }: SdkSession,
  username: string,
  values: Record<string, string> = {},
  extra: object = {},
) {
  return sdk.adminCreateUser({
    UserPoolId: poolId,
    Username: username,
    MessageAction: 'SUPPRESS',
    UserAttributes: attributes(values),
    ...extra,
  });
}

describe('pools that sign in by e-mail or phone number', () => {
  it('make the username a UUID equal to the sub and fill the attribute in', async () => {
    const session = await sdkSession({ pool: { UsernameAttributes: ['email', 'phone_number'] } });
    const { User } = await create(session, 'ada@example.com', { name: 'Ada' });
    const user = session.pool.user('ada@example.com');
    expect(user?.username).toBe(user?.sub);
    expect(User?.Username).toBe(user?.sub);
    expect(user?.attributes).toContainEqual(['email', 'ada@example.com']);
    await create(session, '+12065550100');
    expect(session.pool.user('+12065550100')?.attributes).toEqual([['phone_number', '+12065550100']]);
    const found = await session.sdk.adminGetUser({ UserPoolId: session.poolId, Username: 'ada@example.com' });
    expect(found.Username).toBe(user?.sub);
  });

  it('refuse other usernames, contradictions and duplicates', async () => {
    const session = await sdkSession({ pool: { UsernameAttributes: ['email'] } });
    await create(session, 'ada@example.com');
    await expect(create(session, 'ada')).rejects.toThrow('Username should be an email.');
    await expect(create(session, '00000000-0000-4000-8000-000000000000')).rejects.toThrow(
      'Username should be an email.',
    );
    await expect(create(session, 'x@example.com', { email: 'y@example.com' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await expect(create(session, 'ada@example.com')).rejects.toMatchObject({ name: 'UsernameExistsException' });
    await create(session, 'Ada@example.com');
  });

  it('keep the address unique when it changes', async () => {
    const session = await sdkSession({
      pool: { UsernameAttributes: ['email'], UsernameConfiguration: { CaseSensitive: false } },
    });
    await create(session, 'a@example.com');
    await create(session, 'b@example.com');
    await expect(create(session, 'A@Example.com')).rejects.toMatchObject({ name: 'UsernameExistsException' });
    const change = (email: string) =>
      session.sdk.adminUpdateUserAttributes({
        UserPoolId: session.poolId,
        Username: 'b@example.com',
        UserAttributes: attributes({ email, email_verified: 'true' }),
      });
    await expect(change('A@example.com')).rejects.toMatchObject({ name: 'AliasExistsException' });
    await change('c@example.com');
    expect(session.pool.user('b@example.com')).toBeUndefined();
    await create(session, 'b@example.com');
  });
});

describe('pools with aliases', () => {
  const pool = { AliasAttributes: ['email', 'preferred_username'] } as const;

  it('an alias resolves only when verified, and is unique among the verified', async () => {
    const session = await sdkSession({ pool });
    const verified = { email: 'ada@example.com', email_verified: 'true' };
    await create(session, 'one', verified);
    await create(session, 'two', { email: 'ada@example.com' });
    await expect(create(session, 'three', verified)).rejects.toMatchObject({ name: 'AliasExistsException' });
    const found = await session.sdk.adminGetUser({ UserPoolId: session.poolId, Username: 'ada@example.com' });
    expect(found.Username).toBe('one');
    const verify = {
      UserPoolId: session.poolId,
      Username: 'two',
      UserAttributes: attributes({ email_verified: 'true' }),
    };
    await expect(session.sdk.adminUpdateUserAttributes(verify)).rejects.toMatchObject({ name: 'AliasExistsException' });
  });

  it('ForceAliasCreation takes the alias from its holder', async () => {
    const session = await sdkSession({ pool });
    const verified = { email: 'ada@example.com', email_verified: 'true' };
    await create(session, 'one', verified);
    await create(session, 'two', verified, { ForceAliasCreation: true });
    expect(session.pool.user('ada@example.com')?.username).toBe('two');
    expect(session.pool.user('one')?.attributes).toContainEqual(['email_verified', 'false']);
  });

  it('a username may not look like an alias, and preferred_username waits for confirmation', async () => {
    const session = await sdkSession({ pool });
    await expect(create(session, 'ada@example.com')).rejects.toThrow('Username cannot be of email format');
    await expect(create(session, 'ada', { preferred_username: 'countess' })).rejects.toThrow(
      'Preferred username cannot be provided',
    );
    await create(session, 'ada');
    await session.sdk.adminUpdateUserAttributes({
      UserPoolId: session.poolId,
      Username: 'ada',
      UserAttributes: attributes({ preferred_username: 'countess' }),
    });
    expect(session.pool.user('countess')?.username).toBe('ada');
  });
});

describe('case', () => {
  it('counts by default', async () => {
    const session = await sdkSession();
    await create(session, 'Ada');
    await create(session, 'ada');
    expect(session.pool.size).toBe(2);
  });

  it('is folded when the pool says so', async () => {
    const session = await sdkSession({ pool: { UsernameConfiguration: { CaseSensitive: false } } });
    await create(session, 'Ada');
    await expect(create(session, 'aDA')).rejects.toMatchObject({ name: 'UsernameExistsException' });
    expect((await session.sdk.adminGetUser({ UserPoolId: session.poolId, Username: 'ADA' })).Username).toBe('Ada');
  });
});

it('a new user of a username that was deleted has another sub', async () => {
  const session = await sdkSession();
  await create(session, 'ada');
  const before = session.pool.user('ada')?.sub;
  await session.sdk.adminDeleteUser({ UserPoolId: session.poolId, Username: 'ada' });
  await create(session, 'ada');
  expect(session.pool.user('ada')?.sub).not.toBe(before);
});
