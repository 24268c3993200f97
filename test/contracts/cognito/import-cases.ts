import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { ImportJob } from '../../../src/cognito/gateway.ts';
import { runImportJob } from '../../../src/cognito/import-job.ts';
import type { PoolId } from '../../../src/model/ids.ts';
import { createUser, itemsOf, userOf, verifiedEmail, type Bed, type Cases } from './contract-bed.ts';

/** Imports a row for each name, with a verified address. */
async function importUsers(bed: Bed, poolId: PoolId, names: readonly string[]): Promise<ImportJob> {
  const { gateway, runtime, importRole } = bed;
  if (importRole === undefined) return bed.skip('no role for import jobs is given');
  const header = await gateway.send('GetCSVHeader', { poolId });
  const rows = names.map((name) => {
    const cells: Record<string, string> = {
      'cognito:username': name,
      email: `${name}@example.com`,
      email_verified: 'true',
      phone_number_verified: 'false',
      'cognito:mfa_enabled': 'false',
    };
    return header.map((column) => cells[column] ?? '').join(',');
  });
  const folder = await mkdtemp(join(tmpdir(), 'import-contract-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const csvPath = join(folder, 'users.csv');
  await writeFile(csvPath, `${[header.join(','), ...rows].join('\n')}\n`);
  const options = { poolId, roleArn: importRole, csvPath, name: 'contract', runtime, observer: () => {} };
  return runImportJob(gateway, options);
}

export const importCases = {
  'the import header has a column for each attribute, the username and MFA': async ({ newPool, send }) => {
    const poolId = await newPool({ Schema: [{ Name: 'tier', AttributeDataType: 'String', Mutable: true }] });
    const header = await send('GetCSVHeader', { poolId });
    expect(header).toEqual(
      expect.arrayContaining([
        'name',
        'email',
        'email_verified',
        'phone_number',
        'phone_number_verified',
        'birthdate',
        'updated_at',
        'cognito:mfa_enabled',
        'cognito:username',
        'custom:tier',
      ]),
    );
    expect(header).not.toContain('sub');
  },

  'a pool without import jobs lists none': async (bed) => {
    expect(await itemsOf(bed, 'ListUserImportJobs', { poolId: await bed.newPool() })).toEqual([]);
  },

  'an import job brings users who have to reset the password': async (bed) => {
    const poolId = await bed.newPool({ AutoVerifiedAttributes: ['email'] });
    const job = await importUsers(bed, poolId, ['anna', 'otto']);
    expect(job).toMatchObject({ state: 'Succeeded', imported: 2, skipped: 0, failed: 0 });
    await bed.eventually(async () => {
      const anna = await userOf(bed, poolId, 'anna');
      expect(anna).toMatchObject({ status: 'RESET_REQUIRED', enabled: true });
      expect(anna?.attributes).toEqual(expect.arrayContaining(verifiedEmail('anna@example.com')));
    });
    expect(await itemsOf(bed, 'ListUserImportJobs', { poolId })).toMatchObject([
      { jobId: job.jobId, state: 'Succeeded', imported: 2 },
    ]);
  },

  'an import job skips users who exist': async (bed) => {
    const poolId = await bed.newPool({ AutoVerifiedAttributes: ['email'] });
    await createUser(bed, poolId, 'anna', verifiedEmail('old@example.com'));
    const job = await importUsers(bed, poolId, ['anna', 'otto', 'emma']);
    expect(job).toMatchObject({ state: 'Succeeded', imported: 2, skipped: 1, failed: 0 });
    await bed.eventually(async () => {
      const anna = await userOf(bed, poolId, 'anna');
      expect(anna?.attributes).toContainEqual(['email', 'old@example.com']);
      expect(await userOf(bed, poolId, 'otto')).toBeDefined();
    });
  },
} satisfies Cases<string>;
