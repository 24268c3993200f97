import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/model/errors.ts';
import { SeededRandom } from '../../src/simulator/seeded-random.ts';
import { effort } from '../support/effort.ts';
import { FAULT_KINDS, STALLS, type FaultKind } from '../support/fault-kinds.ts';
import type { PlannedFault } from '../support/fault-proxy.ts';
import { breakRun, measure, type Position } from './break-run.ts';
import { setUpBrokenLine, type BrokenLine } from './broken-line.ts';
import { FLOW_NAMES, flowsOn, type Flows } from './flows.ts';

const SEED = Number(process.env['FAULT_SEED'] ?? 20261123);

const CREDENTIALS: ReadonlySet<FaultKind> = new Set(['expired-token', 'unrecognized-client', 'invalid-signature']);
/** What costs whole rounds: a refusal, and an answer that claims what was not done. */
const COSTLY: ReadonlySet<FaultKind> = new Set(['limit-exceeded', 'empty-200']);

/** One of each sort, for every single request. */
const REPRESENTATIVE: readonly FaultKind[] = [
  'throttle',
  'internal-error',
  'reset-before',
  'reset-after',
  'truncated-body',
  'cut-json',
  'empty-after',
  'expired-token',
];

/** How a run may stop at a fault that comes once; from anything else it goes on by itself. */
function mayStop({ kind, operation }: PlannedFault): readonly (ErrorCode | 'done')[] {
  // The upload goes to S3: to a refusal in other words, and to a job that has no file, the answer is to run again.
  if (operation === 'ImportUpload') return ['done', 'import-failed', 'locked'];
  if (CREDENTIALS.has(kind)) return ['credentials'];
  // The pool has no room for an attribute; another import job is active.
  if (kind === 'limit-exceeded') return ['done', 'rejected', 'locked'];
  return ['done'];
}

let line: BrokenLine;
let flows: Flows;
beforeAll(async () => {
  line = await setUpBrokenLine();
  flows = await flowsOn(line);
  line.simulator.resetCounters();
});
afterAll(async () => {
  expect(line.simulator.counters.messages.causedByAdmin).toBe(0);
  await line.stop();
});

/**
 * Which faults to try where. Ordinarily a lost answer and a kind that is drawn at the first request of each operation, and one at the last; in the
 * long run every kind at the first, and one of each sort at every other.
 */
function choices(positions: readonly Position[], random: SeededRandom): PlannedFault[] {
  const quick = FAULT_KINDS.filter((kind) => !STALLS.has(kind));
  const draw = (): FaultKind => quick[random.below(quick.length)] ?? 'throttle';
  const kindsAt = ({ nth, isLast }: Position): readonly FaultKind[] => {
    if (nth === 1) return effort({ ordinary: ['reset-after', draw()], long: FAULT_KINDS });
    return effort({ ordinary: isLast ? [draw()] : [], long: REPRESENTATIVE });
  };
  return positions.flatMap((position) =>
    kindsAt(position).map((kind) => ({ kind, operation: position.operation, nth: position.nth })),
  );
}

describe.each(FLOW_NAMES)('%s', { timeout: effort({ ordinary: 300_000, long: 3_600_000 }) }, (name) => {
  const random = new SeededRandom(SEED + FLOW_NAMES.indexOf(name));

  it(`completes, or stops and completes when run again, with any one request broken (FAULT_SEED=${SEED})`, async () => {
    const flow = flows.get(name);
    const positions = await measure(line, flow);
    for (const fault of choices(positions, random)) {
      const outcome = await breakRun(line, flow, fault, COSTLY.has(fault.kind) ? undefined : positions.length);
      expect(mayStop(fault), `${fault.kind} at ${fault.operation} ${fault.nth}`).toContain(outcome);
    }
  });
});
