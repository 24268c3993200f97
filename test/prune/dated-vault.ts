import { manualRuntime, type ManualRuntime } from '../../src/runtime/manual-runtime.ts';
import { manifestKey, snapshotPrefix, type SnapshotRef } from '../../src/snapshot/keys.ts';
import { openVault, type Vault } from '../../src/snapshot/vault.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { sampleGroup, samplePool, sampleUsers } from '../fakes/sample-pool.ts';
import { sampleSnapshot } from '../fakes/sample-snapshot.ts';

export const DAY_MS = 24 * 60 * 60 * 1000;
export const POOL = samplePool();

/** A vault with one snapshot of the sample pool for each age, oldest first; its clock then stands at `now`. */
export interface DatedVault {
  readonly vault: Vault;
  readonly runtime: ManualRuntime;
  readonly refs: readonly SnapshotRef[];
  readonly now: Date;
}

export async function datedVault(
  storage: Storage,
  agesInDays: readonly number[],
  { now = new Date('2026-11-23T12:00:00Z'), users = [] as readonly number[] } = {},
): Promise<DatedVault> {
  const oldest = Math.max(...agesInDays);
  const runtime = manualRuntime(new Date(now.getTime() - oldest * DAY_MS));
  const vault = await openVault(storage, { create: true, runtime });
  const refs: SnapshotRef[] = [];
  for (const [index, age] of agesInDays.entries()) {
    moveTo(runtime, now.getTime() - age * DAY_MS);
    refs.push(await backUp({ vault, runtime }, users[index]));
  }
  moveTo(runtime, now.getTime());
  return { vault, runtime, refs, now };
}

export function backUp(
  { vault, runtime }: Pick<DatedVault, 'vault' | 'runtime'>,
  users: number | undefined,
): Promise<SnapshotRef> {
  const everybody = sampleUsers(users ?? 3);
  const members = new Map([['a', everybody.slice(0, 2).map(({ sub }) => sub)]]);
  return sampleSnapshot({ vault, runtime }, { pool: POOL, users: everybody, groups: [sampleGroup('a')], members });
}

/** Every object below a prefix with its content. */
export async function contentsOf(storage: Storage, prefix = ''): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { key } of storage.list(prefix)) {
    found[key] = Buffer.from((await storage.get(key))!.bytes).toString('base64');
  }
  return found;
}

/** The folder of one snapshot, with its content. */
export function contentsOfSnapshot({ storage }: Vault, ref: SnapshotRef): Promise<Record<string, string>> {
  return contentsOf(storage, snapshotPrefix(ref));
}

export async function isSnapshot({ storage }: Vault, ref: SnapshotRef): Promise<boolean> {
  return (await storage.head(manifestKey(ref))) !== undefined;
}

function moveTo(runtime: ManualRuntime, timeMs: number): void {
  runtime.advance(timeMs - runtime.now().getTime());
}
