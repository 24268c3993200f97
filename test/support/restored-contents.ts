import type { PoolContents, UserContents } from './plain-sdk-pool.ts';

/**
 * What is to come back: all but users who never confirmed, identities at providers, and the groups of providers. Every role
 * is of another account there, because the pools' ARNs name none.
 */
export function restorable({ users, groups }: PoolContents, source: string): PoolContents {
  const isOurs = (group: string): boolean => !group.startsWith(`${source}_`);
  const kept = [...users].filter(([, { status }]) => status !== 'UNCONFIRMED');
  const comparable = kept.map(([name, user]): [string, UserContents] => [
    name,
    {
      ...user,
      // Who has a password that nobody knows is confirmed by it.
      status: 'CONFIRMED',
      attributes: attributesAfter(user),
      groups: user.groups.filter(isOurs),
    },
  ]);
  const withoutRole = [...groups].map(([name, fields]): [string, string] => {
    const [description, precedence] = JSON.parse(fields) as unknown[];
    return [name, JSON.stringify([description, precedence, null])];
  });
  return { users: new Map(comparable), groups: new Map(withoutRole.filter(([name]) => isOurs(name))) };
}

function attributesAfter({ attributes }: UserContents): UserContents['attributes'] {
  return attributes.filter(([name]) => name !== 'identities');
}

/** One line a difference. */
export function differences(expected: PoolContents, actual: PoolContents): string[] {
  return [
    ...differencesOf('user', asText(expected.users), asText(actual.users)),
    ...differencesOf('group', expected.groups, actual.groups),
  ];
}

function asText(users: PoolContents['users']): ReadonlyMap<string, string> {
  return new Map([...users].map(([name, user]) => [name, JSON.stringify(user)]));
}

function differencesOf(
  what: string,
  expected: ReadonlyMap<string, string>,
  actual: ReadonlyMap<string, string>,
): string[] {
  const names = new Set([...expected.keys(), ...actual.keys()]);
  return [...names]
    .filter((name) => expected.get(name) !== actual.get(name))
    .map((name) => `${what} ${name}: ${expected.get(name) ?? 'none'} -> ${actual.get(name) ?? 'none'}`);
}
