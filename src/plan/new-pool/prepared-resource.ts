import type { JsonObject } from '../../model/pool-configuration.ts';
import type { ConfigurationLoss } from './configuration-losses.ts';

/** A captured resource, made ready for a new pool. */
export interface PreparedResource {
  /** What the call that makes it is sent, without the ids of pool and client; `undefined`: it is not made. */
  readonly request: JsonObject | undefined;
  /** What the new pool should show of it; `undefined`: nothing. */
  readonly expected: JsonObject | undefined;
  /** Paths of secrets that are there and not known. */
  readonly withheld?: readonly string[];
  readonly losses: readonly ConfigurationLoss[];
}
