import { expect, it } from 'vitest';
import { pruneVault, type PruneOptions } from '../../src/operations/prune/prune.ts';
import { listSnapshots } from '../../src/operations/snapshots/list-snapshots.ts';
import { verifySnapshot } from '../../src/operations/verify/verify-snapshot.ts';
import { checkpointKey, snapshotPrefix } from '../../src/snapshot/keys.ts';
import { openVault, type Vault } from '../../src/snapshot/vault.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { memoryStorage, type MemoryStorage } from '../fakes/memory-storage.ts';
import { killableStorage } from '../kills/killable-storage.ts';
import { KillSwitch, type Kill } from '../kills/kill-switch.ts';
import { backUp, contentsOf, contentsOfSnapshot, datedVault, isSnapshot, type DatedVault } from './dated-vault.ts';

const POLICY = { last: 2, daily: 0, weekly: 0, monthly: 0, withinMs: 0 };
const AT_ONCE: PruneOptions = { policy: POLICY, graceMs: 0, apply: true };
const LATER: PruneOptions = { policy: POLICY, apply: true };

/** Five snapshots, two of which go, one leftover checkpoint, and one backup that was never finished. */
async function untidyVault(storage: MemoryStorage): Promise<DatedVault> {
  const dated = await datedVault(storage, [50, 40, 30, 20, 10]);
  const [, , third] = dated.refs;
  for (const key of storage.objects.keys()) {
    if (key.startsWith(snapshotPrefix(third!)) && key.endsWith('manifest.json')) storage.objects.delete(key);
  }
  storage.objects.set(checkpointKey(dated.refs[3]!), Buffer.from('left'));
  return dated;
}

/** Runs a prune that dies; resolves when nothing of it is under way any more. */
async function pruneKilled(dated: DatedVault, options: PruneOptions, kill?: Kill): Promise<readonly string[]> {
  const life = new KillSwitch(kill);
  const vault = await reopened(dated, killableStorage(dated.vault.storage, life));
  await Promise.race([life.died, pruneVault({ vault, runtime: dated.runtime }, options)]);
  return life.names;
}

function reopened({ runtime }: DatedVault, storage: Storage): Promise<Vault> {
  return openVault(storage, { runtime });
}

async function checkKept(dated: DatedVault, before: readonly Record<string, string>[]): Promise<void> {
  for (const at of [3, 4]) {
    const now = await contentsOfSnapshot(dated.vault, dated.refs[at]!);
    const { [checkpointKey(dated.refs[at]!)]: _left, ...kept } = before[at]!;
    const { [checkpointKey(dated.refs[at]!)]: _gone, ...found } = now;
    expect(found).toEqual(kept);
    expect((await verifySnapshot(dated.vault, dated.refs[at]!)).ok).toBe(true);
  }
}

/** Whatever still counts as a snapshot is whole. */
async function checkNoneIsHalf(dated: DatedVault): Promise<void> {
  for (const { id, poolId, status } of await listSnapshots(dated.vault)) {
    if (status !== 'unfinished') expect((await verifySnapshot(dated.vault, { id, poolId })).ok).toBe(true);
  }
}

for (const when of ['before', 'after'] as const) {
  it.each([
    ['that removes', AT_ONCE],
    ['that marks', LATER],
  ])(
    `a prune %s, killed ${when} any of its writes, leaves whole snapshots or what the next one removes`,
    async (_what, options) => {
      const total = (await pruneKilled(await untidyVault(memoryStorage()), options)).length;
      expect(total).toBeGreaterThan(options === AT_ONCE ? 10 : 5);
      for (let k = 1; k <= total; k += 1) {
        const storage = memoryStorage();
        const dated = await untidyVault(storage);
        const before = await Promise.all(dated.refs.map((ref) => contentsOfSnapshot(dated.vault, ref)));
        const names = await pruneKilled(dated, options, { k, when });
        await checkKept(dated, before);
        await checkNoneIsHalf(dated);
        await pruneVault(dated, options);
        const left = (await listSnapshots(dated.vault)).map(({ id }) => id);
        const gone = options === AT_ONCE ? dated.refs.slice(0, 3) : [dated.refs[2]!];
        const message = `killed ${when} ${k}: ${names[k - 1]}`;
        expect(left, message).toEqual(dated.refs.filter((ref) => !gone.includes(ref)).map(({ id }) => id));
        for (const ref of gone) expect(await contentsOf(storage, snapshotPrefix(ref)), message).toEqual({});
        await checkKept(dated, before);
        expect(storage.objects.has(checkpointKey(dated.refs[3]!)), message).toBe(false);
      }
    },
  );
}

