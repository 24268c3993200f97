import type { Case } from './dimensions.ts';
import type { Refusal } from './refusal.ts';

/** The table "What refuses what" of docs/CLI.md in the order of its rows: the first that applies decides. */
export const REFUSALS: readonly Refusal<Case>[] = [
  {
    name: 'a pool mirrored to itself, named as pool:ID',
    when: ({ verb, target, source }) => verb === 'mirror' && target === 'own-source' && source === 'pool',
    exitCode: 2,
    code: 'refused',
    message: /^Refused to mirror pool \S+ to itself$/,
  },
  {
    name: '--confirm names another pool',
    when: ({ says }) => says === 'confirms-other',
    exitCode: 2,
    code: 'refused',
    message: /^--confirm names "\S+", but the target is \S+$/,
  },
  {
    name: 'a damaged snapshot',
    when: ({ snapshot }) => snapshot === 'damaged',
    exitCode: 5,
    code: 'damaged',
    message: /^Snapshot \S+ is damaged: /,
  },
  {
    name: 'a snapshot mirrored to its own pool',
    when: ({ verb, target }) => verb === 'mirror' && target === 'own-source',
    exitCode: 2,
    code: 'refused',
    message: /^Refused to mirror pool \S+ to itself$/,
  },
  {
    name: 'a protected pool',
    when: ({ verb, protectedTag }) => protectedTag && (verb === 'clean' || verb === 'mirror'),
    exitCode: 2,
    code: 'refused',
    message: /^Refused to (clean|mirror) pool \S+: it carries the tag cognito-backup:protected=true$/,
  },
  {
    name: 'users of a protected pool to be created anew',
    when: ({ protectedTag, goes }) => protectedTag && goes === 'recreated',
    exitCode: 2,
    code: 'refused',
    message: /^Refused to recreate users of pool \S+: it carries the tag cognito-backup:protected=true$/,
  },
  {
    name: 'a suspect snapshot mirrored',
    when: ({ verb, snapshot }) => verb === 'mirror' && snapshot === 'suspect',
    exitCode: 2,
    code: 'refused',
    message: /^Refused to mirror from a suspect snapshot/,
  },
  {
    name: 'an empty snapshot mirrored',
    when: ({ verb, snapshot }) => verb === 'mirror' && snapshot === 'empty',
    exitCode: 2,
    code: 'refused',
    message: /^Refused to mirror from an empty snapshot/,
  },
  {
    name: 'triggers that would fire',
    when: (one) => one.trigger === 'fires' && (creates(one) || one.goes === 'recreated'),
    exitCode: 2,
    code: 'refused',
    message: /^Refused to write to pool \S+: its triggers would fire \(PreSignUp\)$/,
  },
  {
    name: 'more deletes than --max-deletes',
    when: ({ verb, goes }) => verb === 'mirror' && (goes === 'over-told' || goes === 'over-default'),
    exitCode: 2,
    code: 'refused',
    message: /^Refused to delete \d+ users? of the target: the limit is \d+$/,
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

export type Question = 'yes' | 'pool-id';

/** What the documents promise of a combination. */
export type Promised =
  | { readonly ends: 'refused'; readonly by: Refusal<Case>; readonly asked: readonly Question[] }
  | { readonly ends: 'told'; readonly exitCode: number; readonly asked: readonly [] }
  | { readonly ends: 'done'; readonly exitCode: number; readonly asked: readonly Question[] };

export function promisedOf(one: Case): Promised {
  const by = REFUSALS.find(({ when }) => when(one));
  const asked = isUnconfirmed(one) && one.terminal !== 'none' ? [wantedConfirmation(one)] : [];
  if (by) return { ends: 'refused', by, asked: by.name.startsWith('not confirmed by') ? (asked as Question[]) : [] };
  if (one.says === 'dry-run') return { ends: 'told', exitCode: 0, asked: [] };
  return { ends: 'done', exitCode: one.conflict ? 3 : 0, asked: asked as Question[] };
}

/** The table of confirmations in docs/CLI.md. */
function wantedConfirmation(one: Case): Question | 'none' {
  if (!creates(one) && !deletes(one)) return 'none';
  if (one.standbyTag) return 'yes';
  const isOwnSource = one.verb === 'restore' && one.target === 'own-source';
  return isOwnSource || deletes(one) ? 'pool-id' : 'yes';
}

/** Whether neither a flag nor a plan without anything to do lets the run go on. `--confirm` also stands for `--yes`. */
function isUnconfirmed(one: Case): boolean {
  const wanted = wantedConfirmation(one);
  if (wanted === 'none' || one.says === 'dry-run' || one.says === 'confirm') return false;
  return !(wanted === 'yes' && one.says === 'yes');
}

/** Somebody who is missing comes, and nobody else. */
export function creates({ verb, missing }: Case): boolean {
  return verb !== 'clean' && missing;
}

/** `clean` and `mirror` let go whom the source does not hold; `--recreate` deletes under any command. */
export function deletes({ verb, goes }: Case): boolean {
  if (goes === 'recreated') return true;
  return goes !== 'nobody' && (verb === 'clean' || verb === 'mirror');
}

/** Whether a run has read its source: `mirror pool:ID` has taken its snapshot by then. */
export function readsItsSource(promised: Promised): boolean {
  return isPast('--confirm names another pool', promised);
}

/** Whether a run has planned under the lease of the target, which stays in the vault as `free`. A dry run takes none. */
export function takesLease(one: Case, promised: Promised): boolean {
  return one.says !== 'dry-run' && isPast('a protected pool', promised);
}

function isPast(name: string, promised: Promised): boolean {
  return promised.ends !== 'refused' || REFUSALS.indexOf(promised.by) > REFUSALS.findIndex((one) => one.name === name);
}
