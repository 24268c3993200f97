import type { CognitoIdentityProviderClient, UserType } from '@aws-sdk/client-cognito-identity-provider';

/** The answer to ListUsers or ListUsersInGroup, in the SDK's words. */
interface UserList {
  readonly Users: readonly UserType[];
  readonly PaginationToken?: string;
  readonly NextToken?: string;
}

const LISTINGS: ReadonlySet<string | undefined> = new Set(['ListUsersCommand', 'ListUsersInGroupCommand']);

/**
 * Parses successful lists of users with `JSON.parse`, and leaves the SDK an empty document to interpret: its deserialiser
 * walks a schema for every field of every attribute, which costs more than all else that is done for a user. Whatever is
 * not such a list goes to the SDK as it came. docs/decisions/0008-lists-parsed-by-us.md
 */
export function parseUserLists(client: CognitoIdentityProviderClient): void {
  const lists = new WeakMap<object, UserList>();
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      const response = result.response as { statusCode: number; body: unknown };
      if (!LISTINGS.has(context.commandName) || response.statusCode !== 200) return result;
      const bytes = await client.config.streamCollector(response.body);
      const list = userListOf(bytes);
      response.body = list ? EMPTY_DOCUMENT : bytes;
      if (list) lists.set(response, list);
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'parseUserLists' },
  );
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const list = lists.get(result.response as object);
      if (list) Object.assign(result.output as object, list);
      return result;
    },
    { step: 'deserialize', priority: 'high', name: 'handOverUserLists' },
  );
}

const EMPTY_DOCUMENT = new TextEncoder().encode('{}');

function userListOf(bytes: Uint8Array): UserList | undefined {
  const answer = parsed(bytes);
  if (!isObject(answer) || !Array.isArray(answer['Users']) || !answer['Users'].every(isObject)) return undefined;
  const { PaginationToken: token, NextToken: next } = answer;
  return {
    Users: answer['Users'].map(withDates),
    ...(typeof token === 'string' && { PaginationToken: token }),
    ...(typeof next === 'string' && { NextToken: next }),
  };
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
  } catch {
    return undefined;
  }
}

function withDates(user: Readonly<Record<string, unknown>>): UserType {
  return Object.assign(user, {
    UserCreateDate: toDate(user['UserCreateDate']),
    UserLastModifiedDate: toDate(user['UserLastModifiedDate']),
  });
}

/** AWS JSON 1.1 writes seconds with a fraction; emulators have been seen to write dates as text. */
function toDate(value: unknown): Date | undefined {
  if (typeof value === 'number') return new Date(Math.round(value * 1_000));
  return typeof value === 'string' ? new Date(value) : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
