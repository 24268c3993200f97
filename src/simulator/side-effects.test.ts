import { describe, expect, it } from 'vitest';
import { attributes, sdkSession, type SdkSession } from './testing/sdk-session.ts';

const AUTO = { AutoVerifiedAttributes: ['email'] } as const;

function update({ sdk, poolId }: SdkSession, values: Record<string, string>) {
  return sdk.adminUpdateUserAttributes({ UserPoolId: poolId, Username: 'a', UserAttributes: attributes(values) });
}

describe('messages', () => {
  it('AdminCreateUser sends one unless it is suppressed', async () => {
    const { sdk, poolId, simulator } = await sdkSession();
    const UserAttributes = attributes({ email: 'a@example.com' });
    await sdk.adminCreateUser({ UserPoolId: poolId, Username: 'a', UserAttributes, MessageAction: 'SUPPRESS' });
    expect(simulator.counters.messages.causedByAdmin).toBe(0);
    await sdk.adminCreateUser({ UserPoolId: poolId, Username: 'b', UserAttributes });
    await sdk.adminCreateUser({ UserPoolId: poolId, Username: 'b', MessageAction: 'RESEND' });
    expect(simulator.counters.messages).toEqual({ causedByAdmin: 2, askedByUser: 0, byCause: { AdminCreateUser: 2 } });
  });

  it('a contact changed without its flag at true sends one and loses the flag', async () => {
    const session = await sdkSession({ pool: AUTO });
    const { pool, simulator } = session;
    pool.addUser({
      username: 'a',
      attributes: [
        ['email', 'a@example.com'],
        ['email_verified', 'true'],
      ],
    });

    await update(session, { email: 'b@example.com', email_verified: 'true' });
    await update(session, { email_verified: 'false' });
    await update(session, { name: 'A' });
    expect(simulator.counters.messages.causedByAdmin).toBe(0);
    await update(session, { email: 'c@example.com', email_verified: 'false' });
    await update(session, { email: 'd@example.com' });
    expect(simulator.counters.messages).toMatchObject({ causedByAdmin: 2, byCause: { AdminUpdateUserAttributes: 2 } });
    expect(pool.user('a')?.attributes).toEqual(
      expect.arrayContaining([
        ['email', 'd@example.com'],
        ['email_verified', 'false'],
      ]),
    );
  });

  it('a contact that the pool does not verify changes silently, unverified', async () => {
    const session = await sdkSession();
    session.pool.addUser({
      username: 'a',
      attributes: [
        ['email', 'a@example.com'],
        ['email_verified', 'true'],
      ],
    });
    await update(session, { email: 'b@example.com' });
    expect(session.simulator.counters.messages.causedByAdmin).toBe(0);
    expect(session.pool.user('a')?.attributes).toEqual([
      ['email', 'b@example.com'],
      ['email_verified', 'false'],
    ]);
  });

  it('the old value stays where verification comes before the update', async () => {
    const settings = { AttributesRequireVerificationBeforeUpdate: ['email'] } as const;
    const session = await sdkSession({ pool: { ...AUTO, UserAttributeUpdateSettings: settings } });
    const before = [
      ['email', 'a@example.com'],
      ['email_verified', 'true'],
    ] as const;
    session.pool.addUser({ username: 'a', attributes: before });
    await update(session, { email: 'b@example.com', name: 'A' });
    expect(session.pool.user('a')?.attributes).toEqual([...before, ['name', 'A']]);
    expect(session.simulator.counters.messages.causedByAdmin).toBe(1);
    await update(session, { email: 'b@example.com', email_verified: 'true' });
    expect(session.pool.user('a')?.attributes).toContainEqual(['email', 'b@example.com']);
  });

  it('AdminResetUserPassword sends a code and leaves RESET_REQUIRED', async () => {
    const { sdk, poolId, pool, simulator } = await sdkSession();
    pool.addUser({
      username: 'a',
      attributes: [
        ['email', 'a@example.com'],
        ['email_verified', 'true'],
      ],
    });
    pool.addUser({ username: 'b' });
    await sdk.adminResetUserPassword({ UserPoolId: poolId, Username: 'a' });
    expect(pool.user('a')?.status).toBe('RESET_REQUIRED');
    expect(simulator.counters.messages.causedByAdmin).toBe(1);
    await expect(sdk.adminResetUserPassword({ UserPoolId: poolId, Username: 'b' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });
});

describe('monthly active users', () => {
  it('are the distinct users that billed operations touch; listing bills nobody', async () => {
    const { sdk, poolId, pool, simulator, listAll } = await sdkSession();
    for (const username of ['a', 'b', 'c', 'd']) pool.addUser({ username });
    pool.addGroup({ name: 'g' });
    await listAll();
    await sdk.listUsersInGroup({ UserPoolId: poolId, GroupName: 'g' });
    await sdk.adminDeleteUser({ UserPoolId: poolId, Username: 'd' });
    expect(simulator.counters.maus).toBe(0);
    await sdk.adminGetUser({ UserPoolId: poolId, Username: 'a' });
    await sdk.adminGetUser({ UserPoolId: poolId, Username: 'a' });
    await sdk.adminAddUserToGroup({ UserPoolId: poolId, Username: 'b', GroupName: 'g' });
    await sdk.adminCreateUser({ UserPoolId: poolId, Username: 'new', MessageAction: 'SUPPRESS' });
    expect(simulator.counters.maus).toBe(3);
    simulator.resetCounters();
    expect(simulator.counters).toMatchObject({ maus: 0, calls: {} });
  });
});

describe('triggers', () => {
  it('PreSignUp fires on AdminCreateUser', async () => {
    const LambdaConfig = { PreSignUp: 'arn:aws:lambda:eu-central-1:123456789012:function:f' };
    const { sdk, poolId, simulator } = await sdkSession({ pool: { LambdaConfig } });
    await sdk.adminCreateUser({ UserPoolId: poolId, Username: 'a', MessageAction: 'SUPPRESS' });
    expect(simulator.counters.triggersFired).toBe(1);
  });
});

it('statistics are served as JSON', async () => {
  const { simulator, listAll } = await sdkSession();
  await listAll();
  const response = await fetch(`${simulator.endpoint}/_simulator/stats`);
  expect(await response.json()).toMatchObject({ calls: { ListUsers: 1 }, callsByCategory: { UserList: 1 }, maus: 0 });
});
