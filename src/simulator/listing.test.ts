import { describe, expect, it } from 'vitest';
import { attribute, attributes, sdkSession } from './testing/sdk-session.ts';

function addNumbered(pool: { addUser(seed: object): unknown }, count: number): void {
  for (let number = 0; number < count; number++) pool.addUser({ username: `user-${number}` });
}

describe('ListUsers', () => {
  it('shows the shape of the API: sub first, millisecond dates, no MFAOptions unless set', async () => {
    const { sdk, poolId, pool, now } = await sdkSession();
    const createdAt = now() - 123;
    pool.addUser({ username: 'plain', attributes: [['name', 'A']], createdAt });
    pool.addUser({ username: 'sms', smsMfa: true, enabled: false });

    const { Users = [] } = await sdk.listUsers({ UserPoolId: poolId });

    const plain = Users.find((user) => user.Username === 'plain');
    expect(plain?.Attributes?.[0]?.Name).toBe('sub');
    expect(plain?.UserCreateDate?.getTime()).toBe(createdAt);
    expect(plain).not.toHaveProperty('MFAOptions');
    const sms = Users.find((user) => user.Username === 'sms');
    expect(sms).toMatchObject({
      Enabled: false,
      UserStatus: 'CONFIRMED',
      MFAOptions: [{ DeliveryMedium: 'SMS', AttributeName: 'phone_number' }],
    });
  });

  it('refuses a limit of 61 and defaults to 25', async () => {
    const { sdk, poolId, pool } = await sdkSession();
    addNumbered(pool, 70);
    await expect(sdk.listUsers({ UserPoolId: poolId, Limit: 61 })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    expect((await sdk.listUsers({ UserPoolId: poolId })).Users).toHaveLength(25);
  });

  it('lists everyone once, in no alphabetical order, with a constant second digit of sub', async () => {
    const { pool, listAll } = await sdkSession();
    addNumbered(pool, 1500);
    const users = await listAll();
    const subs = users.map((user) => attribute(user, 'sub') ?? '');
    expect(new Set(subs).size).toBe(1500);
    expect(subs).not.toEqual(subs.toSorted());
    expect(new Set(subs.map((sub) => sub.charAt(1))).size).toBe(1);
    expect(new Set(subs.map((sub) => sub.charAt(0))).size).toBe(16);
  });

  it('ends without a token exactly at the last full page', async () => {
    const { sdk, poolId, pool } = await sdkSession();
    addNumbered(pool, 60);
    const page = await sdk.listUsers({ UserPoolId: poolId, Limit: 60 });
    expect(page.Users).toHaveLength(60);
    expect(page.PaginationToken).toBeUndefined();
  });

  it('gives short and empty pages that still add up', async () => {
    const { sdk, poolId, pool } = await sdkSession({ pageJitter: true });
    addNumbered(pool, 900);
    const sizes: number[] = [];
    const names = new Set<string | undefined>();
    let token: string | undefined;
    do {
      const page = await sdk.listUsers({ UserPoolId: poolId, Limit: 60, PaginationToken: token });
      sizes.push(page.Users?.length ?? 0);
      for (const user of page.Users ?? []) names.add(user.Username);
      token = page.PaginationToken;
    } while (token);
    expect(names.size).toBe(900);
    expect(sizes).toContain(0);
    expect(sizes.some((size) => size > 0 && size < 60)).toBe(true);
  });

  it('captures a user unchanged throughout exactly once while others come and go', async () => {
    const { sdk, poolId, pool } = await sdkSession();
    addNumbered(pool, 600);
    const seen: (string | undefined)[] = [];
    let token: string | undefined;
    let step = 0;
    do {
      const page = await sdk.listUsers({ UserPoolId: poolId, Limit: 20, PaginationToken: token });
      seen.push(...(page.Users ?? []).map((user) => user.Username));
      token = page.PaginationToken;
      pool.addUser({ username: `late-${step}` });
      pool.removeUser(`user-${step++}`);
    } while (token);
    expect(new Set(seen).size).toBe(seen.length);
    for (let number = 100; number < 600; number++) expect(seen).toContain(`user-${number}`);
  });

  it('fails AttributesToGet when a listed user lacks the attribute', async () => {
    const { sdk, poolId, pool } = await sdkSession();
    pool.addUser({ username: 'a', attributes: [['name', 'A']] });
    const request = { UserPoolId: poolId, AttributesToGet: ['name'] };
    expect((await sdk.listUsers(request)).Users?.[0]?.Attributes).toContainEqual({ Name: 'name', Value: 'A' });
    pool.addUser({ username: 'b' });
    await expect(sdk.listUsers(request)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});

describe('listing tokens', () => {
  it('belong to one request and live an hour', async () => {
    const { sdk, poolId, pool, advance } = await sdkSession();
    addNumbered(pool, 20);
    const request = { UserPoolId: poolId, Limit: 5, Filter: 'username ^= "user"' };
    const { PaginationToken } = await sdk.listUsers(request);
    const refused = { name: 'InvalidParameterException' };

    await expect(sdk.listUsers({ ...request, PaginationToken, Limit: 6 })).rejects.toMatchObject(refused);
    await expect(sdk.listUsers({ ...request, PaginationToken, Filter: undefined })).rejects.toMatchObject(refused);
    await expect(sdk.listUsers({ ...request, PaginationToken: 'bm9uc2Vuc2U=' })).rejects.toMatchObject(refused);
    await expect(sdk.listGroups({ UserPoolId: poolId, NextToken: PaginationToken })).rejects.toMatchObject(refused);
    advance(3_600_000);
    expect((await sdk.listUsers({ ...request, PaginationToken })).Users).toHaveLength(5);
    advance(1);
    await expect(sdk.listUsers({ ...request, PaginationToken })).rejects.toMatchObject(refused);
  });
});

describe('filters', () => {
  const people = [
    {
      username: 'ada',
      attributes: [
        ['email', 'ada@example.com'],
        ['given_name', 'A"d\\a'],
      ],
    },
    { username: 'adam', enabled: false, status: 'UNCONFIRMED', attributes: [['email', 'adam@example.com']] },
  ] as const;

  it.each([
    ['username = "ada"', ['ada']],
    ['username ^= "ad"', ['ada', 'adam']],
    ['username="adam"', ['adam']],
    [String.raw`given_name = "A\"d\\a"`, ['ada']],
    ['status = "Disabled"', ['adam']],
    ['cognito:user_status = "unconfirmed"', ['adam']],
    ['email ^= "adam@"', ['adam']],
    ['name = "x"', []],
    ['', ['ada', 'adam']],
  ])('%s', async (filter, expected) => {
    const { pool, listAll } = await sdkSession();
    for (const person of people) pool.addUser(person);
    expect((await listAll(filter)).map((user) => user.Username).toSorted()).toEqual(expected);
  });

  it.each([
    'custom:x = "1"',
    'username != "ada"',
    'username = ada',
    'username = "a" and email = "b"',
    'username = "unescaped " quote"',
    'UserCreateDate = "2026"',
    'nickname = "a"',
    `username = "${'x'.repeat(250)}"`,
  ])('refuses %s', async (filter) => {
    const { sdk, poolId } = await sdkSession();
    await expect(sdk.listUsers({ UserPoolId: poolId, Filter: filter })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it('sixteen sub prefixes cover the pool without overlap', async () => {
    const { pool, listAll } = await sdkSession();
    addNumbered(pool, 400);
    const shards = [];
    for (const digit of '0123456789abcdef') shards.push(...(await listAll(`sub ^= "${digit}"`)));
    expect(shards).toHaveLength(400);
    expect(new Set(shards.map((user) => user.Username)).size).toBe(400);
  });
});

describe('lagging listings', () => {
  it('show writes late, in order, while the calls themselves are consistent', async () => {
    const { sdk, poolId, pool, listAll, advance } = await sdkSession({ lagMs: 30_000 });
    pool.addUser({ username: 'old', attributes: [['name', 'before']] });
    await sdk.adminCreateUser({ UserPoolId: poolId, Username: 'new', MessageAction: 'SUPPRESS' });
    await sdk.adminUpdateUserAttributes({
      UserPoolId: poolId,
      Username: 'old',
      UserAttributes: attributes({ name: 'after' }),
    });

    expect((await listAll()).map((user) => [user.Username, attribute(user, 'name')])).toEqual([['old', 'before']]);
    expect(
      attribute(
        { Attributes: (await sdk.adminGetUser({ UserPoolId: poolId, Username: 'old' })).UserAttributes },
        'name',
      ),
    ).toBe('after');
    await expect(sdk.adminCreateUser({ UserPoolId: poolId, Username: 'new' })).rejects.toMatchObject({
      name: 'UsernameExistsException',
    });
    advance(30_001);
    expect((await listAll()).map((user) => user.Username).toSorted()).toEqual(['new', 'old']);
    expect((await listAll('name = "after"')).map((user) => user.Username)).toEqual(['old']);
  });

  it('show a deleted user and a removed membership for a while', async () => {
    const { sdk, poolId, pool, listAll, advance } = await sdkSession({ lagMs: 30_000 });
    pool.addGroup({ name: 'g' });
    for (const username of ['a', 'b', 'c']) pool.addUser({ username, groups: username === 'c' ? [] : ['g'] });
    const members = async () =>
      (await sdk.listUsersInGroup({ UserPoolId: poolId, GroupName: 'g' })).Users?.map(
        (user) => user.Username,
      ).toSorted();
    await sdk.adminDeleteUser({ UserPoolId: poolId, Username: 'a' });
    await sdk.adminRemoveUserFromGroup({ UserPoolId: poolId, GroupName: 'g', Username: 'b' });
    await sdk.adminAddUserToGroup({ UserPoolId: poolId, GroupName: 'g', Username: 'c' });

    expect(await listAll()).toHaveLength(3);
    expect(await members()).toEqual(['a', 'b']);
    expect(pool.size).toBe(2);
    advance(30_001);
    expect((await listAll()).map((user) => user.Username).toSorted()).toEqual(['b', 'c']);
    expect(await members()).toEqual(['c']);
  });

  it('differ from write to write and settle within the lag', async () => {
    const { sdk, poolId, listAll, advance } = await sdkSession({ lagMs: 30_000 });
    for (let number = 0; number < 20; number++) {
      await sdk.adminCreateUser({ UserPoolId: poolId, Username: `u${number}`, MessageAction: 'SUPPRESS' });
    }
    advance(15_000);
    const halfway = (await listAll()).length;
    expect(halfway).toBeGreaterThan(2);
    expect(halfway).toBeLessThan(18);
    advance(15_001);
    expect(await listAll()).toHaveLength(20);
  });
});
