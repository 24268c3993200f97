import type { CognitoGateway } from '../../cognito/gateway.ts';
import { isBackupError } from '../../model/errors.ts';
import type { PoolId } from '../../model/ids.ts';
import { checkRemoval } from '../../plan/scratch-pool/guard-removal.ts';
import { findScratchPools } from './find-scratch-pools.ts';
import { ownerState, type LeaseWitness } from './owner-state.ts';
import { removeScratchPool, type RemoveOptions } from './remove-scratch-pool.ts';

export interface LeftoverOptions extends Pick<RemoveOptions, 'beforeDelete' | 'signal'> {
  readonly witness?: LeaseWitness | undefined;
}

export interface LeftPool {
  readonly poolId: PoolId;
  readonly name: string;
}

export interface Leftovers {
  /** Of runs that have ended. */
  readonly removable: readonly LeftPool[];
  /** Scratch pools by their mark that are not ours to delete (now), with the reason. */
  readonly left: readonly (LeftPool & { readonly reason: string })[];
}

/** Looks for scratch pools of runs that were killed; changes nothing. */
export async function findLeftovers(gateway: CognitoGateway, options: LeftoverOptions = {}): Promise<Leftovers> {
  const { witness, signal } = options;
  const removable: LeftPool[] = [];
  const left: (LeftPool & { readonly reason: string })[] = [];
  for (const { pool, mark } of await findScratchPools(gateway, signal)) {
    const found = { poolId: pool.id, name: pool.name };
    const reason = await reasonToKeep(async () => {
      checkRemoval({ pool, owner: await ownerState(mark, witness), now: gateway.serviceTime() ?? new Date(0) });
    });
    if (reason === undefined) removable.push(found);
    else left.push({ ...found, reason });
  }
  return { removable, left };
}

export interface RemovedLeftovers extends Pick<Leftovers, 'left'> {
  readonly removed: readonly LeftPool[];
}

/** Deletes the scratch pools of runs that were killed; those of runs that are or may be at work stay. */
export async function removeLeftovers(
  gateway: CognitoGateway,
  options: LeftoverOptions = {},
): Promise<RemovedLeftovers> {
  const { witness, signal, beforeDelete } = options;
  const { removable, left } = await findLeftovers(gateway, options);
  const removed: LeftPool[] = [];
  const kept = [...left];
  for (const one of removable) {
    let isRemoved = false;
    const reason = await reasonToKeep(async () => {
      const owner: RemoveOptions['owner'] = (mark) => ownerState(mark, witness);
      isRemoved = await removeScratchPool(gateway, one.poolId, { owner, signal, beforeDelete });
    });
    if (reason !== undefined) kept.push({ ...one, reason });
    else if (isRemoved) removed.push(one);
  }
  return { removed, left: kept };
}

/** What a check or Cognito says against it. */
async function reasonToKeep(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!isBackupError(error, 'refused', 'rejected')) throw error;
    return error.message;
  }
}
