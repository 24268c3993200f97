import type { Attribute } from '../../model/user.ts';
import type { DesiredUser } from '../../plan/desired.ts';
import type { UserEntry } from '../../plan/entries.ts';
import type { Match } from '../../plan/match-users.ts';
import type { Scope } from '../../plan/scope.ts';
import type { RunCipher } from '../../runs/run-cipher.ts';
import { readRunFile } from '../../runs/run-files.ts';
import type { RunRecord } from '../../runs/run-record.ts';
import type { Storage } from '../../storage/storage.ts';

/** A user who is deleted and created anew, with all they are to have. */
export interface Recreation {
  readonly whole: DesiredUser;
  /** Whether the run that planned it was asked the same: else what is wanted now goes before what was wanted then. */
  readonly isSameRequest: boolean;
}

/** By who they are in the desired value. */
export type Recreations = Map<string, Recreation>;

interface RecreationOptions {
  readonly storage: Storage;
  readonly cipher: RunCipher;
  readonly isSameRequest: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * Adds what a run has planned for the users it recreates, but for those who are known already. Of values that the desired value
 * leaves open, the plan of the run that has deleted a user is the only place that still knows them. One user in memory for each who
 * is recreated.
 */
export async function addRecreations(
  known: Recreations,
  run: RunRecord,
  { storage, cipher, isSameRequest, signal }: RecreationOptions,
): Promise<void> {
  for await (const entry of readRunFile<UserEntry>(storage, run.plan, { cipher, signal })) {
    if (entry.kind === 'delete-user' || !entry.whole) continue;
    const key = keyOf(entry.source);
    if (!known.has(key)) known.set(key, { whole: entry.whole, isSameRequest });
  }
}

/** The user as the interrupted run wanted them, where it has deleted or made them; `undefined` for everybody else. */
export function interruptedRecreation(
  match: Match,
  recreations: Recreations | undefined,
  { values, isOurs }: Pick<Scope, 'values'> & { readonly isOurs: (actual: PairOf<Match>['actual']) => boolean },
): DesiredUser | undefined {
  if (match.kind !== 'missing' && !(match.kind === 'pair' && isOurs(match.actual))) return undefined;
  const found = recreations?.get(keyOf(match.desired));
  if (!found) return undefined;
  return found.isSameRequest ? found.whole : completed(match.desired, found.whole, values);
}

type PairOf<Some> = Extract<Some, { readonly kind: 'pair' }>;

/** An exact value leaves nothing open. */
function completed(desired: DesiredUser, whole: DesiredUser, values: Scope['values']): DesiredUser {
  if (values === 'exact') return desired;
  const attributes = new Map<string, string>([...whole.attributes, ...desired.attributes]);
  const groups = [...new Set([...(whole.groups ?? []), ...(desired.groups ?? [])])].sort();
  return { ...whole, ...desired, attributes: [...attributes] satisfies Attribute[], groups };
}

function keyOf({ username, sub }: { readonly username: string; readonly sub?: string }): string {
  return JSON.stringify([username, sub ?? null]);
}
