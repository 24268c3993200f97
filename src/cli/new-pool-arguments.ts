import { BackupError } from '../model/errors.ts';
import type { NewPoolOptions } from '../plan/new-pool/new-pool-plan.ts';
import type { ApplyArguments } from './apply-arguments.ts';

/** What `restore --new-pool` takes besides what says how users are written. */
export interface NewPoolChoices {
  readonly newPool?: string;
  readonly mapArn?: readonly (readonly [old: string, now: string])[];
  readonly domain?: string | false;
  /** False for `--no-custom-domain`. */
  readonly customDomain?: boolean;
  /** False for `--no-triggers`. */
  readonly triggers?: boolean;
  readonly providerSecrets?: string;
  readonly configOnly?: true;
  readonly usersOnly?: true;
  readonly writeEnv?: string;
}

export interface RestoreArguments extends ApplyArguments, NewPoolChoices {
  readonly existing: 'skip' | 'update';
  readonly hashes?: string;
}

export type NewPoolArguments = Omit<RestoreArguments, 'pool'> & NewPoolChoices & { readonly newPool: string };

/** Options that say something about a pool that is there already, and those about one that is not. */
const OF_AN_EXISTING_POOL = ['confirm', 'adopt', 'recreate', 'allowTriggers'] as const;
const OF_A_NEW_POOL = ['mapArn', 'domain', 'providerSecrets', 'configOnly', 'usersOnly', 'writeEnv'] as const;

/** Whether the restore is into a new pool. Throws `usage` where it is neither or both, or options belong to the other. */
export function isNewPool(options: RestoreArguments & NewPoolChoices): options is RestoreArguments & NewPoolArguments {
  const { newPool, pool } = options as { readonly newPool?: string; readonly pool?: string };
  if ((newPool === undefined) === (pool === undefined)) {
    throw new BackupError('usage', 'Name one target: a pool that is there, or a new one', {
      hint: 'Pass --pool ID, or --new-pool NAME',
    });
  }
  if (newPool === undefined) refuseAll(OF_A_NEW_POOL, options, '--new-pool NAME');
  else refuseAll(OF_AN_EXISTING_POOL, options, '--pool ID');
  if (newPool === undefined && (options.customDomain === false || options.triggers === false)) {
    throw belongsTo('--no-custom-domain and --no-triggers', '--new-pool NAME');
  }
  if (newPool !== undefined) checkNewPool(options);
  return newPool !== undefined;
}

/** What says how users are written, as far as it has no default. */
const OF_USERS = [
  'hashes',
  'importRole',
  'passwordFile',
  'onlyUser',
  'onlyGroup',
  'subAttribute',
  'createMissingAttributes',
  'dropAttribute',
  'mapAttribute',
  'details',
] as const;

function checkNewPool(options: RestoreArguments & NewPoolChoices): void {
  const { existing, configOnly, usersOnly } = options;
  if (existing === 'update') throw belongsTo('--existing update', '--pool ID');
  if (configOnly && usersOnly) {
    throw new BackupError('usage', 'Both --config-only and --users-only are given', { hint: 'Leave both out for all' });
  }
  const given = (configOnly ? OF_USERS : []).map((name) => flagOf(name, options)).find((flag) => flag !== undefined);
  if (given !== undefined) {
    throw new BackupError('usage', `${given} is given, but with --config-only no user is written`, {
      hint: 'Leave one of the two out',
    });
  }
}

function refuseAll(names: readonly string[], options: object, other: string): void {
  const given = names.map((name) => flagOf(name, options)).find((flag) => flag !== undefined);
  if (given !== undefined) throw belongsTo(given, other);
}

/** As it is typed; `undefined` where it was not given. */
function flagOf(name: string, options: object): string | undefined {
  if ((options as Readonly<Record<string, unknown>>)[name] === undefined) return undefined;
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function belongsTo(flags: string, other: string): BackupError {
  return new BackupError('usage', `${flags} goes with ${other} alone`, {
    hint: 'Leave it out, or name the other target',
  });
}

export function newPoolOptions(
  options: NewPoolArguments,
): Pick<NewPoolOptions, 'name' | 'arns' | 'domains' | 'triggers' | 'scope'> {
  const { newPool: name, mapArn = [], domain, customDomain, triggers, configOnly, usersOnly } = options;
  return {
    name,
    arns: new Map(mapArn),
    domains: {
      ...(domain !== undefined && { prefix: domain }),
      ...((customDomain === false || domain === false) && { custom: false as const }),
    },
    triggers: triggers !== false,
    scope: configOnly ? 'configuration' : usersOnly ? 'users' : 'all',
  };
}
