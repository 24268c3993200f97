import type { SnapshotId } from '../../model/ids.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { writeAcceptance } from '../../snapshot/acceptance.ts';
import type { SnapshotRef } from '../../snapshot/keys.ts';
import { openSnapshot } from '../../snapshot/snapshot-reader.ts';
import type { Vault } from '../../snapshot/vault.ts';
import type { CallOptions } from '../../storage/storage.ts';

export interface AcceptResult {
  readonly snapshot: { readonly id: SnapshotId };
  readonly status: 'complete' | 'accepted';
  /** False where there was nothing to accept: the snapshot is complete, or was accepted before. */
  readonly changed: boolean;
}

/**
 * Lets a suspect snapshot count as good. Throws `snapshot-not-found`, `damaged`, `vault-too-new`, `not-trusted`, and what the
 * storage throws.
 */
export async function acceptSnapshot(
  { vault, runtime }: { readonly vault: Vault; readonly runtime: Runtime },
  ref: SnapshotRef,
  options: CallOptions = {},
): Promise<AcceptResult> {
  const { state, manifestSha256 } = await openSnapshot(vault, ref, options);
  const snapshot = { id: ref.id };
  if (state !== 'suspect') return { snapshot, status: state, changed: false };
  await writeAcceptance(vault, ref, { manifestSha256, acceptedAt: runtime.now() });
  return { snapshot, status: 'accepted', changed: true };
}
