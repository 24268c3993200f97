/** Ways to list a pool. */
export type ListingWay =
  | 'pausing-loop'
  | 'sdk-paginator'
  | 'npm-package'
  | 'sdk-chains'
  | 'sdk-chains-without-logger'
  | 'our-gateway'
  | 'no-sdk-chains';

export interface WorkerTask {
  readonly how: ListingWay;
  readonly poolId: string;
  /** Where `npm-package` is installed, and where it writes. */
  readonly packageFolder?: string;
  readonly outFolder?: string;
}

export interface WorkerResult {
  /** NaN where the way does not tell. */
  readonly users: number;
  readonly elapsedMs: number;
  /** Of all threads, without starting Node and loading the SDK. */
  readonly cpuMs: number;
}
