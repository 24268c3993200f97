import { parseFilter, type UserFilter } from '../filter.ts';
import type { PoolState } from '../pool-state.ts';
import { NAME_RULE } from '../request-reader.ts';
import { invalidParameter } from '../service-error.ts';
import type { Position } from '../sorted-users.ts';
import { attributeOf, renderUser, type UserState, type UserView } from '../user-state.ts';
import { groupOf, listToken, pageLimit, poolOf, type Context, type Operation } from './context.ts';

/** Page size where the request names none. [C] COGNITO-FACTS §1. */
const DEFAULT_LIMIT = 25;
/** Users looked at for one page at most: a filter that few match gives short and empty pages. */
const MOST_SCANNED = 20_000;
const BEGINNING: Position = { order: -1, sub: '' };

export const listingOperations: Readonly<Record<string, Operation>> = {
  ListUsers: (context) => {
    const pool = poolOf(context);
    const { request } = context;
    const filterText = request.optionalText('Filter');
    const filter = parseFilter(filterText);
    const only = request.texts('AttributesToGet');
    const limit = pageLimit(request, 'Limit', DEFAULT_LIMIT);
    const scope = ['ListUsers', pool.id, filterText ?? '', request.body['Limit'] ?? null, only ?? null];
    const page = nextPage(context, { scope, limit, token: listToken(request, 'PaginationToken') }, (position) =>
      candidates(pool, filter, position),
    );
    return {
      Users: page.views.map((view) => renderUser(only ? projected(view, only) : view)),
      ...(page.token === undefined ? {} : { PaginationToken: page.token }),
    };
  },

  ListUsersInGroup: (context) => {
    const pool = poolOf(context);
    const { request } = context;
    request.text('GroupName', NAME_RULE);
    const limit = pageLimit(request, 'Limit', DEFAULT_LIMIT);
    const group = groupOf(pool, request);
    const scope = ['ListUsersInGroup', pool.id, group.name, request.body['Limit'] ?? null];
    const page = nextPage(context, { scope, limit, token: listToken(request, 'NextToken') }, function* (position) {
      for (const user of group.shownAfter(position)) yield [user, pool.shown(user)];
    });
    return {
      Users: page.views.map((view) => renderUser(view)),
      ...(page.token === undefined ? {} : { NextToken: page.token }),
    };
  },
};

/** An attribute that one listed user lacks fails the whole call. [D] COGNITO-FACTS §1. */
function projected(view: UserView, names: readonly string[]): UserView {
  const attributes = names.flatMap((name) => {
    if (name === 'sub') return [];
    const value = attributeOf(view, name);
    if (value === undefined) throw invalidParameter('One or more requested attributes do not exist in user pool.');
    return [name, value];
  });
  return { ...view, attributes };
}

type Candidates = Iterable<readonly [user: UserState, view: UserView | undefined]>;

interface PageRequest {
  readonly scope: readonly unknown[];
  readonly limit: number;
  readonly token: string | undefined;
}

interface UserPage {
  readonly views: readonly UserView[];
  readonly token?: string;
}

function nextPage(
  { account }: Context,
  { scope, limit, token }: PageRequest,
  from: (position: Position | undefined) => Candidates,
): UserPage {
  const position = token === undefined ? undefined : parsePosition(account.tokens.open(scope, token));
  const wanted = account.pageJitter ? jittered(limit, account.random.fraction()) : limit;
  const { views, end } = take(from(position), wanted, position ?? BEGINNING);
  if (end === undefined) return { views };
  return { views, token: account.tokens.seal(scope, [end.order, end.sub]) };
}

/** One page in ten is empty, one in four short, when asked for. [D, C] COGNITO-FACTS §1. */
function jittered(limit: number, chance: number): number {
  if (chance < 0.1) return 0;
  return chance < 0.35 ? Math.max(1, Math.floor((limit * (chance - 0.1)) / 0.25)) : limit;
}

/** The views shown of up to `limit` users, and where to go on; no `end` when nobody is left. */
function take(source: Candidates, limit: number, start: Position): { views: UserView[]; end?: Position } {
  const views: UserView[] = [];
  let end = start;
  let scanned = 0;
  for (const [user, view] of source) {
    if (++scanned > MOST_SCANNED || (view && views.length === limit)) return { views, end };
    if (view) views.push(view);
    end = user;
  }
  return { views };
}

function* candidates(pool: PoolState, filter: UserFilter | undefined, position: Position | undefined): Candidates {
  const only = exactUser(pool, filter);
  if (only !== undefined) {
    if (only && !position && filter?.matches(only)) yield [only, only];
    return;
  }
  const subPrefix = filter?.attribute === 'sub' ? filter.value : '';
  for (const [user, view] of pool.shownAfter(position, subPrefix)) {
    yield [user, view && (!filter || filter.matches(view)) ? view : undefined];
  }
}

/** A shortcut for `sub = "…"` and `username = "…"`; `undefined` where the whole listing has to be read. */
function exactUser(pool: PoolState, filter: UserFilter | undefined): UserState | null | undefined {
  if (filter?.operator !== '=' || pool.lags) return undefined;
  if (filter.attribute === 'sub') return pool.directory.bySub(filter.value) ?? null;
  if (filter.attribute === 'username') return pool.directory.byUsername(filter.value) ?? null;
  return undefined;
}

function parsePosition([order, sub]: readonly unknown[]): Position {
  if (typeof order !== 'number' || typeof sub !== 'string') throw invalidParameter('Invalid pagination token.');
  return { order, sub };
}
