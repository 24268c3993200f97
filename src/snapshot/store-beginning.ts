import type { Envelope } from '../encryption/envelope.ts';
import { BackupError } from '../model/errors.ts';
import type { Group } from '../model/group.ts';
import { countByKind, type PoolConfiguration } from '../model/pool-configuration.ts';
import type { PoolDescription } from '../model/pool.ts';
import { secretsOf } from '../model/resource-secrets.ts';
import type { Checkpoint } from './checkpoint.ts';
import { CONFIG_PART, digestsPath, GROUPS_PART, partKey, POOL_PART, type SnapshotRef } from './keys.ts';
import type { PartEntry } from './manifest.ts';
import { sealPart } from './part.ts';
import { groupCodec, poolCodec, resourceCodec } from './record-codec.ts';
import { digestsOf } from './record-digests.ts';
import { sha256 } from './sha256.ts';
import { storeOnce } from './store-once.ts';
import { storePart, type PartStore } from './store-part.ts';

/** What a snapshot begins with, read before its users are listed. */
export interface SnapshotBeginning {
  readonly pool: PoolDescription;
  readonly configuration: PoolConfiguration;
  readonly groups: readonly Group[];
  /** Digests are made with it. */
  readonly salt: string;
}

/**
 * Stores keys, description, configuration and groups, all that is stored before a page is listed. Answers what the checkpoint
 * has to say of them.
 */
export async function storeBeginning(
  ref: SnapshotRef,
  { pool, groups, configuration: { resources }, salt }: SnapshotBeginning,
  envelope: Envelope | undefined,
  parts: PartStore,
): Promise<Pick<Checkpoint, 'parts' | 'salt' | 'groupDigestsSha256' | 'configuration'>> {
  const put = (path: string, bytes: Uint8Array) => storeOnce(parts.vault.storage, partKey(ref, path), bytes);
  const store = async (path: string, lines: readonly string[]): Promise<PartEntry> =>
    storePart(ref, path, await sealPart(lines, envelope?.seal), parts);
  for (const { path, bytes } of envelope?.keyFiles ?? []) await put(path, bytes);
  const entries = [await store(POOL_PART, [poolCodec.encode(pool)])];
  if (!envelope && resources.some((resource) => secretsOf(resource).length > 0))
    throw new BackupError('internal', 'Secrets would be written unencrypted');
  if (resources.length > 0) entries.push(await store(CONFIG_PART, resources.map(resourceCodec.encode)));
  if (groups.length > 0) entries.push(await store(GROUPS_PART, groups.map(groupCodec.encode)));
  const stored = { salt, parts: entries, ...(resources.length > 0 && { configuration: countByKind(resources) }) };
  if (!envelope || groups.length === 0) return stored;
  const digests = digestsOf(
    salt,
    groups.map(({ name }) => name),
  );
  await put(digestsPath(GROUPS_PART), digests);
  return { ...stored, groupDigestsSha256: sha256(digests) };
}