/** Something else happens right before every `nth` write. */
function withRival(storage: Storage, rival: (write: number) => Promise<unknown>): Storage {
  let writes = 0;
  const meet = async <T>(work: () => Promise<T>): Promise<T> => {
    await rival((writes += 1));
    return work();
  };
  return {
    ...storage,
    put: (...call) => meet(() => storage.put(...call)),
    putIfAbsent: (...call) => meet(() => storage.putIfAbsent(...call)),
    putIfMatch: (...call) => meet(() => storage.putIfMatch(...call)),
    delete: (...call) => meet(() => storage.delete(...call)),
  };
}

it.each([
  ['the same policy', AT_ONCE],
  ['another grace period', LATER],
  ['a policy that keeps more', { ...AT_ONCE, policy: { ...POLICY, last: 9 } }],
  ['a policy that keeps less', { ...AT_ONCE, policy: { ...POLICY, last: 1 } }],
])('two prunes at once, one of them with %s, leave whole snapshots and the last good one', async (_what, other) => {
  for (let at = 1; at <= 24; at += 1) {
    const dated = await untidyVault(memoryStorage());
    const rival = async (write: number): Promise<unknown> => write === at && pruneVault(dated, other);
    const vault = await reopened(dated, withRival(dated.vault.storage, rival));
    await pruneVault({ vault, runtime: dated.runtime }, AT_ONCE);
    await checkNoneIsHalf(dated);
    expect(await isSnapshot(dated.vault, dated.refs[4]!)).toBe(true);
    await pruneVault(dated, AT_ONCE);
    expect((await listSnapshots(dated.vault)).every(({ status }) => status === 'complete')).toBe(true);
  }
});

it('a snapshot that another run takes back in the last moment stays', async () => {
  const dated = await untidyVault(memoryStorage());
  await pruneVault(dated, LATER);
  dated.runtime.advance(8 * 24 * 60 * 60 * 1000);
  const keepAll: PruneOptions = { policy: { ...POLICY, last: 9 }, apply: true };
  const rival = async (write: number): Promise<unknown> => write === 1 && pruneVault(dated, keepAll);
  const vault = await reopened(dated, withRival(dated.vault.storage, rival));
  const result = await pruneVault({ vault, runtime: dated.runtime }, LATER);
  // The first write is the manifest of the oldest one: it was decided on before the other run took the marks away.
  expect(result.pools[0]?.snapshots.map(({ fate, reasons }) => [fate, ...reasons])).toEqual([
    ['removed'],
    ['kept', 'taken-back'],
    ['kept', 'last'],
    ['kept', 'newest', 'last'],
  ]);
});

it('a prune before every write of a backup does it no harm', async () => {
  const storage = memoryStorage();
  const dated = await datedVault(storage, [30, 20, 10]);
  const harshest: PruneOptions = { policy: { ...POLICY, last: 0, withinMs: 1 }, graceMs: 0, apply: true };
  let prunes = 0;
  const rival = (): Promise<unknown> => {
    prunes += 1;
    return pruneVault(dated, harshest);
  };
  const vault = await reopened(dated, withRival(storage, rival));
  const ref = await backUp({ vault, runtime: dated.runtime }, 200);
  expect(prunes).toBeGreaterThan(5);
  await pruneVault(dated, harshest);
  expect((await listSnapshots(dated.vault)).map(({ id }) => id)).toEqual([ref.id]);
  expect((await verifySnapshot(dated.vault, ref)).ok).toBe(true);
});
