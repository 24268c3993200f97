import type { CognitoGateway, OperationName } from '../../src/cognito/gateway.ts';
import { withGovernor } from '../../src/cognito/governed.ts';
import { createGovernor } from '../../src/cognito/governor.ts';
import { CATEGORY_OF } from '../../src/cognito/quotas.ts';
import { resolveRates, type RateOptions } from '../../src/cognito/rates.ts';
import { withRetry } from '../../src/cognito/retrying.ts';
import { BackupError } from '../../src/model/errors.ts';
import { parsePoolId } from '../../src/model/ids.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { CATEGORY_RATES } from '../../src/simulator/quota-categories.ts';
import { QuotaBuckets } from '../../src/simulator/quota-buckets.ts';
import { SeededRandom } from '../../src/simulator/seeded-random.ts';
import { eventRuntime } from '../support/event-runtime.ts';

/** Somebody else who uses the same quota, at a pace of their own and without looking left or right. */
export interface Neighbour {
  readonly requestsPerSecond: number;
  /** Evenly spaced, or each request on its own (a Poisson process). */
  readonly arrivals: 'even' | 'random';
  /** The part of a second by which the first request is late. */
  readonly phase: number;
  /** How long they stay; absent: to the end. */
  readonly seconds?: number;
}

export interface SharedQuota {
  readonly operation: OperationName;
  /** How many calls of ours have to get through. */
  readonly calls: number;
  readonly window: 'bucket' | 'second';
  /** How many calls of ours are under way at once. */
  readonly width?: number;
  readonly neighbour?: Neighbour;
  /** The chance that a call of ours is throttled for no reason of ours. */
  readonly randomThrottles?: number;
  readonly rates?: RateOptions;
  readonly seed?: number;
}

export interface Shared {
  /** How long it took, and how long it would take at least: the calls at the rate that the neighbour leaves. */
  readonly seconds: number;
  readonly unavoidableSeconds: number;
  readonly ours: Tally;
  readonly theirs: Tally;
}

interface Tally {
  calls: number;
  throttled: number;
}

/** Each way: 30 to 70 ms. Without the jitter two even paces can lock into step, and one of them gets every refusal. */
const LEAST_WAY_MS = 30;
const WAY_JITTER_MS = 40;
const poolId = parsePoolId('eu-central-1_Example01');
const ignore = (): void => undefined;

/** Our whole way to Cognito but the network, and a neighbour, on one quota and one manual clock. */
export async function shareQuota(options: SharedQuota): Promise<Shared> {
  const { operation, calls, neighbour, width = 16, seed = 1 } = options;
  const runtime = eventRuntime(seed);
  const random = new SeededRandom(seed);
  const quotas = new QuotaBuckets({ scale: 1, burst: 5, window: options.window, clock: () => runtime.monotonicMs() });
  const ours: Tally = { calls: 0, throttled: 0 };
  const theirs: Tally = { calls: 0, throttled: 0 };
  const admit = (tally: Tally): boolean => {
    tally.calls += 1;
    try {
      quotas.admit(operation, undefined);
      return true;
    } catch {
      tally.throttled += 1;
      return false;
    }
  };
  const way = (): number => LEAST_WAY_MS + WAY_JITTER_MS * random.fraction();
  const service = serviceAt(runtime, way, () => {
    if (options.randomThrottles !== undefined && random.fraction() < options.randomThrottles) {
      ours.calls += 1;
      ours.throttled += 1;
      return false;
    }
    return admit(ours);
  });
  const governor = createGovernor({ runtime, rates: resolveRates(service, runtime, options.rates) });
  const gateway = withRetry(withGovernor(service, governor, ignore), { runtime, observer: ignore });
  const stop = new AbortController();
  const beside = neighbour && visit(neighbour, runtime, random, () => admit(theirs), stop.signal);
  await work(gateway, operation, calls, width);
  const seconds = runtime.monotonicMs() / 1000;
  stop.abort();
  await beside?.catch(ignore);
  const quota = CATEGORY_RATES[CATEGORY_OF[operation]] ?? 0;
  const left = quota - (neighbour?.requestsPerSecond ?? 0);
  return { seconds, unavoidableSeconds: calls / left, ours, theirs };
}

function serviceAt(runtime: Runtime, wayMs: () => number, admit: () => boolean): CognitoGateway {
  return {
    serviceTime: () => undefined,
    upload: async () => undefined,
    async send(operation, _request, signal) {
      if (operation === 'GetProvisionedLimit') throw new BackupError('rejected', 'Not to be asked');
      await runtime.sleep(wayMs(), signal);
      const isAdmitted = admit();
      await runtime.sleep(wayMs(), signal);
      if (!isAdmitted) throw new BackupError('throttled', `Cognito throttled ${operation}`);
      return undefined;
    },
  };
}

async function work(gateway: CognitoGateway, operation: OperationName, calls: number, width: number): Promise<void> {
  let left = calls;
  const worker = async (): Promise<void> => {
    while ((left -= 1) >= 0) await gateway.send(operation, { poolId });
  };
  await Promise.all(Array.from({ length: width }, worker));
}

async function visit(
  { requestsPerSecond, arrivals, phase, seconds = Number.POSITIVE_INFINITY }: Neighbour,
  runtime: Runtime,
  random: SeededRandom,
  request: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  await runtime.sleep(phase * 1000, signal);
  while (runtime.monotonicMs() < seconds * 1000) {
    request();
    const gap = arrivals === 'even' ? 0.9 + 0.2 * random.fraction() : -Math.log(1 - random.fraction());
    await runtime.sleep((gap * 1000) / requestsPerSecond, signal);
  }
}
