import { gunzipSync } from 'node:zlib';
import { eraseUsers, type EraseOptions } from '../../src/operations/erase/erase.ts';
import type { EraseResult } from '../../src/operations/erase/erase-result.ts';
import type { MapEntry } from '../../src/runs/known-pairs.ts';
import { RunFileWriter } from '../../src/runs/run-files.ts';
import { runRecordKey } from '../../src/runs/run-keys.ts';
import { encodeRun, type RunRecord } from '../../src/runs/run-record.ts';
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

/** Writes a run that has ended, with lines in its map, failures and findings. */
export async function plantRun(
  { storage }: Vault,
  run: RunRecord,
  lines: { readonly [File in 'map' | 'failures' | 'findings' | 'plan']?: readonly unknown[] },
): Promise<RunRecord> {
  let record = run;
  for (const [file, items] of Object.entries(lines) as ['map' | 'plan', readonly unknown[]][]) {
    const writer = new RunFileWriter<unknown>(storage, run, `${file}-${run.round}`);
    for (const item of items) await writer.add(item);
    record = { ...record, [file]: await writer.end() };
  }
  await storage.put(runRecordKey(run), encodeRun(record));
  return record;
}

/** A line of a map: who a user of the source is in the target. */
export function mapLine(user: User, targetSub: string): MapEntry {
  const { sub: sourceSub, username } = user;
  return { sourceSub, sourceUsername: username, targetSub, targetUsername: username };
}
