import { gunzipSync } from 'node:zlib';
import { eraseUsers, type EraseOptions, type EraseResult } from '../../src/operations/erase/erase.ts';
import type { ManualRuntime } from '../../src/runtime/manual-runtime.ts';
import type { User } from '../../src/model/user.ts';
import type { SnapshotRef } from '../../src/snapshot/keys.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import type { Vault } from '../../src/snapshot/vault.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { sampleGroup, samplePool, sampleUser } from '../fakes/sample-pool.ts';
import { sampleSnapshot } from '../fakes/sample-snapshot.ts';

export const POOL = samplePool();

/** Whom the tests erase: every value of hers is nobody else's. */
export const EVE = sampleUser(5, {
  username: 'eve-username',
  attributes: [
    ['email', 'eve@canary.example'],
    ['phone_number', '+4915550001'],
    ['custom:note', 'canary-note'],
  ],
});
/** What must be found nowhere after she is erased. */
export const TRACES = [EVE.sub, 'eve-username', 'eve@canary.example', '+4915550001', 'canary-note'];

export const OTHERS: readonly User[] = [1, 2, 3, 4, 6, 7].map((index) => sampleUser(index));
export const EVERYBODY: readonly User[] = [...OTHERS, EVE];

/** Takes a snapshot of `users`, all of them in group `a`. */
export function backUp(
  { vault, runtime }: { readonly vault: Vault; readonly runtime: ManualRuntime },
  users: readonly User[] = EVERYBODY,
): Promise<SnapshotRef> {
  const members = new Map([['a', users.map(({ sub }) => sub)]]);
  return sampleSnapshot({ vault, runtime }, { pool: POOL, users, groups: [sampleGroup('a')], members });
}

export function erase(
  { vault, runtime }: { readonly vault: Vault; readonly runtime: ManualRuntime },
  options: Partial<EraseOptions> = {},
): Promise<EraseResult> {
  return eraseUsers({ vault, runtime }, { subs: [EVE.sub], apply: true, ...options });
}

/** The usernames that a reader hands out. */
export async function usernamesIn(vault: Vault, ref: SnapshotRef): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { username } of (await openSnapshot(vault, ref)).users()) names.push(username);
  return names.toSorted();
}

/** The keys of all objects in which one of the texts stands, packed or not. */
export async function keysNaming(storage: Storage, texts: readonly string[] = TRACES): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { key } of storage.list('')) {
    const { bytes } = (await storage.get(key))!;
    const plain = key.endsWith('.gz') ? gunzipSync(bytes) : bytes;
    const content = `${key}\n${Buffer.from(plain).toString('utf8')}`;
    if (texts.some((text) => content.includes(text))) keys.push(key);
  }
  return keys;
}
