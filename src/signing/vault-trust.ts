import { readFile } from 'node:fs/promises';
import { BackupError } from '../model/errors.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { SeenSnapshots } from './seen-snapshots.ts';
import { signerOf, verifierOf, type Signer, type Verifier } from './signing-key.ts';

/** Who signs what is written to a vault, and whose signature is asked of what is read. */
export interface VaultTrust {
  /** Absent: what is written is not signed. */
  readonly signer?: Signer;
  /** Absent: signatures are not looked at. */
  readonly verifier?: Verifier;
  /** Only together with a verifier. */
  readonly seen?: SeenSnapshots;
}

/** Files as a person names them. */
export interface TrustOptions {
  /** Private key in PEM. */
  readonly signKey?: string;
  /** Public keys in PEM. */
  readonly verifyKey?: string;
  /** Where the newest snapshots seen are remembered; read and written only where a public key is given. */
  readonly seenFile?: string;
}

/** `location`: of the vault, and the same wherever it is named from. Throws `usage`, `file-not-found`. */
export async function openVaultTrust(
  { signKey, verifyKey, seenFile }: TrustOptions,
  location: string,
  runtime: Runtime,
): Promise<VaultTrust> {
  return {
    ...(signKey !== undefined && { signer: signerOf(await readPem(signKey), signKey) }),
    ...(verifyKey !== undefined && { verifier: verifierOf(await readPem(verifyKey), verifyKey) }),
    ...(verifyKey !== undefined && seenFile !== undefined && { seen: new SeenSnapshots(seenFile, location, runtime) }),
  };
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new BackupError('file-not-found', `Cannot read the key file ${path}: ${code}`, {
      hint: 'Check the path and who may read it',
    });
  }
}
