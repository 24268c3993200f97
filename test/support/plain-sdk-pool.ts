import type {
  AttributeType,
  CognitoIdentityProvider,
  CreateUserPoolCommandInput,
} from '@aws-sdk/client-cognito-identity-provider';
import type { SeedGroup, SeedUser } from '../../src/simulator/pool-config.ts';
import { seedForPool, type PoolSeed } from '../../src/simulator/seeds/pool-seed.ts';

/** What stands in a pool, read and compared without any code of the tool. */
export interface PoolContents {
  readonly users: ReadonlyMap<string, UserContents>;
  /** Name to `[description, precedence, role]` as JSON. */
  readonly groups: ReadonlyMap<string, string>;
}

export interface UserContents {
  readonly status: string;
  readonly enabled: boolean;
  /** By name, without `sub`. */
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly groups: readonly string[];
}

export interface PlantedPool {
  readonly poolId: string;
  /** Users and groups that the service did not take, with its reason. */
  readonly refused: { readonly users: ReadonlyMap<string, string>; readonly groups: ReadonlyMap<string, string> };
}

const SEED_PASSWORD = 'Seeded-Passw0rd-1';

/** Creates a pool like the seed's, empty. */
export async function createPoolLike(sdk: CognitoIdentityProvider, seed: PoolSeed): Promise<string> {
  const config: unknown = { PoolName: 'unnamed', ...seed.config };
  const { UserPool } = await sdk.createUserPool(config as CreateUserPoolCommandInput);
  return UserPool?.Id ?? '';
}

/** Creates the seed's pool, its groups and users by the operations that an administrator and an application have. */
export async function plantThroughSdk(sdk: CognitoIdentityProvider, seed: PoolSeed): Promise<PlantedPool> {
  const poolId = await createPoolLike(sdk, seed);
  const { groups, users } = seedForPool(seed, poolId);
  const planter = { sdk, poolId, clientId: await createClient(sdk, poolId) };
  const refusedGroups = await plantAll(
    groups,
    ({ name }) => name,
    (group) => plantGroup(planter, group),
  );
  for (const name of await unlisted(planter, groups)) refusedGroups.set(name, 'taken, but never listed');
  const refusedUsers = await plantAll(
    users,
    ({ username }) => username ?? '',
    (user) => plantUser(planter, user, refusedGroups),
  );
  return { poolId, refused: { users: refusedUsers, groups: refusedGroups } };
}

interface Planter {
  readonly sdk: CognitoIdentityProvider;
  readonly poolId: string;
  readonly clientId: string;
}

async function createClient(sdk: CognitoIdentityProvider, poolId: string): Promise<string> {
  const { UserPoolClient } = await sdk.createUserPoolClient({ UserPoolId: poolId, ClientName: 'seed' });
  return UserPoolClient?.ClientId ?? '';
}

async function plantAll<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  plant: (item: Item) => Promise<void>,
): Promise<Map<string, string>> {
  const refused = new Map<string, string>();
  for (const item of items) {
    try {
      await plant(item);
    } catch (error) {
      refused.set(nameOf(item), (error as Error).name === 'Error' ? (error as Error).message : (error as Error).name);
    }
  }
  return refused;
}

async function plantGroup({ sdk, poolId }: Planter, group: SeedGroup): Promise<void> {
  await sdk.createGroup({
    UserPoolId: poolId,
    GroupName: group.name,
    Description: group.description,
    Precedence: group.precedence,
    RoleArn: group.roleArn,
  });
}

async function unlisted({ sdk, poolId }: Planter, groups: readonly SeedGroup[]): Promise<string[]> {
  const listed = new Set((await listGroups(sdk, poolId)).map(([name]) => name));
  return groups.map(({ name }) => name).filter((name) => !listed.has(name));
}

async function plantUser(planter: Planter, user: SeedUser, refusedGroups: ReadonlyMap<string, string>): Promise<void> {
  const { sdk, poolId } = planter;
  await createUser(planter, user);
  const key = { UserPoolId: poolId, Username: user.username };
  if (user.enabled === false) await sdk.adminDisableUser(key);
  for (const GroupName of user.groups ?? []) {
    if (!refusedGroups.has(GroupName)) await sdk.adminAddUserToGroup({ ...key, GroupName });
  }
}

async function createUser({ sdk, poolId, clientId }: Planter, user: SeedUser): Promise<void> {
  const { username, status = 'CONFIRMED' } = user;
  const key = { UserPoolId: poolId, Username: username };
  const UserAttributes = (user.attributes ?? []).map(([Name, Value]): AttributeType => ({ Name, Value }));
  switch (status) {
    case 'UNCONFIRMED':
      await sdk.signUp({ ClientId: clientId, Username: username, Password: SEED_PASSWORD, UserAttributes });
      return;
    case 'CONFIRMED':
    case 'FORCE_CHANGE_PASSWORD':
      await sdk.adminCreateUser({ ...key, UserAttributes, MessageAction: 'SUPPRESS' });
      if (status === 'FORCE_CHANGE_PASSWORD') return;
      await sdk.adminSetUserPassword({ ...key, Password: user.password ?? SEED_PASSWORD, Permanent: true });
      return;
    default:
      throw new Error(`no operation brings about ${status}`);
  }
}

export async function readThroughSdk(sdk: CognitoIdentityProvider, poolId: string): Promise<PoolContents> {
  const groups = await listGroups(sdk, poolId);
  const groupsOf = new Map<string, string[]>();
  for (const [group] of groups) {
    const members = await pages((NextToken) =>
      sdk.listUsersInGroup({ UserPoolId: poolId, GroupName: group, Limit: 60, NextToken }),
    );
    for (const { Username = '' } of members.flatMap(({ Users }) => Users ?? [])) {
      groupsOf.set(Username, [...(groupsOf.get(Username) ?? []), group]);
    }
  }
  const answers = await pages((PaginationToken) => sdk.listUsers({ UserPoolId: poolId, Limit: 60, PaginationToken }));
  const users = answers.flatMap(({ Users }) => Users ?? []);
  const contents = users.map(({ Username = '', UserStatus = '', Enabled = true, Attributes = [] }) => {
    const attributes = Attributes.map(({ Name = '', Value = '' }) => [Name, Value] as const)
      .filter(([name]) => name !== 'sub')
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const user = { status: UserStatus, enabled: Enabled, attributes, groups: (groupsOf.get(Username) ?? []).sort() };
    return [Username, user] as const;
  });
  return { users: new Map(contents), groups: new Map(groups) };
}

async function listGroups(sdk: CognitoIdentityProvider, poolId: string): Promise<[name: string, fields: string][]> {
  const answers = await pages((NextToken) => sdk.listGroups({ UserPoolId: poolId, Limit: 60, NextToken }));
  return answers
    .flatMap(({ Groups }) => Groups ?? [])
    .map(({ GroupName = '', Description, Precedence, RoleArn }) => [
      GroupName,
      JSON.stringify([Description ?? null, Precedence ?? null, RoleArn ?? null]),
    ]);
}

async function pages<Page extends { NextToken?: string | undefined; PaginationToken?: string | undefined }>(
  ask: (token: string | undefined) => Promise<Page>,
): Promise<Page[]> {
  const all: Page[] = [];
  let token: string | undefined;
  do {
    const page = await ask(token);
    all.push(page);
    token = page.NextToken ?? page.PaginationToken;
  } while (token !== undefined);
  return all;
}
