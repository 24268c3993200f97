import { isBackupError } from '../model/errors.ts';
import type { PoolDescription } from '../model/pool.ts';
import { NEVER_CAPTURED, type NotCaptured } from '../model/pool-configuration.ts';
import { regionOfPool } from '../model/ids.ts';
import { compareSecondPass, type CompareOptions, type Comparison } from './compare-second-pass.ts';
import { FORMAT_VERSION } from './digested-json.ts';
import { manifestKey } from './keys.ts';
import {
  decodeManifest,
  encodeManifest,
  type Manifest,
  type ManifestBody,
  type SnapshotTotals,
  type SnapshotWarning,
} from './manifest.ts';
import { readBack, type ReadBackOptions } from './read-back.ts';
import { removeTraces } from './remove-traces.ts';
import { findLastGood } from './snapshot-head.ts';
import { signed } from './signed-manifest.ts';
import type { SnapshotWriter } from './snapshot-writer.ts';
import { storeOnce, writtenByAnother } from './store-once.ts';
import { suspicion } from './suspicion.ts';
import { takeCensus } from './take-census.ts';
import { TOOL_VERSION } from './tool-version.ts';
import type { Vault } from './vault.ts';

export interface CommitFacts extends ReadBackOptions, CompareOptions {
  readonly vault: Vault;
  /** As described at the start of this run; its estimate is compared with what was listed. */
  readonly pool: PoolDescription;
  /** The service's time. */
  readonly now: () => Date;
}

/**
 * Turns stored parts into a snapshot: every part is read back, then the checkpoint is written once more, which nobody else may
 * have replaced, then the manifest, then the checkpoint goes.
 * `undefined` when the deadline came first. Throws `damaged`, `listing-broken`, `locked`.
 */
export async function commitSnapshot(writer: SnapshotWriter, facts: CommitFacts): Promise<Manifest | undefined> {
  const checked = await checkOrAbandon(writer, facts);
  if (checked === undefined) return undefined;
  const body = await manifestBody(writer, checked, facts);
  const key = manifestKey(writer.ref);
  const bytes = encodeManifest(signed('manifest', body, facts.vault.trust.signer));
  // Reading back takes minutes in a large pool: whoever closed the snapshot meanwhile, or took it over, has replaced its checkpoint.
  await writer.save();
  await storeOnce(facts.vault.storage, key, bytes);
  await removeTraces(facts.vault.storage, writer.ref);
  return decodeManifest(bytes, key);
}

/** What the parts have shown when they were read back. */
interface Checked {
  readonly totals: SnapshotTotals;
  readonly comparison: Comparison | undefined;
}

/**
 * A snapshot whose parts are damaged, hold a user twice or lack one can never be finished: the next run has to begin anew. A
 * run that is overtaken may miss what the other one, being done, has removed: its snapshot is whole.
 */
async function checkOrAbandon(writer: SnapshotWriter, facts: CommitFacts): Promise<Checked | undefined> {
  try {
    if (!(await readBack(writer.source, writer.parts, facts))) return undefined;
    const totals = await takeCensus(writer, facts);
    return { totals, comparison: await compareSecondPass(writer, facts) };
  } catch (error) {
    const key = manifestKey(writer.ref);
    if (isBackupError(error, 'damaged') && (await facts.vault.storage.head(key))) throw writtenByAnother(key, error);
    if (isBackupError(error, 'damaged', 'listing-broken')) await writer.abandon(error.code);
    throw error;
  }
}

async function manifestBody(writer: SnapshotWriter, checked: Checked, facts: CommitFacts): Promise<ManifestBody> {
  const { totals, comparison } = checked;
  const { pool, vault, now } = facts;
  const last = await findLastGood(vault, pool.id, facts);
  const previous = last && { snapshotId: last.ref.id, users: last.manifest.totals.users };
  const suspect = suspicion(totals.users, previous?.users);
  const shards = writer.chains.filter((chain) => chain.state.kind === 'users').length;
  return {
    format: FORMAT_VERSION,
    toolVersion: TOOL_VERSION,
    encoding: 'gzip',
    encryption: writer.encryption,
    vaultId: vault.id,
    snapshotId: writer.ref.id,
    pool: {
      id: pool.id,
      name: pool.name,
      region: regionOfPool(pool.id),
      arn: pool.arn,
      estimatedUsers: pool.estimatedUsers,
    },
    window: { startedAt: writer.startedAt, endedAt: endOfSecond(now()).toISOString(), consistency: 'fuzzy' },
    listing: { mode: writer.mode, shards, secondPass: comparison?.counts ?? false },
    status: suspect ? 'suspect' : 'complete',
    previous: previous ?? null,
    totals,
    ...(writer.configuration && { configuration: writer.configuration }),
    parts: [...writer.parts],
    warnings: [...(suspect ? [suspect] : []), ...warningsOf(writer, checked, pool)],
    notCaptured: [...neverCaptured(totals), ...writer.notCaptured],
    calls: { ...writer.counts.calls },
    throttles: writer.counts.throttles,
  };
}

/** Of a deep snapshot, whoever gave no factors when asked, and none besides. */
function neverCaptured({ users, factors }: SnapshotTotals): readonly NotCaptured[] {
  if (factors === undefined) return NEVER_CAPTURED;
  const missing: NotCaptured = {
    kind: 'mfa-preferences',
    reason: 'refused',
    count: users - factors,
    operation: 'AdminGetUserAuthFactors',
  };
  return NEVER_CAPTURED.flatMap((entry) => {
    if (entry.kind !== missing.kind) return [entry];
    return factors < users ? [missing] : [];
  });
}

/** The service's clock tells whole seconds: what it answered last may be as late as the end of that second. */
function endOfSecond(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000 + 999);
}

function warningsOf(
  writer: SnapshotWriter,
  { totals, comparison }: Checked,
  pool: PoolDescription,
): readonly SnapshotWarning[] {
  const warnings: SnapshotWarning[] = [...(comparison?.warnings ?? [])];
  const skippedGroups = writer.chains.reduce((sum, { state }) => sum + state.skippedGroups, 0);
  if (skippedGroups > 0) {
    warnings.push({
      code: 'group-deleted',
      message: `Groups deleted while they were listed, memberships may be missing: ${skippedGroups}`,
    });
  }
  if (totals.orphans > 0) {
    warnings.push({
      code: 'orphans',
      message: `Memberships left out because their users were not listed: ${totals.orphans}`,
    });
  }
  const apart = Math.abs(totals.users - pool.estimatedUsers);
  if (writer.mode === 'sharded' && apart > 50 && apart > pool.estimatedUsers * 0.1) {
    warnings.push({
      code: 'estimate-differs',
      message: `${totals.users} users were listed, Cognito estimates ${pool.estimatedUsers}: compare with a backup under --listing single`,
    });
  }
  return warnings;
}
