import { randomUUID } from 'node:crypto';
import type { CognitoIdentityProvider, CreateUserPoolCommandInput } from '@aws-sdk/client-cognito-identity-provider';
import { onTestFinished, vi, type TestContext } from 'vitest';
import type { CognitoGateway } from '../../../src/cognito/gateway.ts';
import { listAll, listPages, type ItemOf, type ListingOperation, type PageOf } from '../../../src/cognito/listing.ts';
import type { RequestOf } from '../../../src/cognito/gateway.ts';
import { BackupError } from '../../../src/model/errors.ts';
import { parsePoolId, type PoolId } from '../../../src/model/ids.ts';
import type { Attribute, User } from '../../../src/model/user.ts';
import type { Runtime } from '../../../src/runtime/runtime.ts';

/** Something that speaks Cognito, with the tool's gateway and the plain SDK pointed at it. */
export interface CognitoUnderTest {
  readonly region: string;
  readonly gateway: CognitoGateway;
  /** One attempt a call. */
  readonly sdk: CognitoIdentityProvider;
  /** How long listings may lag behind writes. */
  readonly lagMs: number;
  /** For import jobs; where their states are waited for. */
  readonly importRole?: string;
  readonly runtime: Runtime;
  /** E-mails and text messages so far, where the service counts them. */
  readonly messagesSent?: () => number;
  readonly close: () => Promise<void>;
}

/** What one case of the contract works with. */
export interface Bed extends CognitoUnderTest {
  readonly send: CognitoGateway['send'];
  /** A pool of this case alone. */
  newPool(config?: Omit<CreateUserPoolCommandInput, 'PoolName'>): Promise<PoolId>;
  /** Repeats a check of listings until it holds or the service's lag is over. */
  eventually<T>(check: () => Promise<T>): Promise<T>;
  /** Ends the case as skipped, with the reason. */
  skip(reason: string): never;
}

export type Case = (bed: Bed) => Promise<void>;
export type Cases<Name extends string> = { readonly [name in Name]: Case };

export const PASSWORD = 'Correct-Horse-1';
export const OTHER_PASSWORD = 'Battery-Staple-2';

export function prepareBed(service: CognitoUnderTest, context: TestContext): Bed {
  const { gateway, sdk, lagMs } = service;
  return {
    ...service,
    send: gateway.send.bind(gateway),
    newPool: async (config = {}) => {
      const name = `cognito-backup-contract-${randomUUID()}`;
      const { UserPool } = await sdk.createUserPool({ PoolName: name, ...config });
      const id = UserPool?.Id ?? '';
      onTestFinished(async () => void (await sdk.deleteUserPool({ UserPoolId: id })));
      return parsePoolId(id);
    },
    eventually: (check) => (lagMs === 0 ? check() : vi.waitFor(check, { timeout: lagMs + 1_000, interval: 100 })),
    skip: (reason) => context.skip(reason),
  };
}

/** `done`, or how it was refused: Cognito's exception name, else the error's code. */
export async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (error instanceof BackupError) return error.code === 'rejected' ? (error.awsName ?? 'rejected') : error.code;
    return (error as Error).name;
  }
}

export function pagesOf<Name extends ListingOperation>(
  { gateway }: Bed,
  operation: Name,
  request: RequestOf<Name>,
): Promise<PageOf<Name>[]> {
  return collect(listPages(gateway, operation, request));
}

export function itemsOf<Name extends ListingOperation>(
  { gateway }: Bed,
  operation: Name,
  request: RequestOf<Name>,
): Promise<ItemOf<Name>[]> {
  return collect(listAll(gateway, operation, request));
}

export async function usernamesOf(bed: Bed, poolId: PoolId, filter?: string): Promise<string[]> {
  const users = await itemsOf(bed, 'ListUsers', { poolId, ...(filter !== undefined && { filter }) });
  return users.map(({ username }) => username).sort();
}

/** The one user of that name, as listed: the only way in which the tool looks at users. */
export async function userOf(bed: Bed, poolId: PoolId, username: string): Promise<User | undefined> {
  const users = await itemsOf(bed, 'ListUsers', { poolId });
  return users.find((user) => user.username === username);
}

export function createUser(
  bed: Bed,
  poolId: PoolId,
  username: string,
  attributes: readonly Attribute[] = [],
): Promise<User> {
  return bed.send('AdminCreateUser', { poolId, username, attributes });
}

export async function createConfirmedUser(
  bed: Bed,
  poolId: PoolId,
  username: string,
  attributes: readonly Attribute[] = [],
): Promise<User> {
  const user = await createUser(bed, poolId, username, attributes);
  await bed.send('AdminSetUserPassword', { poolId, username: user.username, password: PASSWORD, permanent: true });
  return user;
}

export function sorted(attributes: readonly Attribute[] | undefined): Attribute[] {
  return [...(attributes ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
}

export function verifiedEmail(address: string): Attribute[] {
  return [
    ['email', address],
    ['email_verified', 'true'],
  ];
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
