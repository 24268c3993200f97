import { homedir } from 'node:os';
import { join } from 'node:path';
import { composeVault, type Surroundings } from '../compose.ts';
import type { KeyOptions } from '../encryption/open-keys.ts';
import { BackupError } from '../model/errors.ts';
import { regionOfPool, type PoolId } from '../model/ids.ts';
import type { TrustOptions } from '../signing/vault-trust.ts';
import type { Vault } from '../snapshot/vault.ts';
import type { CommandContext } from './command.ts';

/** For whom a vault is written, and what opens it. */
export interface KeyArguments {
  readonly encryptTo?: readonly string[];
  readonly kmsKey?: string;
  readonly passphraseFile?: string;
  readonly identity?: readonly string[];
  readonly unencrypted?: true;
}

/** Who signs, and who is trusted. */
export interface TrustArguments {
  readonly signKey?: string;
  readonly verifyKey?: string;
  readonly seenFile?: string;
}

/** How AWS is reached. */
export interface AwsOptions extends KeyArguments, TrustArguments {
  readonly region?: string;
  readonly profile?: string;
  readonly vaultProfile?: string;
  readonly endpointUrl?: string;
  readonly caBundle?: string;
  readonly maxRps?: number;
  readonly quotaShare?: number;
  readonly patience?: number;
}

export interface VaultOptions {
  readonly vault?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function surroundingsOf(context: CommandContext, options: AwsOptions): Surroundings {
  const { region, profile, vaultProfile, endpointUrl, maxRps, quotaShare, patience } = options;
  // Read by every client, Cognito's and S3's, as every other AWS tool reads it.
  if (options.caBundle !== undefined) process.env['AWS_CA_BUNDLE'] = options.caBundle;
  // The SDK takes the credentials of a profile it is handed, but `endpoint_url` only from the profile of the environment.
  if (profile !== undefined) process.env['AWS_PROFILE'] = profile;
  return {
    runtime: context.runtime,
    observer: context.observer,
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(vaultProfile !== undefined && { vaultProfile }),
    ...(endpointUrl !== undefined && { endpointUrl }),
    ...(maxRps !== undefined && { maxRps }),
    ...(quotaShare !== undefined && { quotaShare }),
    ...(patience !== undefined && { patienceMs: patience * 1_000 }),
    keys: keyOptionsOf(options),
    trust: trustOptionsOf(options),
  };
}

function keyOptionsOf({ encryptTo, kmsKey, passphraseFile, identity, unencrypted }: KeyArguments): KeyOptions {
  if (unencrypted && (encryptTo ?? kmsKey) !== undefined) {
    throw new BackupError('usage', 'Both --unencrypted and a key to encrypt for are given', {
      hint: 'Leave one of them out; COGNITO_BACKUP_ENCRYPT_TO and COGNITO_BACKUP_KMS_KEY count as given',
    });
  }
  return {
    ...(encryptTo && { encryptTo }),
    ...(kmsKey !== undefined && { kmsKey }),
    ...(passphraseFile !== undefined && { passphraseFile }),
    ...(identity && { identities: identity }),
    ...(unencrypted && { unencrypted }),
  };
}

function trustOptionsOf(
  { signKey, verifyKey, seenFile }: TrustArguments,
  env: Environment = process.env,
): TrustOptions {
  return {
    ...(signKey !== undefined && { signKey }),
    ...(verifyKey !== undefined && { verifyKey, seenFile: seenFile ?? join(stateFolder(env), 'seen.json') }),
  };
}

/** Where the XDG base directory specification puts what a program remembers. */
function stateFolder(env: Environment): string {
  return join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'cognito-backup');
}

/** The Region that --region or the environment names. The JavaScript SDK by itself does not read AWS_DEFAULT_REGION. */
export function namedRegion(options: AwsOptions, env: Environment = process.env): string | undefined {
  return [options.region, env['AWS_REGION'], env['AWS_DEFAULT_REGION']].find((region) => region);
}

/** The Region for S3: the one that is named, else the pool's. */
export function storageSurroundings(context: CommandContext, options: AwsOptions, poolId?: PoolId): Surroundings {
  const region = namedRegion(options) ?? (poolId && regionOfPool(poolId));
  return { ...surroundingsOf(context, options), ...(region !== undefined && { region }) };
}

/** Opens the vault that `--vault` names; with `create` it is made where there is none. */
export async function openVaultOf(
  context: CommandContext,
  options: AwsOptions & VaultOptions,
  { create = false, poolId }: { readonly create?: boolean; readonly poolId?: PoolId | undefined } = {},
): Promise<Vault> {
  if (options.vault === undefined || options.vault === '') {
    throw new BackupError('usage', 'No vault is named', {
      hint: 'Pass --vault DIR or --vault s3://bucket/prefix, or set COGNITO_BACKUP_VAULT',
    });
  }
  return composeVault(options.vault, { ...storageSurroundings(context, options, poolId), create });
}
