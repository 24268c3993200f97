import type { CognitoGateway } from '../../../cognito/gateway.ts';
import type { Observer } from '../../../model/events.ts';
import type { PoolDescription } from '../../../model/pool.ts';
import type { Runtime } from '../../../runtime/runtime.ts';

/**
 * `observed`: this account and Region answered so, at that moment. `inconclusive`: it was tried, and the answer does not settle it.
 * `unproven`: it was not tried, and why.
 */
export type Verdict = 'observed' | 'inconclusive' | 'unproven';

/** One open question of COGNITO-FACTS §8, and what was seen. */
export interface ProbeFact {
  readonly id: string;
  readonly question: string;
  readonly verdict: Verdict;
  /** What was done to find out. */
  readonly tried: string;
  readonly observed: string;
  /** By the service's clock. */
  readonly at: string;
  readonly region: string;
}

/** What a probe is given; the pool is a scratch pool, and nobody else's. */
export interface ProbeContext {
  readonly gateway: CognitoGateway;
  readonly runtime: Runtime;
  readonly observer: Observer;
  readonly pool: PoolDescription;
  /** A role with which Cognito may write an import job's log. */
  readonly importRole?: string;
  readonly signal?: AbortSignal | undefined;
}

/** What a probe answers; question and date are put to it by whoever asked. */
export type ProbeAnswer = Pick<ProbeFact, 'verdict' | 'tried' | 'observed'>;

export interface Probe {
  readonly id: string;
  readonly question: string;
  readonly ask: (context: ProbeContext) => Promise<ProbeAnswer>;
}
