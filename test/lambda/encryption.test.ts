import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { mixedPool } from '../../src/simulator/seeds/mixed-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { BUCKET, startFunctions, type Functions } from './functions.ts';

const VAULT = `s3://${BUCKET}/vault`;
const SEED = mixedPool({ users: 120, groups: 3 });

describe('the functions under a KMS key', { timeout: 180_000 }, () => {
  let functions: Functions;
  let source: string;
  let kmsKey: string;
  let recipient: string;

  beforeAll(async () => {
    functions = await startFunctions();
    source = plantSeed(functions.simulator, SEED);
    kmsKey = functions.simulator.kms.createKey().arn;
    recipient = await identityToRecipient(await generateX25519Identity());
  });
  afterAll(() => functions.stop());

  it('export over several calls, plan an import of it, and leave no part in the clear in the vault', async () => {
    const exporting = { poolId: source, vault: VAULT, csv: `s3://${BUCKET}/csv`, kmsKey, encryptTo: [recipient] };
    const exported = await functions.export.callUntilDone(exporting, { checks: 15 }, { mostCalls: 10 });
    expect(exported.answers.length).toBeGreaterThan(1);
    expect(exported.answer).toMatchObject({ done: true, totals: { users: functions.simulator.pool(source).size } });

    const standby = functions.simulator.createPool({ ...SEED.config });
    const importing = { target: standby, vault: VAULT, snapshot: exported.answer['snapshot'].id, dryRun: true };
    expect(await functions.import.call(importing)).toMatchObject({ done: true, dryRun: true, failed: 0 });
    const parts = functions.keys().filter((key) => key.startsWith('vault/') && key.includes('.gz'));
    expect(parts.length).toBeGreaterThan(4);
    expect(parts.filter((key) => !key.endsWith('.age'))).toEqual([]);
  });

  it.each([
    ['public keys without KMS', { encryptTo: ['RECIPIENT'] }, 'encryptTo is given without kmsKey'],
    ['CSV files that nobody placed', { kmsKey: 'KMS' }, 'it has to be said where they go'],
    ['an alias', { kmsKey: 'arn:aws:kms:eu-central-1:123456789012:alias/x' }, 'not the ARN of a KMS key'],
  ])('refuse %s, and write nothing', async (_what, given, message) => {
    const keys = functions.keys().length;
    const filled = JSON.parse(JSON.stringify(given).replace('RECIPIENT', recipient).replace('"KMS"', `"${kmsKey}"`));
    const call = functions.export.call({ poolId: source, vault: VAULT, ...filled });
    await expect(call).rejects.toThrow(message);
    expect(functions.keys()).toHaveLength(keys);
  });
});
