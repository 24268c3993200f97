import { parsePartPath, snapshotPrefix, type SnapshotRef } from '../../snapshot/keys.ts';
import type { Manifest } from '../../snapshot/manifest.ts';
import type { Vault } from '../../snapshot/vault.ts';
import type { CallOptions } from '../../storage/storage.ts';

/** Parts in a snapshot's folder that its manifest does not name: no reader opens them. */
export async function countUnnamed(
  vault: Vault,
  { ref, manifest }: { readonly ref: SnapshotRef; readonly manifest: Manifest },
  { signal }: CallOptions,
): Promise<number> {
  const named = new Set(manifest.parts.map(({ path }) => path));
  const prefix = snapshotPrefix(ref);
  let unnamed = 0;
  for await (const { key } of vault.storage.list(prefix, { signal })) {
    const path = key.slice(prefix.length);
    if (!named.has(path) && parsePartPath(path)) unnamed += 1;
  }
  return unnamed;
}
