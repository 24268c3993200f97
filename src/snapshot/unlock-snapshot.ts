import type { Open } from '../encryption/age.ts';
import type { EncryptionFacts } from '../encryption/encryption-facts.ts';
import type { Locked } from '../encryption/key-ring.ts';
import type { Place } from '../encryption/key-service.ts';
import type { CallOptions } from '../storage/storage.ts';
import { partKey, type SnapshotRef } from './keys.ts';
import type { Vault } from './vault.ts';

/** Where a snapshot's key belongs; KMS opens it for no other place. */
export function placeOf(vault: Pick<Vault, 'id'>, ref: SnapshotRef): Place {
  return { vault: vault.id, pool: ref.poolId, snapshot: ref.id };
}

/** A snapshot as a key ring looks at it. */
export function lockedSnapshot(vault: Vault, ref: SnapshotRef, facts: EncryptionFacts, options: CallOptions): Locked {
  return {
    name: `Snapshot ${ref.id}`,
    facts,
    place: placeOf(vault, ref),
    keyFile: async ({ path, sizeBytes }) => {
      return (await vault.storage.get(partKey(ref, path), { ...options, maxBytes: sizeBytes }))?.bytes;
    },
  };
}

/** Throws `key-missing`, `key-wrong`, `kms-refused`; `undefined` where there is nothing to open. */
export async function unlockSnapshot(
  vault: Vault,
  ref: SnapshotRef,
  facts: EncryptionFacts | null,
  options: CallOptions = {},
): Promise<Open | undefined> {
  return facts === null ? undefined : vault.keys.ring.unlock(lockedSnapshot(vault, ref, facts, options));
}
