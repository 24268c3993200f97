/** One combination of the guard matrix: how everything that a guard looks at stands. */
export interface Case {
  readonly verb: Verb;
  /** Whether the pool that is written to is the one that the snapshot was taken of. */
  readonly target: 'other' | 'own-source';
  /** `mirror` also takes a live pool, which is backed up first. */
  readonly source: 'snapshot' | 'pool';
  readonly snapshot: SnapshotKind;
  readonly protectedTag: boolean;
  readonly standbyTag: boolean;
  /** A PreSignUp trigger on the target, and whether `--allow-triggers` says that it may fire. */
  readonly trigger: 'none' | 'fires' | 'allowed';
  /** Whether the target lacks somebody whom the source holds. */
  readonly missing: boolean;
  /**
   * Who is to go: nobody; two whom the source does not hold; the same under `--max-deletes 1`; 101 of them under the default
   * limit; or one whose immutable attribute differs, under `--recreate`.
   */
  readonly goes: 'nobody' | 'extras' | 'over-told' | 'over-default' | 'recreated';
  readonly conflict: boolean;
  readonly says: 'nothing' | 'yes' | 'confirm' | 'confirms-other' | 'dry-run';
  /** Whether anybody can be asked, and what they answer. */
  readonly terminal: 'none' | 'answers-right' | 'answers-wrong';
}

/** `prune` has a matrix of its own beside this one: it writes to a vault and to no pool. */
export type Verb = 'restore' | 'import' | 'clean' | 'mirror';
export type SnapshotKind = 'good' | 'suspect' | 'accepted' | 'empty' | 'damaged';

type Dimensions = { readonly [Name in keyof Case]: readonly Case[Name][] };

export const DIMENSIONS: Dimensions = {
  verb: ['restore', 'import', 'clean', 'mirror'],
  target: ['other', 'own-source'],
  source: ['snapshot', 'pool'],
  snapshot: ['good', 'suspect', 'accepted', 'empty', 'damaged'],
  protectedTag: [false, true],
  standbyTag: [false, true],
  trigger: ['none', 'fires', 'allowed'],
  missing: [true, false],
  goes: ['nobody', 'extras', 'over-told', 'over-default', 'recreated'],
  conflict: [false, true],
  says: ['nothing', 'yes', 'confirm', 'confirms-other', 'dry-run'],
  terminal: ['none', 'answers-right', 'answers-wrong'],
};

interface Impossible {
  readonly why: string;
  readonly when: (one: Case) => boolean;
}

const is =
  (...verbs: readonly Verb[]) =>
  ({ verb }: Case): boolean =>
    verbs.includes(verb);

/** The only place where combinations are left out. */
const IMPOSSIBLE: readonly Impossible[] = [
  {
    why: 'only mirror takes a live pool as source',
    when: ({ verb, source }) => verb !== 'mirror' && source === 'pool',
  },
  {
    why: 'clean and import read no snapshot',
    when: (one) => is('clean', 'import')(one) && (one.snapshot !== 'good' || one.target !== 'other'),
  },
  {
    why: 'clean compares with nothing: nobody is missing, nobody in conflict, nobody created anew',
    when: (one) => is('clean')(one) && (one.missing || one.conflict || one.goes === 'recreated'),
  },
  {
    why: 'only mirror has --max-deletes',
    when: ({ verb, goes }) => verb !== 'mirror' && goes === 'over-told',
  },
  {
    why: 'restore and import never delete, so 101 who are to stay are no more than two',
    when: (one) => is('restore', 'import')(one) && one.goes === 'over-default',
  },
  {
    why: 'a snapshot just taken is neither damaged nor accepted',
    when: ({ source, snapshot }) => source === 'pool' && (snapshot === 'damaged' || snapshot === 'accepted'),
  },
  {
    why: 'an empty snapshot holds nobody who could be in conflict, missing or created anew',
    when: ({ snapshot, conflict, missing, goes }) =>
      snapshot === 'empty' && (conflict || missing || goes === 'recreated'),
  },
  {
    why: 'under the same sub no immutable attribute can change',
    when: ({ target, goes }) => target === 'own-source' && goes === 'recreated',
  },
  {
    why: 'where a flag decides nobody is asked: one who would answer wrongly shows it',
    when: ({ says, terminal }) =>
      terminal === 'answers-right' && ['confirm', 'confirms-other', 'dry-run'].includes(says),
  },
];

export function isPossible(one: Case): boolean {
  return !IMPOSSIBLE.some(({ when }) => when(one));
}
