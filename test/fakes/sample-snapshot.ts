import { backupPool } from '../../src/operations/backup/backup.ts';
import type { ManualRuntime } from '../../src/runtime/manual-runtime.ts';
import type { SnapshotRef } from '../../src/snapshot/keys.ts';
import type { Vault } from '../../src/snapshot/vault.ts';
import { poolHandlers, scriptedGateway, type PoolContent } from './scripted-gateway.ts';

/** Backs up what `content` holds, and moves the clock on, so that the next snapshot has a later id. */
export async function sampleSnapshot(
  { vault, runtime }: { readonly vault: Vault; readonly runtime: ManualRuntime },
  content: PoolContent,
  { deep = false }: { readonly deep?: boolean } = {},
): Promise<SnapshotRef> {
  const gateway = scriptedGateway(poolHandlers(content), () => runtime.now());
  const observer = (): void => undefined;
  const result = await backupPool(
    { gateway, vault, runtime, observer },
    { poolId: content.pool.id, listing: 'single', deep },
  );
  runtime.advance(60_000);
  return { poolId: content.pool.id, id: result.snapshot.id };
}
