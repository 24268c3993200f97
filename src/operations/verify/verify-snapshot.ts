import { isBackupError } from '../../model/errors.ts';
import type { Observer } from '../../model/events.ts';
import type { SnapshotId } from '../../model/ids.ts';
import { oneAhead } from '../../runtime/one-ahead.ts';
import type { CallOptions } from '../../storage/storage.ts';
import { Census } from '../../snapshot/census.ts';
import { manifestKey, PART_KINDS, type SnapshotRef } from '../../snapshot/keys.ts';
import type { Manifest, SnapshotTotals } from '../../snapshot/manifest.ts';
import type { PartSource } from '../../snapshot/read-part.ts';
import { openSnapshot, type SnapshotReader } from '../../snapshot/snapshot-reader.ts';
import type { Vault } from '../../snapshot/vault.ts';
import { checkPart, fetchPart } from './check-part.ts';
import { checkStoredFile } from './check-stored-file.ts';
import { checkPrevious } from './check-previous.ts';
import { countUnnamed } from './count-unnamed.ts';
import type { VerifyProblem } from './verify-problem.ts';

export interface VerifyResult {
  readonly snapshot: { readonly id: SnapshotId };
  /** Absent where the manifest is damaged. */
  readonly state?: SnapshotReader['state'];
  /** No problems. */
  readonly ok: boolean;
  readonly problems: readonly VerifyProblem[];
  /** Every record was read. */
  readonly depth: 'records';
  readonly checked: { readonly parts: number; readonly sizeBytes: number; readonly totals: SnapshotTotals };
  /** Files in the snapshot's folder that its manifest does not name: leftovers of interrupted runs, harmless. */
  readonly unnamedParts: number;
  /** Absent where the manifest is damaged. */
  readonly manifestSha256?: string;
}

export interface VerifyOptions extends CallOptions {
  readonly observer?: Observer;
}

/**
 * Proves that a snapshot can be read whole: manifest, bytes and hashes of every part, every record and that it stands where
 * it belongs, totals, no user twice, no membership without its user and group. Damage is listed, never thrown. Memory: 8 bytes
 * a user and one part. Throws `snapshot-not-found`, `vault-too-new`, `not-trusted`, `interrupted`, and what keys and storage
 * throw.
 */
export async function verifySnapshot(
  vault: Vault,
  ref: SnapshotRef,
  options: VerifyOptions = {},
): Promise<VerifyResult> {
  try {
    const reader = await openSnapshot(vault, ref, options);
    const { manifest, manifestSha256, state } = reader;
    const census = new Census(manifest.totals.users);
    const problems = [
      ...(await checkKeyFiles(vault, ref, manifest, options)),
      ...(await checkParts(await reader.source(), manifest, census, options)),
      ...(await checkPrevious(vault, { ref, manifest }, options)),
    ];
    const sizeBytes = manifest.parts.reduce((sum, part) => sum + part.sizeBytes, 0);
    return {
      snapshot: { id: ref.id },
      state,
      ok: problems.length === 0,
      problems,
      depth: 'records',
      checked: { parts: manifest.parts.length, sizeBytes, totals: census.totals() },
      unnamedParts: await countUnnamed(vault, { ref, manifest }, options),
      manifestSha256,
    };
  } catch (error) {
    if (!isBackupError(error, 'damaged')) throw error;
    const problems: VerifyProblem[] = [{ code: 'manifest-damaged', message: error.message, path: manifestKey(ref) }];
    const checked = { parts: 0, sizeBytes: 0, totals: new Census(0).totals() };
    return { snapshot: { id: ref.id }, ok: false, problems, depth: 'records', checked, unnamedParts: 0 };
  }
}

/** A key file that is gone takes the snapshot from all whom it would have let in. */
async function checkKeyFiles(
  vault: Vault,
  ref: SnapshotRef,
  { encryption }: Manifest,
  options: CallOptions,
): Promise<readonly VerifyProblem[]> {
  const checks = (encryption?.keyFiles ?? []).map((file) => checkStoredFile(vault, ref, file, options));
  return (await Promise.all(checks)).filter((problem) => problem !== undefined);
}

async function checkParts(
  source: PartSource,
  manifest: Manifest,
  census: Census,
  options: VerifyOptions,
): Promise<VerifyProblem[]> {
  const { observer } = options;
  const problems: VerifyProblem[] = [];
  const total = manifest.parts.length;
  let done = 0;
  observer?.({ kind: 'phase', phase: 'verify-parts', poolId: source.ref.poolId, total });
  for (const kind of PART_KINDS) {
    const entries = manifest.parts.filter((entry) => entry.kind === kind);
    for await (const part of oneAhead(entries, (entry) => fetchPart(source, entry, options))) {
      const found = checkPart(part, { manifest, census });
      // Where users or groups could not be read, what refers to them says nothing new.
      if (kind !== 'memberships' || !hasDamage(problems)) problems.push(...found);
      else problems.push(...found.filter(({ code }) => code === 'part-damaged'));
      done += 1;
      observer?.({ kind: 'progress', phase: 'verify-parts', done, total });
    }
    if (kind !== 'users' || hasDamage(problems)) continue;
    const repeated = await census.countRepeatedUsers(source, entries, options);
    if (repeated > 0) problems.push({ code: 'user-repeated', message: `${repeated} users come a second time` });
  }
  if (hasDamage(problems)) return problems;
  return [
    ...problems,
    ...compareOrphans(manifest.totals, census.totals()),
    ...compareTotals(manifest.totals, census.totals()),
  ];
}

function hasDamage(problems: readonly VerifyProblem[]): boolean {
  return problems.some(({ code }) => code === 'part-damaged');
}

/** Memberships of users who were not captured are counted when they are backed up; there are as many, no more. */
function compareOrphans(stated: SnapshotTotals, counted: SnapshotTotals): readonly VerifyProblem[] {
  if (counted.orphans <= stated.orphans) return [];
  const found = counted.orphans - stated.orphans;
  return [{ code: 'membership-without-user', message: `${found} memberships name users that are not in the snapshot` }];
}

function compareTotals(stated: SnapshotTotals, counted: SnapshotTotals): readonly VerifyProblem[] {
  const problems: VerifyProblem[] = [];
  const compare = (what: string, statedCount: number, countedCount: number): void => {
    if (statedCount === countedCount) return;
    problems.push({
      code: 'totals-differ',
      message: `The manifest states ${statedCount} ${what}, the parts hold ${countedCount}`,
    });
  };
  for (const what of ['users', 'enabled', 'disabled', 'groups', 'memberships'] as const)
    compare(what, stated[what], counted[what]);
  compare('users with factors', stated.factors ?? 0, counted.factors ?? 0);
  const statuses = new Set([...Object.keys(stated.byStatus), ...Object.keys(counted.byStatus)]) as Set<
    keyof SnapshotTotals['byStatus']
  >;
  for (const status of statuses)
    compare(`users ${status}`, stated.byStatus[status] ?? 0, counted.byStatus[status] ?? 0);
  return problems;
}
