import type { CognitoGateway } from '../../../cognito/gateway.ts';
import { isBackupError } from '../../../model/errors.ts';
import type { Observer } from '../../../model/events.ts';
import type { PoolId } from '../../../model/ids.ts';
import type { JsonObject } from '../../../model/pool-configuration.ts';
import type { PoolDescription } from '../../../model/pool.ts';
import type { Runtime } from '../../../runtime/runtime.ts';
import { makeScratchPool } from '../../scratch-pool/make-scratch-pool.ts';
import { newScratchMark } from '../../scratch-pool/new-scratch-mark.ts';
import { removeLeftovers, type Leftovers } from '../../scratch-pool/remove-leftovers.ts';
import { removeScratchPool } from '../../scratch-pool/remove-scratch-pool.ts';
import { NOT_PROBED } from './not-probed.ts';
import type { Probe, ProbeAnswer, ProbeContext, ProbeFact } from './probe-fact.ts';
import { headerProbe, importProbe, thresholdProbe } from './probe-imports.ts';
import { limitsProbe } from './probe-limits.ts';
import { digitsProbe, lagProbe, latencyProbe, prefixProbe } from './probe-users.ts';

export interface ProbeDependencies {
  readonly gateway: CognitoGateway;
  readonly runtime: Runtime;
  readonly observer: Observer;
}

export interface ProbeOptions {
  readonly region: string;
  readonly importRole?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface ProbeResult {
  readonly region: string;
  /** The scratch pool, which is gone when this is read, unless `remains` says why not. */
  readonly pool: PoolId;
  readonly remains: string | null;
  /** Scratch pools of runs that were killed: deleted now, or left and why. */
  readonly leftovers: {
    readonly removed: readonly PoolId[];
    readonly left: Leftovers['left'];
  };
  readonly facts: readonly ProbeFact[];
}

/** In this order: the first makes the users that the others look at. */
const PROBES: readonly Probe[] = [
  limitsProbe,
  lagProbe,
  prefixProbe,
  digitsProbe,
  latencyProbe,
  headerProbe,
  importProbe,
  thresholdProbe,
  ...NOT_PROBED,
];

/** What it takes at most, import jobs included; afterwards any other run may delete the pool. */
const LIFE_MS = 60 * 60 * 1_000;

/** Nothing here sends a message: no address that is anybody's, nobody signs up, and no recovery but an administrator's. */
const SETTINGS: JsonObject = {
  AutoVerifiedAttributes: ['email'],
  MfaConfiguration: 'OFF',
  AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
  AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'admin_only', Priority: 1 }] },
};

/**
 * Settles what it can of the open questions about Cognito, on a pool of its own that it makes and deletes. What an earlier run
 * that was killed has left is deleted first. Throws `not-authorized` where no pool may be made, and what an outage throws.
 */
export async function probeService(deps: ProbeDependencies, options: ProbeOptions): Promise<ProbeResult> {
  const { gateway, runtime, observer } = deps;
  const { region, importRole, signal } = options;
  const found = await removeLeftovers(gateway, { signal });
  const serviceTime = gateway.serviceTime();
  const mark = await newScratchMark({ purpose: 'probe', lifeMs: LIFE_MS, serviceTime, runtime });
  const pool = await makeScratchPool(gateway, { mark, settings: SETTINGS }, { runtime, signal });
  const facts: ProbeFact[] = [];
  let remains: string | null;
  try {
    const context = { gateway, runtime, observer, pool, signal, ...(importRole !== undefined && { importRole }) };
    observer({ kind: 'phase', phase: 'doctor', total: PROBES.length });
    for (const probe of PROBES) {
      facts.push(await factOf(probe, context, region));
      observer({ kind: 'progress', phase: 'doctor', done: facts.length, total: PROBES.length });
    }
  } finally {
    // Also when somebody wants it to stop: it takes three calls, and leaves nothing behind.
    remains = await remove(gateway, pool);
    if (remains !== null) observer({ kind: 'warning', code: 'scratch-pool-remains', message: remains });
  }
  const removed = found.removed.map(({ poolId }) => poolId);
  return { region, pool: pool.id, remains, leftovers: { removed, left: found.left }, facts };
}

/** What is refused settles nothing, and keeps nobody from asking the next question. */
async function factOf(probe: Probe, context: ProbeContext, region: string): Promise<ProbeFact> {
  const { id, question } = probe;
  const answer = await probe.ask(context).catch(inconclusive);
  const at = (context.gateway.serviceTime() ?? context.runtime.now()).toISOString();
  return { id, question, ...answer, at, region };
}

function inconclusive(error: unknown): ProbeAnswer {
  if (!isBackupError(error, 'rejected', 'not-authorized', 'import-failed', 'locked', 'token-expired')) throw error;
  return { verdict: 'inconclusive', tried: error.message, observed: `Refused: ${error.awsName ?? error.code}` };
}

/** `null` once it is gone, else why it is not. */
async function remove(gateway: CognitoGateway, { id }: PoolDescription): Promise<string | null> {
  try {
    await removeScratchPool(gateway, id, { owner: async () => 'self' });
    return null;
  } catch (error) {
    if (!isBackupError(error)) throw error;
    return error.message;
  }
}
