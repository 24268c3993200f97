import { createHash } from 'node:crypto';
import { partKey, type SnapshotRef } from '../../snapshot/keys.ts';
import type { Vault } from '../../snapshot/vault.ts';
import type { CallOptions } from '../../storage/storage.ts';
import type { VerifyProblem } from './verify-problem.ts';

/** What a manifest says of a file as it is stored: a part, or a file with the snapshot's key. */
export interface StoredFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** Reads a file chunk by chunk and compares size and hash; opens nothing. */
export async function checkStoredFile(
  vault: Vault,
  ref: SnapshotRef,
  file: StoredFile,
  options: CallOptions,
): Promise<VerifyProblem | undefined> {
  const path = partKey(ref, file.path);
  const why = await problemOf(vault, path, file, options);
  return why === undefined ? undefined : { code: 'part-damaged', message: `${path} is damaged: ${why}`, path };
}

async function problemOf(
  { storage }: Vault,
  key: string,
  { sizeBytes, sha256 }: StoredFile,
  { signal }: CallOptions,
): Promise<string | undefined> {
  const chunks = await storage.stream(key, { signal });
  if (chunks === undefined) return 'it is missing';
  const hash = createHash('sha256');
  let read = 0;
  for await (const chunk of chunks) {
    read += chunk.length;
    if (read > sizeBytes) return `it has more than ${sizeBytes} bytes`;
    hash.update(chunk);
  }
  if (read < sizeBytes) return `it has ${read} bytes instead of ${sizeBytes}`;
  return hash.digest('hex') === sha256 ? undefined : 'its SHA-256 does not match the manifest';
}
