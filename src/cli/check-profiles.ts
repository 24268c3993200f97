import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { BackupError } from '../model/errors.ts';

interface ProfileArguments {
  readonly profile?: string;
  readonly vaultProfile?: string;
  readonly targetProfile?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Throws `credentials` for a profile that AWS's files do not have: the SDK would go on to what else it finds, the role of this
 * machine for example.
 */
export async function checkProfiles(options: object, env: Environment = process.env): Promise<void> {
  const { profile, vaultProfile, targetProfile }: ProfileArguments = options;
  const named = [profile, vaultProfile, targetProfile].filter((name) => name !== undefined);
  if (named.length === 0) return;
  const paths = [
    env['AWS_CONFIG_FILE'] || join(homedir(), '.aws', 'config'),
    env['AWS_SHARED_CREDENTIALS_FILE'] || join(homedir(), '.aws', 'credentials'),
  ];
  const known = new Set(['default', ...(await Promise.all(paths.map(sectionsOf))).flat()]);
  const missing = named.find((name) => !known.has(name));
  if (missing === undefined) return;
  throw new BackupError('credentials', `There is no profile ${JSON.stringify(missing)}`, {
    hint: `It is looked for in ${paths.join(' and ')}; aws configure list-profiles names those that are there`,
  });
}

/** `[profile NAME]` and `[NAME]`; a file that is not there or cannot be read has none. */
async function sectionsOf(path: string): Promise<readonly string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return [...text.matchAll(/^\s*\[\s*(?:profile\s+)?(["']?)(.+?)\1\s*\]/gm)].map(([, , name = '']) => name);
}
