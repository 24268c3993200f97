import { describe, expect, it } from 'vitest';
import { attribute, attributes, sdkSession } from './testing/sdk-session.ts';

const SCHEMA = [
  { Name: 'tier', AttributeDataType: 'String', StringAttributeConstraints: { MinLength: '2', MaxLength: '5' } },
  { Name: 'age', AttributeDataType: 'Number', NumberAttributeConstraints: { MinValue: '0', MaxValue: '150' } },
  { Name: 'born', AttributeDataType: 'String', Mutable: false },
  { Name: 'active', AttributeDataType: 'Boolean' },
] as const;

describe('attributes of a new user', () => {
  it.each([
    [{ 'custom:unknown': 'x' }, /Attribute does not exist in the schema/],
    [{ nosuch: 'x' }, /Attribute does not exist in the schema/],
    [{ 'custom:tier': 'x' }, /at least 2/],
    [{ 'custom:tier': 'xxxxxx' }, /no longer than 5/],
    [{ 'custom:age': '151' }, /less than or equal to 150/],
    [{ 'custom:age': 'old' }, /number/],
    [{ 'custom:active': 'yes' }, /boolean/],
    [{ name: 'x'.repeat(2049) }, /less than or equal to 2048/],
    [{ ['x'.repeat(33)]: 'x' }, /less than or equal to 32/],
    [{ birthdate: '2000-1-1' }, /at least 10/],
    [{ sub: '00000000-0000-4000-8000-000000000000' }, /cannot be updated/],
    [{ identities: '[]' }, /cannot be updated/],
    [{ email: 'no-address' }, /email address format/],
    [{ phone_number: '0123' }, /phone number format/],
    [{ email_verified: 'true' }, /email is required/],
    [{ email: 'a@example.com', email_verified: 'perhaps' }, /boolean/],
  ])('%j is refused', async (values, message) => {
    const { sdk, poolId } = await sdkSession({ pool: { Schema: SCHEMA } });
    const request = {
      UserPoolId: poolId,
      Username: 'a',
      MessageAction: 'SUPPRESS',
      UserAttributes: attributes(values),
    } as const;
    await expect(sdk.adminCreateUser(request)).rejects.toMatchObject({ name: 'InvalidParameterException', message });
  });

  it('of every kind are kept byte for byte', async () => {
    const { sdk, poolId, pool } = await sdkSession({ pool: { Schema: SCHEMA } });
    const values = {
      name: 'é e\u0301 😀 \u202Ertl "quoted", \\back\nslash'.padEnd(2048, 'x'),
      'custom:tier': 'gold',
      'custom:age': '150',
      'custom:born': 'here',
      'custom:active': 'true',
      email: 'a@example.com',
      email_verified: 'True',
    };
    await sdk.adminCreateUser({
      UserPoolId: poolId,
      Username: '__proto__',
      MessageAction: 'SUPPRESS',
      UserAttributes: attributes(values),
    });
    expect(pool.user('__proto__')?.attributes).toEqual(Object.entries({ ...values, email_verified: 'true' }));
  });

  it.each(['has space', 'tab\there', '', 'x'.repeat(129)])('the username %j is refused', async (Username) => {
    const { sdk, poolId } = await sdkSession();
    await expect(sdk.adminCreateUser({ UserPoolId: poolId, Username })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });
});

describe('changed attributes', () => {
  it('immutable ones refuse, a blank value deletes, the rest is stamped', async () => {
    const { sdk, poolId, pool, advance, now } = await sdkSession({ pool: { Schema: SCHEMA } });
    pool.addUser({
      username: 'a',
      attributes: [
        ['custom:born', 'here'],
        ['name', 'A'],
        ['nickname', 'n'],
      ],
    });
    const update = (values: Record<string, string>) =>
      sdk.adminUpdateUserAttributes({ UserPoolId: poolId, Username: 'a', UserAttributes: attributes(values) });
    advance(5000);

    await expect(update({ 'custom:born': 'there' })).rejects.toThrow('user.custom:born: Attribute cannot be updated.');
    await expect(update({ sub: 'x' })).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(update({ identities: '[]' })).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(update({ 'custom:gone': 'x' })).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await update({ name: '', 'custom:tier': 'gold' });
    await sdk.adminDeleteUserAttributes({ UserPoolId: poolId, Username: 'a', UserAttributeNames: ['nickname'] });

    expect(pool.user('a')).toMatchObject({
      attributes: [
        ['custom:born', 'here'],
        ['custom:tier', 'gold'],
      ],
      modifiedAt: now(),
      createdAt: now() - 5000,
    });
  });

  it('required ones cannot be deleted', async () => {
    const { sdk, poolId, pool } = await sdkSession({ pool: { Schema: [{ Name: 'name', Required: true }] } });
    pool.addUser({ username: 'a', attributes: [['name', 'A']] });
    const request = { UserPoolId: poolId, Username: 'a', UserAttributeNames: ['name'] };
    await expect(sdk.adminDeleteUserAttributes(request)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it("required ones are asked of SignUp, and of an administrator's user at the first sign-in", async () => {
    const { sdk, poolId, clientId, pool } = await sdkSession({ pool: { Schema: [{ Name: 'name', Required: true }] } });
    const ClientId = await clientId();
    await expect(sdk.signUp({ ClientId, Username: 's', Password: 'Passw0rd!' })).rejects.toThrow(
      'name: The attribute is required',
    );
    await sdk.adminCreateUser({
      UserPoolId: poolId,
      Username: 'a',
      TemporaryPassword: 'Temp0rary!',
      MessageAction: 'SUPPRESS',
    });
    const first = await sdk.initiateAuth({
      ClientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: 'a', PASSWORD: 'Temp0rary!' },
    });
    expect(first.ChallengeParameters?.['requiredAttributes']).toBe('["userAttributes.name"]');
    const answer = { ClientId, ChallengeName: 'NEW_PASSWORD_REQUIRED', Session: first.Session } as const;
    const responses = { USERNAME: 'a', NEW_PASSWORD: 'Passw0rd!' };
    await expect(sdk.respondToAuthChallenge({ ...answer, ChallengeResponses: responses })).rejects.toThrow(
      'name is missing',
    );
    await sdk.respondToAuthChallenge({ ...answer, ChallengeResponses: { ...responses, 'userAttributes.name': 'A' } });
    expect(pool.user('a')).toMatchObject({ status: 'CONFIRMED', attributes: [['name', 'A']] });
  });
});

describe('custom attributes', () => {
  it('are added 25 at once and 50 in all, and never required', async () => {
    const { sdk, poolId } = await sdkSession();
    const add = (names: readonly string[], extra = {}) =>
      sdk.addCustomAttributes({
        UserPoolId: poolId,
        CustomAttributes: names.map((Name) => ({ Name, AttributeDataType: 'String' as const, ...extra })),
      });
    const names = (from: number, count: number) => Array.from({ length: count }, (_, index) => `a${from + index}`);
    const refused = { name: 'InvalidParameterException' };

    await expect(add(names(0, 26))).rejects.toMatchObject(refused);
    await add(names(0, 25));
    await expect(add(['a3'])).rejects.toMatchObject(refused);
    await expect(add(['x'.repeat(21)])).rejects.toMatchObject(refused);
    await expect(add(['req'], { Required: true })).rejects.toMatchObject(refused);
    await add(names(25, 25));
    await expect(add(['one-more'])).rejects.toMatchObject(refused);

    const { UserPool } = await sdk.describeUserPool({ UserPoolId: poolId });
    const custom = UserPool?.SchemaAttributes?.filter((candidate) => candidate.Name?.startsWith('custom:'));
    expect(custom).toHaveLength(50);
    await sdk.adminCreateUser({
      UserPoolId: poolId,
      Username: 'u',
      MessageAction: 'SUPPRESS',
      UserAttributes: attributes({ 'custom:a49': 'v' }),
    });
    const user = await sdk.adminGetUser({ UserPoolId: poolId, Username: 'u' });
    expect(attribute({ Attributes: user.UserAttributes }, 'custom:a49')).toBe('v');
  });
});
