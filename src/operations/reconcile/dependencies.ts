import type { QuotaCategory } from '../../cognito/quotas.ts';
import type { RateOf } from '../../cognito/governor.ts';
import type { CognitoGateway } from '../../cognito/gateway.ts';
import type { Observer } from '../../model/events.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Vault } from '../../snapshot/vault.ts';
import type { Storage } from '../../storage/storage.ts';

/** What every operation that writes to a pool is given. */
export interface ReconcileDependencies {
  /** The target's account. */
  readonly gateway: CognitoGateway;
  /** Requests a second that the governor allows a category, or one operation of it on one pool, now; `calls` is how many the estimate is for. */
  readonly rate: (category: QuotaCategory, calls?: number, of?: RateOf) => Promise<number>;
  /** Where runs are remembered; the vault's storage. */
  readonly storage: Storage;
  /** Whose keys encrypt what is remembered of a run; without it nothing is encrypted. */
  readonly vault?: Vault;
  readonly runtime: Runtime;
  readonly observer: Observer;
  /** How long the lease of a target lives without being renewed; for tests. */
  readonly leaseMs?: number;
}
