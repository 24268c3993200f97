import type { CognitoGateway } from '../../cognito/gateway.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { SnapshotReader } from '../../snapshot/snapshot-reader.ts';
import { verifyPool, type VerifyPoolOptions, type VerifyPoolResult } from '../verify/verify-pool.ts';

export interface ComparePoolOptions extends Pick<VerifyPoolOptions, 'poolId' | 'knownPairs' | 'roles'> {
  readonly signal?: AbortSignal | undefined;
}

/** Lists lag writes, by seconds as far as anybody has seen. [D] COGNITO-FACTS §4 */
const DELAYS_MS = [5_000, 15_000, 30_000];

/** Compares the restored pool with the snapshot, as `verify --pool` does; what differs is looked at again when lists had time. */
export async function comparePool(
  deps: { readonly gateway: CognitoGateway; readonly runtime: Runtime },
  reader: SnapshotReader,
  { signal, ...options }: ComparePoolOptions,
): Promise<VerifyPoolResult> {
  const compare = (): Promise<VerifyPoolResult> =>
    // The configuration was compared with the plan when the pool was made.
    verifyPool(deps, reader, { ...options, configuration: false, signal });
  let result = await compare();
  for (const delayMs of DELAYS_MS) {
    if (Object.values(result.differences).every((count) => count === 0)) break;
    await deps.runtime.sleep(delayMs, signal);
    result = await compare();
  }
  return result;
}
