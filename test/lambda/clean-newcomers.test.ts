import { afterAll, beforeAll, expect, it } from 'vitest';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { BUCKET, startFunctions, type Functions } from './functions.ts';

let functions: Functions;
beforeAll(async () => (functions = await startFunctions()));
afterAll(() => functions.stop());

it('the function clean deletes nobody who came after its snapshot, however late it plans', async () => {
  const target = plantSeed(functions.simulator, ordinaryPool({ users: 100, groups: 2, seed: 8, model: 'email' }));
  const pool = functions.simulator.pool(target);
  const event = { target, sourcePoolId: 'eu-central-1_AbCdEfGhI', confirm: target, vault: `s3://${BUCKET}/vault` };
  let next = await functions.clean.call(event, { checks: 1 });
  while (next['continue'] && (next['continue'] as { readonly phase: string }).phase === 'backup') {
    next = await functions.clean.call(next, { checks: 1 });
  }
  expect(next).toMatchObject({ done: false });
  const newcomer = pool.addUser({ status: 'CONFIRMED', attributes: [['email', 'newcomer@example.org']] });
  // The service's clock shows whole seconds.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const { answer } = await functions.clean.callUntilDone(next, { ms: 60_000 }, { mostCalls: 20 });
  expect(answer).toMatchObject({ done: true, conflicts: 1 });
  expect([...pool.users()].map(({ sub }) => sub)).toEqual([newcomer.sub]);
});
