import type { NewPoolCase } from './new-pool-oracle.ts';
import type { Refusal } from './refusal.ts';

/** One combination for `drill`: everything that may keep a scratch pool from being made, and what stands around it. */
export interface DrillCase {
  readonly snapshot: NewPoolCase['snapshot'];
  readonly given: 'snapshot' | 'nothing' | 'both';
  readonly sample: 'all' | 'one' | 'none';
  /** The folder for the evidence. */
  readonly out: 'there' | 'missing';
  /** The trigger of the snapshot's pool, which a scratch pool gets in no case. */
  readonly arns: 'own' | 'foreign';
  /** A scratch pool of an earlier run: one that was killed, or one that may be at work elsewhere. */
  readonly earlier: 'none' | 'killed' | 'working';
  readonly says: 'nothing' | 'yes' | 'dry-run';
  readonly terminal: 'none' | 'answers-right' | 'answers-wrong';
}

export const DRILL_DIMENSIONS: { readonly [Name in keyof DrillCase]: readonly DrillCase[Name][] } = {
  snapshot: ['good', 'suspect', 'empty', 'damaged', 'unconfigured', 'sealed', 'without-key'],
  given: ['snapshot', 'nothing', 'both'],
  sample: ['all', 'one', 'none'],
  out: ['there', 'missing'],
  arns: ['own', 'foreign'],
  earlier: ['none', 'killed', 'working'],
  says: ['nothing', 'yes', 'dry-run'],
  terminal: ['none', 'answers-right', 'answers-wrong'],
};

/** The table of docs/CLI.md, "What refuses a drill", row by row: the first that applies decides. */
export const DRILL_REFUSALS: readonly Refusal<DrillCase>[] = [
  {
    name: 'neither a snapshot nor --remove-leftovers, or both',
    when: ({ given }) => given !== 'snapshot',
    exitCode: 2,
    code: 'usage',
    message: /^Name a snapshot, or --remove-leftovers alone$/,
  },
  {
    name: 'no folder for the evidence',
    // A dry run writes none.
    when: ({ out, says }) => out === 'missing' && says !== 'dry-run',
    exitCode: 7,
    code: 'file-not-found',
    message: /^There is no folder "\S+" for the evidence$/,
  },
  {
    name: 'a sample of nobody',
    when: ({ sample }) => sample === 'none',
    exitCode: 2,
    code: 'usage',
    message: /^A drill with a sample of no users proves nothing$/,
  },
  {
    name: 'a suspect snapshot',
    when: ({ snapshot }) => snapshot === 'suspect',
    exitCode: 2,
    code: 'refused',
    message: /^Refused to drill with a suspect snapshot: /,
  },
  {
    name: 'an empty snapshot',
    when: ({ snapshot }) => snapshot === 'empty',
    exitCode: 2,
    code: 'refused',
    message: /^Refused to drill with an empty snapshot: /,
  },
  {
    name: 'a snapshot without configuration',
    when: ({ snapshot }) => snapshot === 'unconfigured',
    exitCode: 2,
    code: 'refused',
    message: /configuration/,
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
    name: 'nobody says yes',
    when: ({ says, terminal }) => says === 'nothing' && terminal !== 'answers-right',
    exitCode: 2,
    code: 'refused',
    message: /^Not confirmed/,
  },
];

export function drillRefusalOf(one: DrillCase): Refusal<DrillCase> | undefined {
  return DRILL_REFUSALS.find(({ when }) => when(one));
}

/** The rule that refuses, or how a drill goes through. */
export function drillEndOf(one: DrillCase): string {
  return drillRefusalOf(one)?.name ?? (one.says === 'dry-run' ? 'a dry run' : 'a drill');
}
