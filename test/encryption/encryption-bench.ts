import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import type { KeyService } from '../../src/encryption/key-service.ts';
import { openVaultKeys, type KeyOptions } from '../../src/encryption/open-keys.ts';
import { BackupError } from '../../src/model/errors.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import { openVault, type Vault } from '../../src/snapshot/vault.ts';
import type { Storage } from '../../src/storage/storage.ts';

export const KMS_KEY = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';

/** A key pair of age and the file that its private half is in. */
export interface TestKey {
  readonly recipient: string;
  readonly identity: string;
  readonly file: string;
}

/** Files with keys, for one test. */
export interface KeyFolder {
  readonly folder: string;
  newKey(name: string): Promise<TestKey>;
  passphrase(name: string, text: string): Promise<string>;
  remove(): Promise<void>;
}

export async function keyFolder(): Promise<KeyFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'cognito-backup-keys-'));
  return {
    folder,
    newKey: async (name) => {
      const identity = await generateX25519Identity();
      const recipient = await identityToRecipient(identity);
      const file = join(folder, `${name}.txt`);
      await writeFile(file, `# public key: ${recipient}\n${identity}\n`);
      return { recipient, identity, file };
    },
    passphrase: async (name, text) => {
      const file = join(folder, `${name}.passphrase`);
      await writeFile(file, `${text}\n`);
      return file;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A KMS in memory: one key, bound to the place that was named; `denied` refuses. */
export interface TestKms extends KeyService {
  denied: boolean;
  readonly calls: string[];
}

export function testKms(): TestKms {
  const kept = new Map<string, { readonly place: string; readonly plain: Uint8Array }>();
  const calls: string[] = [];
  const placeText = (place: object): string => JSON.stringify(Object.entries(place).sort());
  const check = (): void => {
    if (kms.denied)
      throw new BackupError('kms-refused', 'Cannot use the KMS key', { awsName: 'AccessDeniedException' });
  };
  const kms: TestKms = {
    denied: false,
    calls,
    wrap: async (_keyArn, plain, place) => {
      calls.push('wrap');
      check();
      const name = `wrapped-${kept.size}`;
      kept.set(name, { place: placeText(place), plain: Uint8Array.from(plain) });
      return Buffer.from(name);
    },
    unwrap: async (_keyArn, wrapped, place) => {
      calls.push('unwrap');
      check();
      const found = kept.get(Buffer.from(wrapped).toString());
      if (found?.place === placeText(place)) return found.plain;
      throw new BackupError('key-wrong', 'Cannot decrypt', { awsName: 'InvalidCiphertextException' });
    },
  };
  return kms;
}

/** The same storage, opened with other keys: what another machine or another day has. */
export async function vaultWith(storage: Storage, options: KeyOptions, kms: KeyService = noKms): Promise<Vault> {
  const keys = await openVaultKeys(options, kms);
  return openVault(storage, { runtime: realRuntime, create: true, keys });
}

const refuse = (): Promise<never> =>
  Promise.reject(new BackupError('kms-refused', 'KMS is out of reach', { awsName: 'AccessDeniedException' }));
const noKms: KeyService = { wrap: refuse, unwrap: refuse };

/** Every file below a folder, with its bytes. */
export async function filesBelow(folder: string): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) found.set(path.slice(folder.length + 1), await readFile(path));
  }
  return found;
}
