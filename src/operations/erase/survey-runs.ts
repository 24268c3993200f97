import { isBackupError } from '../../model/errors.ts';
import type { PoolId, RunId } from '../../model/ids.ts';
import type { Vault } from '../../snapshot/vault.ts';
import type { MapEntry } from '../../runs/known-pairs.ts';
import { storedRunCipher, type RunCipher } from '../../runs/run-cipher.ts';
import { readRunFile } from '../../runs/run-files.ts';
import { loadRun, partsOf, runIdsOf, type RunRecord } from '../../runs/run-record.ts';
import { hasUnnamedFiles } from '../../runs/sweep-runs.ts';
import type { UserEntry } from '../../plan/entries.ts';
import type { CallOptions } from '../../storage/storage.ts';
import { concernsErased } from './concerns-erased.ts';
import type { ErasedPeople } from './erased-people.ts';

/** What an erasure knows of one run. */
export type SurveyedRun =
  | {
      readonly kind: 'readable';
      readonly target: PoolId;
      readonly id: RunId;
      readonly lines: number;
      /** A killed run or erase has left files that no record names. */
      readonly hasLeftovers: boolean;
    }
  /** Its record or files are damaged, or no key at hand opens them. */
  | { readonly kind: 'unreadable'; readonly target: PoolId; readonly id: RunId; readonly why: 'no-key' | 'damaged' }
  /** Killed before it wrote to the pool: its files belong to nothing. */
  | { readonly kind: 'never-began'; readonly target: PoolId; readonly id: RunId };

/**
 * Learns from the maps of all runs under which other `sub` an erased person lives on in a pool that they were restored or
 * mirrored to, however many pools lie in between. Holds one part at a time.
 */
export async function findTwins(
  vault: Vault,
  targets: readonly PoolId[],
  people: ErasedPeople,
  options: CallOptions,
): Promise<number> {
  const asked = people.subs.size;
  // Not by what each run says: one that is damaged further on has named people before.
  for (let before = -1; before !== people.subs.size;) {
    before = people.subs.size;
    for (const target of targets) {
      for (const id of await runIdsOf(vault.storage, target, options)) {
        const opened = await openRun(vault, { target, id }, options);
        if (opened.kind === 'open') await ifReadable(() => meetTwins(vault, opened, people, options));
      }
    }
  }
  return people.subs.size - asked;
}

/** Counts in each run of a pool the lines that are about erased people. */
export async function surveyRuns(
  vault: Vault,
  target: PoolId,
  people: ErasedPeople,
  options: CallOptions,
): Promise<readonly SurveyedRun[]> {
  const surveyed: SurveyedRun[] = [];
  for (const id of await runIdsOf(vault.storage, target, options)) {
    const opened = await openRun(vault, { target, id }, options);
    if (opened.kind !== 'open') {
      surveyed.push({ ...opened, target, id });
      continue;
    }
    const lines = await ifReadable(() => countLines(vault, opened, people, options));
    if (lines === undefined) surveyed.push({ kind: 'unreadable', why: 'damaged', target, id });
    else
      surveyed.push({
        kind: 'readable',
        target,
        id,
        lines,
        hasLeftovers: await hasUnnamedFiles(vault.storage, opened.run, options),
      });
  }
  return surveyed;
}

/** The pools whose people a run may name. */
export function poolsOfRun({ source, target }: RunRecord): readonly PoolId[] {
  return source === null ? [target] : [source, target];
}

/** A run with what opens its files. */
export interface OpenRun {
  readonly kind: 'open';
  readonly run: RunRecord;
  readonly cipher: RunCipher;
}

type Opened =
  | OpenRun
  | { readonly kind: 'unreadable'; readonly why: 'no-key' | 'damaged' }
  | { readonly kind: 'never-began' };

export async function openRun(
  vault: Vault,
  ref: { readonly target: PoolId; readonly id: RunId },
  options: CallOptions,
): Promise<Opened> {
  try {
    const run = await loadRun(vault.storage, ref, options);
    if (!run) return { kind: 'never-began' };
    return { kind: 'open', run, cipher: await storedRunCipher(vault, run, vault.storage, options) };
  } catch (error) {
    if (isBackupError(error, 'key-missing', 'key-wrong', 'kms-refused')) return { kind: 'unreadable', why: 'no-key' };
    if (isBackupError(error, 'damaged', 'vault-too-new')) return { kind: 'unreadable', why: 'damaged' };
    throw error;
  }
}

async function meetTwins(
  { storage }: Vault,
  { run, cipher }: OpenRun,
  people: ErasedPeople,
  options: CallOptions,
): Promise<void> {
  const meet = (one: string, other: string): void => {
    if (one !== '' && people.has(one)) people.add(other);
    else if (other !== '' && people.has(other)) people.add(one);
  };
  for await (const entry of readRunFile<MapEntry>(storage, run.map, { cipher, ...options })) {
    meet(entry.sourceSub, entry.targetSub);
    if (people.has(entry.sourceSub) && run.source) people.learn(run.source, [entry.sourceUsername]);
    if (people.has(entry.targetSub)) people.learn(run.target, [entry.targetUsername]);
  }
  // Of a run that has not ended the map is not written yet: its plan knows who is who.
  for await (const entry of readRunFile<UserEntry>(storage, run.plan, { cipher, ...options })) {
    if (entry.kind === 'update-user') meet(entry.source.sub ?? '', entry.sub);
  }
}

async function countLines(
  { storage }: Vault,
  { run, cipher }: OpenRun,
  people: ErasedPeople,
  options: CallOptions,
): Promise<number> {
  let lines = 0;
  for await (const line of readRunFile<unknown>(storage, partsOf(run), { cipher, ...options })) {
    if (concernsErased(line, people, poolsOfRun(run))) lines += 1;
  }
  return lines;
}

async function ifReadable<Value>(work: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isBackupError(error, 'damaged')) return undefined;
    throw error;
  }
}
