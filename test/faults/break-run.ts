import { expect } from 'vitest';
import type { ComposedGateway } from '../../src/cognito/compose-gateway.ts';
import { isBackupError, type ErrorCode } from '../../src/model/errors.ts';
import { STALLS } from '../support/fault-kinds.ts';
import type { PlannedFault } from '../support/fault-proxy.ts';
import type { BrokenLine } from './broken-line.ts';
import type { Flow, Started } from './flows.ts';

/** One request of an unbroken run. */
export interface Position {
  readonly operation: string;
  readonly nth: number;
  readonly isLast: boolean;
}

/** Asked beside the work and by the clock, so that its place in a run is not fixed; never waited for. */
const ASIDE = 'GetProvisionedLimit';

/** Every request of an unbroken run, by operation and occurrence. */
export async function measure(line: BrokenLine, flow: Flow): Promise<readonly Position[]> {
  const started = await flow.begin();
  line.proxy.reset();
  await started.run(line.gateway());
  await started.check(`${flow.name}, unbroken`);
  const seen = new Map<string, number>();
  const positions = arrivalsOf(line).map((operation) => {
    const nth = (seen.get(operation) ?? 0) + 1;
    seen.set(operation, nth);
    return { operation, nth };
  });
  return positions.map((one) => ({ ...one, isLast: one.nth === seen.get(one.operation) }));
}

/**
 * One run with its faults, and a second one without where the first one stopped; expects the right result in the end, and
 * of a run that went through, where `least` calls are needed, a tenth more at most besides what was refused or broken.
 * Answers how the first run ended.
 */
export async function breakRun(
  line: BrokenLine,
  flow: Flow,
  fault: PlannedFault,
  least?: number,
): Promise<ErrorCode | 'done'> {
  const context = `${flow.name}: ${fault.kind} at ${fault.operation ?? 'any'} ${fault.nth}`;
  const started = await flow.begin();
  const refusedBefore = refusalsOf(line);
  line.proxy.reset();
  line.proxy.arm(fault);
  const isHasty = STALLS.has(fault.kind);
  const { outcome, failed } = await attempt(started, line.gateway({ isHasty }));
  // One step refused by a limit is that user's failure, however the run goes on.
  expect(failed, `${context}: failures`).toBeLessThanOrEqual(fault.kind === 'limit-exceeded' ? 1 : 0);
  const broken = line.proxy.fired();
  expect(broken, `${context} came about`).toBeGreaterThan(0);
  if (least !== undefined && outcome === 'done' && !isHasty) {
    const rejections = broken + refusalsOf(line) - refusedBefore;
    expect(arrivalsOf(line).length, `${context}: calls`).toBeLessThanOrEqual(1.1 * least + rejections);
  }
  line.proxy.reset();
  if (outcome !== 'done') {
    expect(await attempt(started, line.gateway()), `${context}, run again`).toEqual({ outcome: 'done', failed: 0 });
  }
  await started.check(context);
  return outcome;
}

interface Attempt {
  readonly outcome: ErrorCode | 'done';
  readonly failed: number;
}

async function attempt(started: Started, gateway: ComposedGateway): Promise<Attempt> {
  try {
    return { outcome: 'done', failed: await started.run(gateway) };
  } catch (error) {
    if (!isBackupError(error)) throw error;
    return { outcome: error.code, failed: 0 };
  }
}

function arrivalsOf(line: BrokenLine): readonly string[] {
  return line.proxy.arrived.filter((name) => name !== ASIDE);
}

/** What the simulator itself has refused so far. */
function refusalsOf(line: BrokenLine): number {
  return Object.values(line.simulator.counters.errors).reduce((sum, count) => sum + count, 0);
}
