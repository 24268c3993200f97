import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { BUCKET, startFunctions, type Functions } from '../lambda/functions.ts';
import { cliHere } from '../support/cli-here.ts';
import { stubAws } from '../support/environment.ts';

const VAULT = `s3://${BUCKET}/vault`;
const SEED = ordinaryPool({ users: 30, groups: 3, seed: 3, model: 'username' });

describe('the functions', () => {
  let functions: Functions;

  beforeAll(async () => {
    functions = await startFunctions();
    stubAws(functions.simulator);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await functions.stop();
  });

  it('leave out whom the command has erased: the import of a snapshot, and the files of an export', async () => {
    const source = plantSeed(functions.simulator, SEED);
    const target = plantSeed(functions.simulator, { ...SEED, groups: [], users: [] });
    const limits = { mostCalls: 10 };
    const exported = await functions.export.callUntilDone({ poolId: source, vault: VAULT }, { checks: 1_000 }, limits);
    const person = [...functions.simulator.pool(source).users()].find(({ status }) => status === 'CONFIRMED')!;
    const erased = await cliHere(['erase', '--vault', VAULT, '--sub', person.sub, '--apply']);
    expect(erased.exitCode, erased.stderr).toBe(0);
    // By the name it had when it was exported.
    const event = { target, vault: VAULT, snapshot: exported.answer['snapshot'].id };
    const imported = await functions.import.callUntilDone(event, { checks: 1_000 }, limits);
    expect(imported.answer).toMatchObject({ done: true, failed: 0, remaining: { missing: 0 } });
    const names = [...functions.simulator.pool(target).users()].map(({ username }) => username);
    expect(names).not.toContain(person.username);
    // The pool still has them: the next snapshot holds them, and its files do not.
    const again = await functions.export.callUntilDone({ poolId: source, vault: VAULT }, { checks: 1_000 }, limits);
    expect(again.answer).toMatchObject({ totals: { users: 30 }, csv: { users: 29, erasedUsers: 1 } });
  });
});
