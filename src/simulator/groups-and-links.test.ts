import { describe, expect, it } from 'vitest';
import { attribute, sdkSession } from './testing/sdk-session.ts';

describe('groups', () => {
  it('come back as written: absent fields absent, precedence 0 a value', async () => {
    const { sdk, poolId } = await sdkSession();
    await sdk.createGroup({ UserPoolId: poolId, GroupName: 'bare' });
    await sdk.createGroup({ UserPoolId: poolId, GroupName: 'zero', Precedence: 0, Description: '' });
    const bare = (await sdk.getGroup({ UserPoolId: poolId, GroupName: 'bare' })).Group;
    expect(bare).not.toHaveProperty('Description');
    expect(bare).not.toHaveProperty('Precedence');
    const zero = (await sdk.getGroup({ UserPoolId: poolId, GroupName: 'zero' })).Group;
    expect(zero).toMatchObject({ Precedence: 0, Description: '' });
    await sdk.updateGroup({ UserPoolId: poolId, GroupName: 'bare', Precedence: 7 });
    expect((await sdk.getGroup({ UserPoolId: poolId, GroupName: 'bare' })).Group?.Precedence).toBe(7);
  });

  it('are validated and unique', async () => {
    const { sdk, poolId } = await sdkSession();
    const create = (request: object) => sdk.createGroup({ UserPoolId: poolId, GroupName: 'g', ...request });
    const refused = { name: 'InvalidParameterException' };
    await expect(create({ GroupName: 'with space' })).rejects.toMatchObject(refused);
    await expect(create({ GroupName: 'x'.repeat(129) })).rejects.toMatchObject(refused);
    await expect(create({ Description: 'x'.repeat(2049) })).rejects.toMatchObject(refused);
    await expect(create({ Precedence: -1 })).rejects.toMatchObject(refused);
    await create({});
    await expect(create({})).rejects.toMatchObject({ name: 'GroupExistsException' });
    await expect(sdk.getGroup({ UserPoolId: poolId, GroupName: 'none' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('stop at 10,000 a pool and 100 a user', async () => {
    const { sdk, poolId, pool } = await sdkSession();
    for (let number = 0; number < 10_000; number++) pool.addGroup({ name: `g${number}` });
    await expect(sdk.createGroup({ UserPoolId: poolId, GroupName: 'more' })).rejects.toMatchObject({
      name: 'LimitExceededException',
    });
    pool.addUser({ username: 'a', groups: Array.from({ length: 100 }, (_, number) => `g${number}`) });
    const add = (group: string) => sdk.adminAddUserToGroup({ UserPoolId: poolId, Username: 'a', GroupName: group });
    await expect(add('g100')).rejects.toMatchObject({ name: 'LimitExceededException' });
    await add('g99');
  });

  it("are listed once each, page by page, as are a user's", async () => {
    const { sdk, poolId, pool } = await sdkSession({ pageJitter: true });
    const names = Array.from({ length: 130 }, (_, number) => `g${number}`);
    for (const name of names) pool.addGroup({ name });
    pool.addUser({ username: 'a', groups: names.slice(0, 90) });
    const listed: (string | undefined)[] = [];
    let token: string | undefined;
    do {
      const page = await sdk.listGroups({ UserPoolId: poolId, Limit: 60, NextToken: token });
      listed.push(...(page.Groups ?? []).map((group) => group.GroupName));
      token = page.NextToken;
    } while (token);
    expect(listed.toSorted()).toEqual(names.toSorted());
    const own: (string | undefined)[] = [];
    do {
      const page = await sdk.adminListGroupsForUser({ UserPoolId: poolId, Username: 'a', Limit: 60, NextToken: token });
      own.push(...(page.Groups ?? []).map((group) => group.GroupName));
      token = page.NextToken;
    } while (token);
    expect(own.toSorted()).toEqual(names.slice(0, 90).toSorted());
  });

  it('memberships follow users and groups that go', async () => {
    const { sdk, poolId, pool } = await sdkSession();
    for (const name of ['g', 'h']) await sdk.createGroup({ UserPoolId: poolId, GroupName: name });
    for (const username of ['a', 'b']) pool.addUser({ username, groups: ['g', 'h'] });
    const members = async (GroupName: string) =>
      (await sdk.listUsersInGroup({ UserPoolId: poolId, GroupName })).Users?.map((user) => user.Username);

    expect((await members('g'))?.toSorted()).toEqual(['a', 'b']);
    await sdk.adminDeleteUser({ UserPoolId: poolId, Username: 'a' });
    expect(await members('g')).toEqual(['b']);
    await sdk.deleteGroup({ UserPoolId: poolId, GroupName: 'h' });
    expect(pool.memberships()).toMatchObject([{ group: 'g', username: 'b' }]);
    await sdk.adminRemoveUserFromGroup({ UserPoolId: poolId, GroupName: 'g', Username: 'b' });
    expect(await members('g')).toEqual([]);
    await expect(sdk.adminAddUserToGroup({ UserPoolId: poolId, Username: 'b', GroupName: 'h' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(sdk.adminAddUserToGroup({ UserPoolId: poolId, Username: 'a', GroupName: 'g' })).rejects.toMatchObject({
      name: 'UserNotFoundException',
    });
  });
});

describe('linked identities', () => {
  it('appear as a JSON string, five at most, each once in the pool', async () => {
    const { sdk, poolId, pool } = await sdkSession({ pool: { identityProviders: ['Google'] } });
    for (const username of ['a', 'b']) pool.addUser({ username });
    pool.addUser({ username: 'Google_signed-in', status: 'EXTERNAL_PROVIDER' });
    const link = (username: string, userId: string, ProviderName = 'Google') =>
      sdk.adminLinkProviderForUser({
        UserPoolId: poolId,
        DestinationUser: { ProviderName: 'Cognito', ProviderAttributeValue: username },
        SourceUser: { ProviderName, ProviderAttributeName: 'Cognito_Subject', ProviderAttributeValue: userId },
      });

    await link('a', '1');
    const { Users } = await sdk.listUsers({ UserPoolId: poolId, Filter: 'username = "a"' });
    expect(JSON.parse(attribute(Users?.[0] ?? {}, 'identities') ?? '')).toMatchObject([
      { userId: '1', providerName: 'Google' },
    ]);
    await expect(link('b', '1')).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(link('b', 'signed-in')).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(link('b', '2', 'Okta')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    for (const userId of ['2', '3', '4', '5']) await link('a', userId);
    await expect(link('a', '6')).rejects.toMatchObject({ name: 'LimitExceededException' });
    await sdk.adminDisableProviderForUser({
      UserPoolId: poolId,
      User: { ProviderName: 'Google', ProviderAttributeName: 'Cognito_Subject', ProviderAttributeValue: '1' },
    });
    await link('b', '1');
  });
});

describe('MFA preferences', () => {
  it('need a confirmed user, a phone number, and a registered secret', async () => {
    const { sdk, poolId, pool } = await sdkSession();
    const phone = [['phone_number', '+12065550100']] as const;
    pool.addUser({ username: 'ready', attributes: phone });
    pool.addUser({ username: 'phoneless' });
    pool.addUser({ username: 'temporary', attributes: phone, status: 'FORCE_CHANGE_PASSWORD' });
    const prefer = (Username: string, settings: object = { SMSMfaSettings: { Enabled: true, PreferredMfa: true } }) =>
      sdk.adminSetUserMFAPreference({ UserPoolId: poolId, Username, ...settings });

    await prefer('ready');
    expect(await sdk.adminGetUser({ UserPoolId: poolId, Username: 'ready' })).toMatchObject({
      PreferredMfaSetting: 'SMS_MFA',
      UserMFASettingList: ['SMS_MFA'],
    });
    await expect(prefer('phoneless')).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(prefer('temporary')).rejects.toMatchObject({ name: 'UserNotConfirmedException' });
    await expect(prefer('ready', { SoftwareTokenMfaSettings: { Enabled: true } })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });
});
