import { resolve } from 'node:path';
import { BackupError } from '../../model/errors.ts';
import type { PasswordHashAlgorithm } from '../../model/password-hash.ts';
import { importCsv } from '../../operations/import.ts';
import type { ApplyArguments } from '../apply-arguments.ts';
import { runApply } from '../apply-session.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { readableFile } from '../readable-file.ts';
import { storageSurroundings } from '../surroundings.ts';

export interface ImportArguments extends ApplyArguments {
  readonly existing: 'skip' | 'update';
  readonly groups?: string;
  readonly memberships?: string;
  readonly passwordHashes?: PasswordHashAlgorithm;
}

/** Brings what CSV files hold into a pool. */
export async function importFiles(
  context: CommandContext,
  locations: readonly string[],
  options: ImportArguments,
): Promise<CommandResult> {
  refuseDoubled(locations);
  const surroundings = storageSurroundings(context, options, options.pool);
  const file = (location: string) => readableFile(location, surroundings, context.signal);
  const { groups, memberships, passwordHashes } = options;
  const files = {
    users: await Promise.all(locations.map(file)),
    ...(groups !== undefined && { groups: await file(groups) }),
    ...(memberships !== undefined && { memberships: await file(memberships) }),
  };
  return runApply(context, options, {
    command: 'import',
    createVault: true,
    work: async ({ deps, applyOptions }) => ({
      result: await importCsv(deps, {
        ...applyOptions,
        files,
        existing: options.existing,
        ...(passwordHashes !== undefined && { hashes: passwordHashes }),
      }),
    }),
  });
}

/** Every user of a file that is read twice would be in conflict with themselves. */
function refuseDoubled(locations: readonly string[]): void {
  const seen = new Set<string>();
  for (const location of locations) {
    const name = /^s3:/i.test(location) ? location : resolve(location);
    if (seen.has(name)) {
      throw new BackupError('usage', `The file ${JSON.stringify(location)} is given twice`, {
        hint: 'Name each file once',
      });
    }
    seen.add(name);
  }
}
