import type { CognitoGateway, OperationName, Page, RequestOf, ResponseOf } from '../../src/cognito/gateway.ts';
import { BackupError } from '../../src/model/errors.ts';
import type { Group } from '../../src/model/group.ts';
import type { PoolDescription } from '../../src/model/pool.ts';
import type { User } from '../../src/model/user.ts';
import { throwIfInterrupted } from '../../src/runtime/interruption.ts';

/** What answers an operation; `call` counts the calls of that operation from 0. Throw to refuse. */
export type Handlers = {
  [Name in OperationName]?: (request: RequestOf<Name>, call: number) => ResponseOf<Name> | Promise<ResponseOf<Name>>;
};

export interface RecordedCall {
  readonly operation: OperationName;
  readonly request: unknown;
}

export interface ScriptedGateway extends CognitoGateway {
  readonly calls: readonly RecordedCall[];
  /** Replace handlers in the middle of a test. */
  readonly handlers: Handlers;
}

/** A gateway that answers from handlers and remembers what it was asked. */
export function scriptedGateway(
  handlers: Handlers,
  serviceTime: () => Date | undefined = () => undefined,
): ScriptedGateway {
  const calls: RecordedCall[] = [];
  const counts = new Map<OperationName, number>();
  return {
    calls,
    handlers,
    serviceTime,
    upload: async () => undefined,
    async send(operation, request, signal) {
      throwIfInterrupted(signal);
      const call = counts.get(operation) ?? 0;
      counts.set(operation, call + 1);
      calls.push({ operation, request });
      const handler = handlers[operation];
      if (!handler) throw new BackupError('internal', `No handler for ${operation}`);
      await Promise.resolve();
      return handler(request, call);
    },
  };
}

export interface PoolContent {
  readonly pool: PoolDescription;
  /** Their factors are shown to whoever asks for them, and in no listing. */
  readonly users: readonly User[];
  readonly groups?: readonly Group[];
  /** `sub` values by group name; one that names no user is listed as an orphan. */
  readonly members?: ReadonlyMap<string, readonly string[]>;
  readonly pageSize?: number;
  /** Answers an empty page with a token before every page, as Cognito may. */
  readonly emptyPages?: boolean;
}

/** An endpoint that knows nothing of a pool's configuration, as emulators do. */
export const NO_CONFIGURATION: Handlers = Object.fromEntries(
  [
    'GetUserPoolMfaConfig',
    'GetUserPoolSessionConfiguration',
    'GetLogDeliveryConfiguration',
    'DescribeRiskConfiguration',
    'GetUICustomization',
    'ListUserPoolClients',
    'ListResourceServers',
    'ListIdentityProviders',
    'ListTerms',
    'ListUserPoolReplicas',
    'GetWebACLForResource',
    'GetPolicy',
  ].map((operation) => [
    operation,
    () => {
      throw new BackupError('rejected', `The endpoint does not know ${operation}`, { awsName: 'Unsupported' });
    },
  ]),
);

/** Handlers for everything a backup calls. Tokens are offsets in hexadecimal, behind a mark of the request. */
export function poolHandlers(content: PoolContent): Handlers {
  const { pool, users, groups = [], members = new Map<string, readonly string[]>() } = content;
  const listable = users.map(({ factors: _factors, ...user }) => user);
  const bySub = new Map(listable.map((user) => [user.sub, user]));
  return {
    ...NO_CONFIGURATION,
    DescribeUserPool: () => pool,
    ListGroups: ({ nextToken }) => pageOf(groups, 'groups', nextToken, content),
    ListUsers: ({ filter, nextToken }) => {
      const prefix = filter === undefined ? '' : (/^sub \^= "([0-9a-f])"$/.exec(filter)?.[1] ?? 'bad filter');
      const listed = listable.filter(({ sub }) => sub.startsWith(prefix));
      return pageOf(listed, `users-${prefix}`, nextToken, content);
    },
    AdminGetUserAuthFactors: ({ username }) => {
      const user = users.find((one) => one.username === username);
      if (!user) throw new BackupError('rejected', 'No such user', { awsName: 'UserNotFoundException' });
      return user.factors ?? { mfa: [], configured: [] };
    },
    ListUsersInGroup: ({ group, nextToken }) => {
      const listed = (members.get(group) ?? []).map(
        (sub) => bySub.get(sub) ?? { ...listable[0]!, sub, username: 'orphan' },
      );
      return pageOf(listed, `group-${groups.findIndex(({ name }) => name === group)}`, nextToken, content);
    },
  };
}

function pageOf<Item>(
  items: readonly Item[],
  mark: string,
  token: string | undefined,
  content: PoolContent,
): Page<Item> {
  const { pageSize = 60, emptyPages = false } = content;
  const [foundMark, step = '0'] = token === undefined ? [mark] : token.split(':');
  if (foundMark !== mark) throw new BackupError('rejected', 'Foreign token', { awsName: 'InvalidParameterException' });
  const at = Number.parseInt(step, 16);
  const page = emptyPages ? Math.floor(at / 2) : at;
  const isEmpty = emptyPages && at % 2 === 0;
  const slice = isEmpty ? [] : items.slice(page * pageSize, (page + 1) * pageSize);
  const isLast = !isEmpty && (page + 1) * pageSize >= items.length;
  return isLast ? { items: slice } : { items: slice, nextToken: `${mark}:${(at + 1).toString(16)}` };
}
