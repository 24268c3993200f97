import type { Answer, PageTurn } from './scripted-service.ts';

/**
 * What a backup makes of a page:
 *
 * - `whole`: it goes on, asks again, or starts the chain over, and ends with everybody;
 * - `ends`: it takes the page for the last one of its chain;
 * - else the code it stops with, leaving no manifest.
 */
export type Outcome = 'whole' | 'ends' | 'listing-broken' | 'token-expired' | 'unreadable-answer';

export interface PageFault {
  readonly name: string;
  /** How often the page is answered so. */
  readonly times: number;
  readonly outcome: Outcome | ((chain: string) => Outcome);
  /** Where there can be such a page. */
  readonly where?: (turn: PageTurn) => boolean;
  answer(turn: PageTurn): Answer;
}

const ALWAYS = Number.POSITIVE_INFINITY;
/** Attempts at an answer that cannot be read, less one. */
const SOME = 3;

const hasToken = ({ at }: PageTurn): boolean => at > 0;
const isLast = ({ nextToken }: PageTurn): boolean => nextToken === undefined;

/** Pages as Cognito may well answer them. */
const ODD_BUT_FINE: readonly PageFault[] = [
  {
    name: 'a short page',
    times: 1,
    outcome: 'whole',
    where: ({ items }) => items.length > 1,
    answer: ({ items, render, tokenAt, at }) => render(items.slice(0, 1), tokenAt(at + 1)),
  },
  ...[1, 5].map((times) => ({
    name: `${times} empty pages`,
    times,
    outcome: 'whole' as const,
    answer: emptyPage(),
  })),
  {
    name: 'an empty page after the last',
    times: 1,
    outcome: 'whole',
    where: isLast,
    answer: ({ items, render, tokenAt, at }) => render(items, tokenAt(at + items.length)),
  },
  {
    name: 'an item more that is null',
    times: 1,
    outcome: 'whole',
    answer: ({ items, render, nextToken }) => render([null, ...items], nextToken),
  },
  ...[null, ''].map((token) => ({
    name: `the token ${JSON.stringify(token)}`,
    times: 1,
    outcome: 'ends' as const,
    answer: ({ items, render }: PageTurn) => render(items, token),
  })),
];

function emptyPage(): PageFault['answer'] {
  let pages = 0;
  return ({ render, tokenAt, at }) => render([], tokenAt(at, `, empty ${(pages += 1)}`));
}

/** Tokens that lead back to where the listing has been. */
const LOOPS: readonly PageFault[] = [
  ...[1, 2, 3].map((length) => ({
    name: `a loop of ${length} pages`,
    times: ALWAYS,
    outcome: 'listing-broken' as const,
    where: ({ at, pageSize }: PageTurn) => at / pageSize >= length,
    answer: ({ items, render, tokenAt, at, pageSize }: PageTurn) =>
      render(items, tokenAt(at - (length - 1) * pageSize)),
  })),
  {
    name: 'a loop back to the beginning',
    times: ALWAYS,
    outcome: 'listing-broken',
    answer: ({ items, render, tokenAt }) => render(items, tokenAt(0)),
  },
  {
    name: 'a token that comes back once',
    times: 1,
    outcome: 'listing-broken',
    where: hasToken,
    answer: ({ items, render, tokenAt, at }) => render(items, tokenAt(at)),
  },
];

/** The groups are listed before the snapshot is begun: there is no chain that could start over. */
const startsOver = (chain: string): Outcome => (chain === 'groups' ? 'token-expired' : 'whole');

const REFUSED_TOKENS: readonly PageFault[] = ['InvalidParameterException', 'NotAuthorizedException'].flatMap(
  (refusal) =>
    [1, 2, 3].map((times) => ({
      name: `${refusal} for its token, ${times} times`,
      times,
      outcome: times === 3 ? ('token-expired' as const) : startsOver,
      where: hasToken,
      answer: () => ({ refusal }),
    })),
);

const spoiled =
  (spoil: (item: Record<string, unknown>) => unknown): PageFault['answer'] =>
  ({ items, render, nextToken }) =>
    render([...items.slice(0, -1), spoil({ ...items.at(-1) })], nextToken);
const listsUsers = ({ chain }: PageTurn): boolean => chain !== 'groups';

const NO_ANSWERS: readonly (readonly [name: string, answer: PageFault['answer'], where?: PageFault['where']])[] = [
  ['no list', ({ nextToken }) => ({ body: JSON.stringify({ PaginationToken: nextToken, NextToken: nextToken }) })],
  ['a list that is null', ({ render, nextToken }) => render(null, nextToken)],
  ['a list that is text', ({ render, nextToken }) => render('nobody', nextToken)],
  ['a list that is an object', ({ render, nextToken }) => render({ 0: {} }, nextToken)],
  ['a body that is null', () => ({ body: 'null' })],
  ['a body cut off', ({ render, items }) => ({ body: (render(items, 'x') as { body: string }).body.slice(0, -9) })],
  ['a page of HTML', () => ({ body: '<html><body>Please sign in</body></html>' })],
  [
    'a user without sub',
    spoiled((user) => ({ ...user, Attributes: [{ Name: 'email', Value: 'x@example.com' }] })),
    listsUsers,
  ],
  ['a user without attributes', spoiled(({ Attributes: _gone, ...user }) => user), listsUsers],
  ['a user without username', spoiled(({ Username: _gone, ...user }) => user), listsUsers],
  ['a user that is text', spoiled(() => 'ada'), listsUsers],
  ['a user with an empty sub', spoiled((user) => ({ ...user, Attributes: [{ Name: 'sub', Value: '' }] })), listsUsers],
];

/** Answers that are none: how they are read does not depend on the chain. */
export const UNREADABLE: readonly PageFault[] = NO_ANSWERS.flatMap(([name, answer, where]) => {
  const common = { answer, ...(where && { where }) };
  return [
    { name: `${name}, a while`, times: SOME, outcome: 'whole' as const, ...common },
    { name, times: ALWAYS, outcome: 'unreadable-answer' as const, ...common },
  ];
});

const WRONG_USERS: readonly PageFault[] = [
  {
    name: 'a user outside the prefix',
    times: 1,
    outcome: 'listing-broken',
    where: ({ chain }) => chain.startsWith('users '),
    answer: (turn) => spoiled((user) => ({ ...user, Attributes: [{ Name: 'sub', Value: 'zulu' }] }))(turn),
  },
  {
    name: 'an item of the page before once more',
    times: 1,
    outcome: 'listing-broken',
    where: ({ at, chain }) => at > 0 && !chain.startsWith('members'),
    answer: ({ items, render, nextToken }) => render([items[0], ...items], nextToken),
  },
];

/** Answers that can be read. */
export const PAGE_FAULTS: readonly PageFault[] = [...ODD_BUT_FINE, ...LOOPS, ...REFUSED_TOKENS, ...WRONG_USERS];
