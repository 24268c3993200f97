import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyCase, beginWith } from './apply-case.ts';
import { APPLY_SCENARIOS } from './apply-scenarios.ts';
import { startKillBench, type KillBench } from './kill-bench.ts';
import { VAULT_KINDS } from './killable-vault.ts';

/** The kill in the middle of the users. */
const KILL = { k: 20, when: 'after' } as const;

describe('the lease of a killed run', () => {
  let bench: KillBench;
  beforeAll(async () => {
    bench = await startKillBench();
  });
  afterAll(() => bench.close());

  it.each(['objects', 'folder'] as const)('of another machine holds its target for five minutes: %s', async (kind) => {
    const scenario = APPLY_SCENARIOS['restore by api, sign-in by e-mail'];
    const one = await applyCase(bench, scenario, await beginWith(bench, await VAULT_KINDS[kind](), scenario));
    expect((await one.live(KILL)).ended).toBe('killed');
    await one.moveLeaseElsewhere();
    await expect(one.live()).rejects.toMatchObject({ code: 'locked' });
    bench.clock.skip(280_000);
    await expect(one.live()).rejects.toMatchObject({ code: 'locked' });
    bench.clock.skip(30_000);
    await one.live();
    expect(await one.end()).toMatchObject({ remaining: { missing: 0, extra: 0, changed: 0 }, leftovers: [] });
    await one.remove();
  });
});
