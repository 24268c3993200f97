import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkProfiles } from './check-profiles.ts';

describe('checkProfiles', () => {
  let folder: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'profiles-'));
    env = { AWS_CONFIG_FILE: join(folder, 'config'), AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials') };
    await writeFile(join(folder, 'config'), '[profile prod]\nregion = x\n[profile "two words"]\n[sso-session sso]\n');
    await writeFile(join(folder, 'credentials'), '# [gone]\n[keys]\naws_access_key_id = A\n');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(['prod', 'two words', 'keys', 'default'])('takes %s', async (profile) => {
    await expect(checkProfiles({ profile }, env)).resolves.toBeUndefined();
  });

  it.each(['nope', 'gone', 'sso'])('names %s as what is missing', async (name) => {
    for (const options of [{ profile: name }, { profile: 'prod', vaultProfile: name }, { targetProfile: name }]) {
      await expect(checkProfiles(options, env)).rejects.toMatchObject({
        code: 'credentials',
        message: `There is no profile "${name}"`,
      });
    }
  });

  it('asks nothing where no profile is named', async () => {
    await expect(checkProfiles({}, { AWS_CONFIG_FILE: folder })).resolves.toBeUndefined();
  });
});
