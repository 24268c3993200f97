import type { CognitoGateway } from '../../cognito/gateway.ts';
import { listAll } from '../../cognito/listing.ts';
import { findPool } from '../../cognito/read-pool.ts';
import type { PoolDescription } from '../../model/pool.ts';
import { scratchMarkOf, SCRATCH_NAME_PREFIX, type ScratchMark } from '../../plan/scratch-pool/scratch-mark.ts';

export interface ScratchPool {
  readonly pool: PoolDescription;
  readonly mark: ScratchMark;
}

/** Pools of the account and Region whose name and tags are those of a scratch pool; whether one may go is another question. */
export async function findScratchPools(gateway: CognitoGateway, signal?: AbortSignal): Promise<readonly ScratchPool[]> {
  const found: ScratchPool[] = [];
  for await (const { id, name } of listAll(gateway, 'ListUserPools', {}, signal)) {
    if (!name.startsWith(SCRATCH_NAME_PREFIX)) continue;
    const pool = await findPool(gateway, id, signal);
    const mark = pool && scratchMarkOf(pool);
    if (mark) found.push({ pool, mark });
  }
  return found;
}
