import type { PoolId } from '../../model/ids.ts';
import { isLeaseHeld } from '../../runs/lease.ts';
import type { LeaseWitness } from '../scratch-pool/owner-state.ts';
import type { DrillDependencies } from './dependencies.ts';

/** What a vault's leases tell of drills; `heldHere`: that of this run itself. */
export function leaseWitness(
  { storage, runtime, vault, gateway }: DrillDependencies,
  { heldHere, signal }: { readonly heldHere?: PoolId; readonly signal?: AbortSignal | undefined },
): LeaseWitness {
  return {
    vaultId: vault.id,
    isHeldByAnother: async (target) => {
      if (target === heldHere) return false;
      const date = gateway.serviceTime();
      const serviceTime = date && { date, askedMs: runtime.monotonicMs() };
      return isLeaseHeld({ storage, runtime, target, serviceTime, signal });
    },
  };
}
