import type { DesiredUser } from '../../plan/desired.ts';
import type { UserEntry } from '../../plan/entries.ts';
import type { Match } from '../../plan/match-users.ts';
import type { RunCipher } from '../../runs/run-cipher.ts';
import { readRunFile } from '../../runs/run-files.ts';
import type { RunRecord } from '../../runs/run-record.ts';
import type { Storage } from '../../storage/storage.ts';

/** Users who are deleted and created anew, with all they are to have, by who they are in the desired value. */
export type Recreations = ReadonlyMap<string, DesiredUser>;

/**
 * What a run has planned for the users it recreates. Of values that the desired value leaves open, the plan of the run that
 * has deleted a user is the only place that still knows them. One user in memory for each who is recreated.
 */
export async function recreationsOf(
  run: RunRecord,
  {
    storage,
    cipher,
    signal,
  }: { readonly storage: Storage; readonly cipher: RunCipher; readonly signal?: AbortSignal | undefined },
): Promise<Recreations> {
  const found = new Map<string, DesiredUser>();
  const entries = readRunFile<UserEntry>(storage, run.plan, { cipher, signal });
  for await (const entry of entries) {
    if (entry.kind !== 'delete-user' && entry.whole) found.set(keyOf(entry.source), entry.whole);
  }
  return found;
}

/** The user as the interrupted run wanted them, where it has deleted or made them; `undefined` for everybody else. */
export function interruptedRecreation(
  match: Match,
  recreations: Recreations | undefined,
  isOurs: (actual: Extract<Match, { readonly kind: 'pair' }>['actual']) => boolean,
): DesiredUser | undefined {
  if (match.kind === 'missing' || (match.kind === 'pair' && isOurs(match.actual))) {
    return recreations?.get(keyOf(match.desired));
  }
  return undefined;
}

function keyOf({ username, sub }: { readonly username: string; readonly sub?: string }): string {
  return JSON.stringify([username, sub ?? null]);
}
