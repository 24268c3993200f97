import type { Vault } from '../../snapshot/vault.ts';
import type { ReconcileDependencies } from '../reconcile/dependencies.ts';

export interface DrillDependencies extends ReconcileDependencies {
  readonly vault: Vault;
}
