import { describe, expect, it } from 'vitest';
import { fakeGateway } from '../../cognito/fake-gateway.ts';
import { createGovernor } from '../../cognito/governor.ts';
import { resolveRates } from '../../cognito/rates.ts';
import { manualRuntime } from '../../runtime/manual-runtime.ts';
import { priceCalls } from './price-calls.ts';

/** Where the service answers with quotas so many times the default. */
async function priceOf(groups: number, scale: number, maxRps?: number): Promise<number> {
  const runtime = manualRuntime();
  const options = { quotaShare: 1, ...(maxRps !== undefined && { maxRps }) };
  const rates = resolveRates(
    fakeGateway(() => 15 * scale),
    runtime,
    options,
  );
  const governor = createGovernor({ runtime, rates });
  const calls = [['CreateGroup', groups]] as const;
  return (await priceCalls(calls, (...asked) => governor.rate(...asked))).durationMs;
}

describe('priceCalls', () => {
  it('prices an operation on one pool as it is paced: five a second', async () => {
    expect(await priceOf(300, 1)).toBe(60_000);
    // One question is not worth while.
    expect(await priceOf(20, 40)).toBe(4_000);
  });

  it('prices it higher in step with a raised quota, as the governor paces it', async () => {
    expect(await priceOf(300, 40)).toBe(1_500);
  });

  it('leaves it at five a second where --max-rps says how fast the rest is', async () => {
    expect(await priceOf(300, 40, 1_000)).toBe(60_000);
  });
});
