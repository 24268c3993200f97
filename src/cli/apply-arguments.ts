import { BackupError } from '../model/errors.ts';
import type { PoolId } from '../model/ids.ts';
import type { ApplyOptions } from '../operations/apply-options.ts';
import type { Engine, PasswordMode } from '../plan/context.ts';
import type { OutputOptions } from './command.ts';
import { checkConfirmedPool } from './confirmation.ts';
import type { AwsOptions, VaultOptions } from './surroundings.ts';

/** Options that restore, import, clean and mirror share. */
export interface ApplyArguments extends OutputOptions, AwsOptions, VaultOptions {
  readonly pool: PoolId;
  readonly targetProfile?: string;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly confirm?: string;
  readonly engine?: Engine;
  readonly importRole?: string;
  readonly passwords?: PasswordMode;
  readonly passwordFile?: string;
  readonly onlyUser?: readonly string[];
  readonly onlyGroup?: readonly string[];
  readonly adopt?: true;
  readonly recreate?: true;
  readonly subAttribute?: string;
  readonly createMissingAttributes?: true;
  readonly dropAttribute?: readonly string[];
  readonly mapAttribute?: readonly (readonly [from: string, to: string])[];
  readonly maxDeletes?: number;
  readonly allowTriggers?: true;
  readonly details?: true;
}

/** What can be wrong with the call whatever the pools hold. Throws `refused`, `usage`. */
export function checkArguments(options: ApplyArguments): void {
  checkConfirmedPool({ confirm: options.confirm, target: options.pool });
  if (options.passwordFile !== undefined && options.passwords !== 'temporary') {
    throw new BackupError('usage', '--password-file is given, but no temporary password will be made', {
      hint: 'Add --passwords temporary, or leave the file out',
    });
  }
}

export function choicesOf(options: ApplyArguments): Omit<ApplyOptions, 'target' | 'confirm'> {
  const { engine, passwords, importRole, maxDeletes, subAttribute } = options;
  return {
    dryRun: options.dryRun === true,
    allowTriggers: options.allowTriggers === true,
    createMissingAttributes: options.createMissingAttributes === true,
    adopt: options.adopt === true,
    recreate: options.recreate === true,
    mapping: { drop: options.dropAttribute ?? [], rename: new Map(options.mapAttribute ?? []) },
    onlyUsers: options.onlyUser ?? [],
    onlyGroups: options.onlyGroup ?? [],
    ...(engine !== undefined && { engine }),
    ...(passwords !== undefined && { passwords }),
    ...(importRole !== undefined && { importRole }),
    ...(subAttribute !== undefined && { subAttribute }),
    ...(maxDeletes !== undefined && { maxDeletes }),
  };
}
