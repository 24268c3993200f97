import { Readable } from 'node:stream';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { User } from '../../src/model/user.ts';

/** What the service answers: a body as it stands on the wire, or one of its refusals. */
export type Answer = { readonly body: string } | { readonly refusal: string };

/** One page that is asked for, and what it would be answered with. */
export interface PageTurn {
  /** `users`, `users 0` … `users f`, `groups`, or `members NAME`. */
  readonly chain: string;
  /** How many items of the chain come before this page. */
  readonly at: number;
  readonly pageSize: number;
  readonly items: readonly object[];
  readonly nextToken: string | undefined;
  /** A token for the page that begins there; another mark makes another token for the same page. */
  tokenAt(at: number, mark?: string): string;
  render(items: unknown, nextToken: unknown): Answer;
}

export interface ServiceContent {
  readonly poolId: string;
  readonly users: readonly User[];
  readonly groups: readonly string[];
  /** Users by group. */
  readonly members: ReadonlyMap<string, readonly User[]>;
  readonly pageSize: (chain: string) => number;
}

type Body = Readonly<Record<string, string | undefined>>;

/** An SDK client whose requests never leave the process: Cognito's listings page by page, each page open to `change`. */
export function scriptedService(
  content: ServiceContent,
  change: (turn: PageTurn) => Answer | undefined,
): CognitoIdentityProviderClient {
  const handle = async (request: { readonly headers: Readonly<Record<string, string>>; readonly body?: unknown }) => {
    const operation = request.headers['x-amz-target']!.split('.')[1]!;
    const body = JSON.parse(new TextDecoder().decode(request.body as Uint8Array)) as Body;
    return { response: respond(answerOf(content, { operation, body, change })) };
  };
  return new CognitoIdentityProviderClient({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: { handle } as never,
  });
}

/** A user as the service shows it. */
function wireUser(user: User): Record<string, unknown> {
  const attributes = [['sub', user.sub] as const, ...user.attributes];
  return {
    Username: user.username,
    Attributes: attributes.map(([Name, Value]) => ({ Name, Value })),
    UserCreateDate: Date.parse(user.createdAt) / 1000,
    UserLastModifiedDate: Date.parse(user.modifiedAt) / 1000,
    Enabled: user.enabled,
    UserStatus: user.status,
  };
}

interface Asked {
  readonly operation: string;
  readonly body: Body;
  readonly change: (turn: PageTurn) => Answer | undefined;
}

/** It knows nothing of a pool's configuration. */
function answerOf(content: ServiceContent, asked: Asked): Answer {
  if (asked.operation === 'DescribeUserPool') return describe(content);
  if (!LISTINGS.has(asked.operation)) return { refusal: 'UnknownOperationException' };
  return page(content, asked);
}

const LISTINGS = new Set(['ListUsers', 'ListGroups', 'ListUsersInGroup']);

function page(content: ServiceContent, { operation, body, change }: Asked): Answer {
  const { chain, items, list, tokenField } = chainOf(content, operation, body);
  const token = body[tokenField];
  const at = token === undefined ? 0 : Number.parseInt(token.split(' at ')[1]!, 10);
  const pageSize = content.pageSize(chain);
  const tokenAt = (index: number, mark = ''): string => `${chain} at ${index}${mark}`;
  const next = at + pageSize;
  const turn: PageTurn = {
    chain,
    at,
    pageSize,
    items: items.slice(at, next),
    nextToken: next < items.length ? tokenAt(next) : undefined,
    tokenAt,
    render: (rendered, nextToken) => ({ body: JSON.stringify({ [list]: rendered, [tokenField]: nextToken }) }),
  };
  return change(turn) ?? turn.render(turn.items, turn.nextToken);
}

function chainOf(content: ServiceContent, operation: string, body: Body) {
  switch (operation) {
    case 'ListUsers': {
      const [, digit = ''] = /"(.)"/.exec(body['Filter'] ?? '') ?? [];
      const items = content.users.filter(({ sub }) => sub.startsWith(digit)).map(wireUser);
      return { chain: `users ${digit}`.trim(), items, list: 'Users', tokenField: 'PaginationToken' };
    }
    case 'ListGroups': {
      const items = content.groups.map((GroupName) => ({ GroupName, CreationDate: 1, LastModifiedDate: 2 }));
      return { chain: 'groups', items, list: 'Groups', tokenField: 'NextToken' };
    }
    case 'ListUsersInGroup': {
      const group = body['GroupName']!;
      const items = (content.members.get(group) ?? []).map(wireUser);
      return { chain: `members ${group}`, items, list: 'Users', tokenField: 'NextToken' };
    }
    default:
      throw new Error(`Not scripted: ${operation}`);
  }
}

function describe({ poolId, users }: ServiceContent): Answer {
  const pool = { Id: poolId, Name: 'customers', EstimatedNumberOfUsers: users.length, SchemaAttributes: [] };
  return { body: JSON.stringify({ UserPool: pool }) };
}

function respond(answer: Answer) {
  const headers = { 'content-type': 'application/x-amz-json-1.1', date: 'Sun, 22 Nov 2026 12:00:00 GMT' };
  if ('body' in answer) return { statusCode: 200, headers, body: Readable.from([Buffer.from(answer.body)]) };
  const refusal = JSON.stringify({ __type: answer.refusal, message: 'Refused' });
  return { statusCode: 400, headers, body: Readable.from([Buffer.from(refusal)]) };
}
