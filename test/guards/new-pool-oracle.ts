import type { Refusal } from './refusal.ts';

/** One combination for `restore --new-pool`: everything that may keep a pool from being made. */
export interface NewPoolCase {
  readonly snapshot: 'good' | 'suspect' | 'empty' | 'damaged' | 'unconfigured' | 'sealed' | 'without-key';
  /** A trigger of the snapshot's pool: of its own account, of another, or of another that is mapped. */
  readonly arns: 'own' | 'foreign' | 'mapped';
  /** The prefix that the snapshot's pool had: free again, still taken, or the new pool is told what to take instead. */
  readonly domain: 'free' | 'taken' | 'replaced' | 'left-out';
  /** A pool that has the name: nobody's, a stranger, or one that the same command has begun or completed. */
  readonly name: 'free' | 'taken' | 'begun' | 'complete';
  /** What else is given; the identity provider's secret is in no snapshot here. */
  readonly files: 'none' | 'secrets' | 'malformed-secrets' | 'env' | 'strange-env';
  readonly says: 'nothing' | 'yes' | 'dry-run' | 'confirm' | 'other-target-too';
  readonly terminal: 'none' | 'answers-right' | 'answers-wrong';
}

export const NEW_POOL_DIMENSIONS: { readonly [Name in keyof NewPoolCase]: readonly NewPoolCase[Name][] } = {
  snapshot: ['good', 'suspect', 'empty', 'damaged', 'unconfigured', 'sealed', 'without-key'],
  arns: ['own', 'foreign', 'mapped'],
  domain: ['free', 'taken', 'replaced', 'left-out'],
  name: ['free', 'taken', 'begun', 'complete'],
  files: ['none', 'secrets', 'malformed-secrets', 'env', 'strange-env'],
  says: ['nothing', 'yes', 'dry-run', 'confirm', 'other-target-too'],
  terminal: ['none', 'answers-right', 'answers-wrong'],
};

/** What would have had to be done before was never possible. */
export function isPossible(one: NewPoolCase): boolean {
  const earlier: NewPoolCase = { ...one, name: 'free', says: 'yes' };
  return one.name !== 'complete' || refusalOf(earlier) === undefined;
}

/** The table of docs/CLI.md, "What refuses a new pool", row by row: the first that applies decides. */
export const NEW_POOL_REFUSALS: readonly Refusal<NewPoolCase>[] = [
  {
    name: '--pool together with --new-pool',
    when: ({ says }) => says === 'other-target-too',
    exitCode: 2,
    code: 'usage',
    message: /^Name one target: a pool that is there, or a new one$/,
  },
  {
    name: 'what belongs to a pool that is there',
    when: ({ says }) => says === 'confirm',
    exitCode: 2,
    code: 'usage',
    message: /^--confirm goes with --pool ID alone$/,
  },
  {
    name: 'no key opens the snapshot',
    when: ({ snapshot }) => snapshot === 'without-key',
    exitCode: 5,
    code: 'key-missing',
    message: /encrypted/,
  },
  {
    name: 'a damaged snapshot',
    when: ({ snapshot }) => snapshot === 'damaged',
    exitCode: 5,
    code: 'damaged',
    message: /^Snapshot \S+ is damaged: /,
  },
  {
    name: 'another file where the env file goes',
    // A dry run writes none.
    when: ({ files, says }) => files === 'strange-env' && says !== 'dry-run',
    exitCode: 2,
    code: 'usage',
    message: /^Cannot write the env file "\S+": it exists already$/,
  },
  {
    name: 'a file of secrets that is none',
    when: ({ files }) => files === 'malformed-secrets',
    exitCode: 2,
    code: 'bad-input',
    message: /^Not a file of provider secrets: /,
  },
  {
    name: 'a snapshot without configuration',
    when: ({ snapshot }) => snapshot === 'unconfigured',
    exitCode: 2,
    code: 'refused',
    message: /^Refused: snapshot \S+ holds no configuration of its pool$/,
  },
  {
    name: 'the name of another pool',
    when: ({ name }) => name === 'taken',
    exitCode: 2,
    code: 'refused',
    message: /^Refused to make a second pool "\S+": \S+ has that name$/,
  },
  {
    name: 'ARNs of elsewhere',
    when: ({ arns }) => arns === 'foreign',
    exitCode: 2,
    code: 'refused',
    message:
      /^Refused: the new pool would be in account 123456789012, eu-central-1, and refer to what is elsewhere: arn:aws:lambda:\S+ \(pool LambdaConfig\.PreSignUp\)$/,
  },
  {
    name: 'a domain that another pool has',
    when: ({ domain }) => domain === 'taken',
    exitCode: 2,
    code: 'refused',
    message: /^Refused: the domain "\S+" belongs to pool \S+$/,
  },
  {
    name: 'not confirmed, and nobody to ask',
    when: (one) => isUnconfirmed(one) && one.terminal === 'none',
    exitCode: 2,
    code: 'refused',
    message: /^Not confirmed for \S+: nobody can be asked here, and nothing was changed$/,
  },
  {
    name: 'not confirmed by whoever was asked',
    when: (one) => isUnconfirmed(one) && one.terminal === 'answers-wrong',
    exitCode: 2,
    code: 'refused',
    message: /^Not confirmed, nothing was changed$/,
  },
];

export function refusalOf(one: NewPoolCase): Refusal<NewPoolCase> | undefined {
  return NEW_POOL_REFUSALS.find(({ when }) => when(one));
}

/** A pool that is complete is found, and nothing is left to be asked about. */
function isUnconfirmed({ says, name }: NewPoolCase): boolean {
  return says === 'nothing' && name !== 'complete';
}

/** How often the question is put. */
export function questionsOf(one: NewPoolCase): number {
  const by = refusalOf(one);
  const isReached = by === undefined || by.name === 'not confirmed by whoever was asked';
  return isReached && isUnconfirmed(one) && one.terminal !== 'none' ? 1 : 0;
}

/** Whether a run looks for the pool under the lease of the snapshot's. */
export function takesLease(one: NewPoolCase): boolean {
  if (one.says === 'dry-run') return false;
  const by = refusalOf(one);
  const first = NEW_POOL_REFUSALS.findIndex(({ name }) => name === 'the name of another pool');
  return by === undefined || NEW_POOL_REFUSALS.indexOf(by) >= first;
}

export function newPoolEndOf(one: NewPoolCase): string {
  return refusalOf(one)?.name ?? [one.says === 'dry-run' ? 'told' : 'done', one.name].join();
}
