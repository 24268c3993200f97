import { BackupError } from '../model/errors.ts';
import { parsePoolId, type PoolId } from '../model/ids.ts';
import { verifySnapshot, type VerifyResult } from '../operations/verify/verify-snapshot.ts';
import type { SnapshotRef } from '../snapshot/keys.ts';
import { openSnapshot, type SnapshotReader } from '../snapshot/snapshot-reader.ts';
import type { Vault } from '../snapshot/vault.ts';
import type { CommandContext } from './command.ts';

const POOL_PREFIX = 'pool:';

/** A snapshot by its name, or a live pool as `pool:ID`. */
export type Source =
  | { readonly kind: 'snapshot'; readonly name: string }
  | { readonly kind: 'pool'; readonly poolId: PoolId };

export function parseSource(text: string): Source {
  if (!text.startsWith(POOL_PREFIX)) return { kind: 'snapshot', name: text };
  return { kind: 'pool', poolId: parsePoolId(text.slice(POOL_PREFIX.length)) };
}

/** The Region of S3 may have to be guessed from a pool: `POOL@latest` names one. */
export function poolOfName(name: string): PoolId | undefined {
  const at = name.indexOf('@');
  return at > 0 ? parsePoolId(name.slice(0, at)) : undefined;
}

export interface VerifiedSnapshot {
  readonly reader: SnapshotReader;
  readonly verified: VerifyResult;
}

/** Checks a snapshot whole before it is relied on. Throws `damaged`. */
export async function openVerified(context: CommandContext, vault: Vault, ref: SnapshotRef): Promise<VerifiedSnapshot> {
  const { observer, signal } = context;
  const verified = await verifySnapshot(vault, ref, { observer, signal });
  if (!verified.ok) {
    const { problems } = verified;
    const [first] = problems;
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more problems)` : '';
    throw new BackupError('damaged', `Snapshot ${ref.id} is damaged: ${first?.message ?? 'unknown problem'}${more}`, {
      hint: `See all of it with: cognito-backup verify ${ref.poolId}@${ref.id}; take another snapshot, or an older one`,
    });
  }
  const reader = await openSnapshot(vault, ref, { signal });
  if (reader.manifestSha256 !== verified.manifestSha256) {
    throw new BackupError('damaged', `Snapshot ${ref.id} was changed while it was verified`, {
      hint: 'Snapshots never change: find out who writes to the vault',
    });
  }
  return { reader, verified };
}
