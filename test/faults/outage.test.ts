import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../src/cli/exit-codes.ts';
import type { ErrorCode } from '../../src/model/errors.ts';
import { SeededRandom } from '../../src/simulator/seeded-random.ts';
import { effort } from '../support/effort.ts';
import type { FaultKind } from '../support/fault-kinds.ts';
import { breakRun, measure } from './break-run.ts';
import { setUpBrokenLine, type BrokenLine } from './broken-line.ts';
import { FLOW_NAMES, flowsOn, type Flows } from './flows.ts';

const SEED = Number(process.env['FAULT_SEED'] ?? 20261124);

/** Faults that stay, how a run stops at them, and its exit code. */
const OUTAGES: readonly (readonly [FaultKind, ErrorCode, number])[] = [
  ['throttle', 'throttled', 75],
  ['internal-error', 'unavailable', 75],
  ['reset-before', 'unavailable', 75],
  ['reset-after', 'unavailable', 75],
  ['truncated-body', 'unavailable', 75],
  ['html-200', 'unreadable-answer', 1],
  ['foreign-json-403', 'unreadable-answer', 1],
];

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

describe.each(FLOW_NAMES)('%s', { timeout: effort({ ordinary: 300_000, long: 3_600_000 }) }, (name) => {
  const random = new SeededRandom(SEED + FLOW_NAMES.indexOf(name));

  it(`stops with its code at an operation that stays broken, and completes when run again (FAULT_SEED=${SEED})`, async () => {
    const flow = flows.get(name);
    const positions = await measure(line, flow);
    for (const { operation, nth, isLast } of positions) {
      const isTried = effort({ ordinary: nth === 1 && random.below(2) === 0, long: nth === 1 || isLast });
      if (!isTried) continue;
      // S3 answers the upload in other words than Cognito: the runs with one broken request cover it.
      if (operation === 'ImportUpload') continue;
      const drawn = OUTAGES[random.below(OUTAGES.length)];
      for (const [kind, code, exitCode] of effort({ ordinary: drawn ? [drawn] : [], long: OUTAGES })) {
        const outcome = await breakRun(line, flow, { kind, operation, nth, times: Number.POSITIVE_INFINITY });
        expect(outcome, `${kind} at ${operation} from ${nth} on`).toBe(code);
        expect(exitCodeOf(code)).toBe(exitCode);
      }
    }
  });
});
