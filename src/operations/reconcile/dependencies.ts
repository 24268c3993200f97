import type { QuotaCategory } from '../../cognito/quotas.ts';
import type { CognitoGateway } from '../../cognito/gateway.ts';
import type { Observer } from '../../model/events.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Storage } from '../../storage/storage.ts';

/** What every operation that writes to a pool is given. */
export interface ReconcileDependencies {
  /** The target's account. */
  readonly gateway: CognitoGateway;
  /** Requests a second that the governor allows a category now. */
  readonly rate: (category: QuotaCategory) => Promise<number>;
  /** Where runs are remembered; the vault's storage. */
  readonly storage: Storage;
  readonly runtime: Runtime;
  readonly observer: Observer;
}
