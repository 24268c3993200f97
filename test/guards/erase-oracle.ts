import type { SnapshotKind } from './dimensions.ts';
import { FILLERS, PEOPLE } from './guard-world.ts';
import type { Refusal } from './refusal.ts';

/** One combination for `erase`: it looks at a vault alone, and erases ada there. */
export interface EraseCase {
  readonly names: 'nobody' | 'ada' | 'a-stranger' | 'again' | 'ada-and-again' | 'no-sub' | 'no-sub-in-file';
  readonly pool: 'any' | 'own' | 'unknown';
  readonly apply: boolean;
  /** Who was erased before; `damaged`: ada, and the ledger lacks its key. */
  readonly ledger: 'empty' | 'ada' | 'damaged';
  /** Of the newest snapshot; an older good one is always there. */
  readonly snapshot: SnapshotKind | 'without-key' | 'unfinished';
  readonly isSigned: boolean;
  /** What `--sign-key` and `--verify-key` name: the key that has signed the vault, or another. */
  readonly signs: 'nothing' | 'right' | 'other';
  readonly verifies: 'nothing' | 'right';
  readonly lease: 'free' | 'held';
  /** Neither what the pool says nor who could be asked decides anything: they are one dimension. */
  readonly around: 'nothing' | 'protected-tag-and-terminal';
}

export const ERASE_DIMENSIONS: { readonly [Name in keyof EraseCase]: readonly EraseCase[Name][] } = {
  names: ['ada', 'nobody', 'a-stranger', 'again', 'ada-and-again', 'no-sub', 'no-sub-in-file'],
  pool: ['any', 'own', 'unknown'],
  apply: [true, false],
  ledger: ['empty', 'ada', 'damaged'],
  snapshot: ['good', 'suspect', 'accepted', 'empty', 'damaged', 'without-key', 'unfinished'],
  isSigned: [false, true],
  signs: ['nothing', 'right', 'other'],
  verifies: ['nothing', 'right'],
  lease: ['free', 'held'],
  around: ['nothing', 'protected-tag-and-terminal'],
};

type EraseRefusal = Omit<Refusal<EraseCase>, 'message'>;

/** What docs/CLI.md says of `erase`, row by row; the first that applies decides. */
export const ERASE_REFUSALS: readonly EraseRefusal[] = [
  {
    name: 'users and --again, or neither',
    exitCode: 2,
    code: 'usage',
    when: ({ names }) => names === 'nobody' || names === 'ada-and-again',
  },
  {
    name: 'somebody is not named by a sub',
    exitCode: 2,
    code: 'bad-input',
    when: ({ names }) => names === 'no-sub' || names === 'no-sub-in-file',
  },
  { name: 'the ledger is damaged', exitCode: 5, code: 'damaged', when: ({ ledger }) => ledger === 'damaged' },
  { name: 'an unknown pool', exitCode: 7, code: 'snapshot-not-found', when: ({ pool }) => pool === 'unknown' },
  {
    name: 'what is signed would lose its signature',
    exitCode: 2,
    code: 'refused',
    when: (one) => one.signs === 'nothing' && one.isSigned && rewrites(one),
  },
  {
    name: 'another would sign it than is trusted, or has signed',
    exitCode: 2,
    code: 'refused',
    when: (one) => one.signs === 'other' && one.isSigned && rewrites(one),
  },
];

export function refusalOf(one: EraseCase): EraseRefusal | undefined {
  return ERASE_REFUSALS.find(({ when }) => when(one));
}

/** Whether ada is among those whom the run is about: asked for, or remembered. */
function isAboutAda({ names, ledger }: EraseCase): boolean {
  return names === 'ada' || ledger === 'ada';
}

/** Not one snapshot that nobody whom the reader trusts has signed. */
function isTrusted({ isSigned, verifies }: EraseCase): boolean {
  return verifies === 'nothing' || isSigned;
}

/** The older snapshot always holds ada, and always can be read. */
export function rewrites(one: EraseCase): boolean {
  return isAboutAda(one) && isTrusted(one);
}

export function rewritesNewest(one: EraseCase): boolean {
  return rewrites(one) && ['good', 'suspect', 'accepted'].includes(one.snapshot);
}

export function isBusy(one: EraseCase): boolean {
  return one.lease === 'held' && hasWork(one);
}

/** Something there that could be changed. Without a checkpoint nothing is written to close an unfinished snapshot. */
export function hasWork(one: EraseCase): boolean {
  return rewrites(one) || (isAboutAnybody(one) && one.snapshot === 'unfinished');
}

function isAboutAnybody({ names, ledger }: EraseCase): boolean {
  return names !== 'again' || ledger !== 'empty';
}

/** Somebody new is asked for. */
export function remembers({ names, ledger }: EraseCase): boolean {
  return names === 'a-stranger' || (names === 'ada' && ledger === 'empty');
}

export function exitCodeOf(one: EraseCase): number {
  if (!one.apply || !isAboutAnybody(one)) return 0;
  const isLeft = !isTrusted(one) || ['damaged', 'without-key', 'unfinished'].includes(one.snapshot);
  return isLeft || isBusy(one) ? 3 : 0;
}

/** Who is in a snapshot when it was taken, but ada. */
export function othersIn({ snapshot }: EraseCase, which: 'older' | 'newest'): readonly string[] {
  if (which === 'newest' && snapshot === 'empty') return [];
  const shrinks = snapshot === 'suspect' || snapshot === 'accepted';
  const fillers = which === 'older' && shrinks ? Array.from({ length: FILLERS }, (_, at) => `filler-${at}`) : [];
  return [...PEOPLE.filter((name) => name !== 'ada'), ...fillers].toSorted();
}

/** How a case ends: cases that end alike are covered by pairs. */
export function eraseEndOf(one: EraseCase): string {
  const refusal = refusalOf(one);
  if (refusal) return refusal.name;
  return [one.apply, exitCodeOf(one), rewrites(one), isBusy(one)].join();
}
