import type { Group } from '../../src/model/group.ts';
import type { User } from '../../src/model/user.ts';
import { backupPool } from '../../src/operations/backup/backup.ts';
import { acceptSnapshot } from '../../src/operations/snapshots/accept-snapshot.ts';
import { manualRuntime } from '../../src/runtime/manual-runtime.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import { openVault } from '../../src/snapshot/vault.ts';
import { collect } from '../fakes/collect.ts';
import { memoryStorage } from '../fakes/memory-storage.ts';
import { sampleGroup, samplePool, sampleUsers } from '../fakes/sample-pool.ts';
import { poolHandlers, scriptedGateway } from '../fakes/scripted-gateway.ts';
import { CANARY } from './judge.ts';

/** What a real backup writes, as text: where mutations begin. Everything personal in it holds the canary. */
export interface VaultSamples {
  readonly manifests: readonly string[];
  readonly checkpoints: readonly string[];
  readonly acceptances: readonly string[];
  readonly vaultFile: string;
  readonly users: readonly User[];
  readonly groups: readonly Group[];
}

export async function vaultSamples(): Promise<VaultSamples> {
  const runtime = manualRuntime();
  const storage = memoryStorage();
  const vault = await openVault(storage, { create: true, runtime });
  const checkpoints: string[] = [];
  storage.afterWrite = (key) => {
    if (key.endsWith('/checkpoint.json')) checkpoints.push(textOf(key));
  };
  const textOf = (key: string): string => Buffer.from(storage.objects.get(key)!).toString();
  const texts = (name: string): string[] => [...storage.objects.keys()].filter((key) => key.endsWith(name)).map(textOf);

  const everybody = sampleUsers(80).map(marked);
  const groups = [sampleGroup(`${CANARY}-admins`, { description: CANARY, precedence: 0 }), sampleGroup('__proto__')];
  for (const [listing, users] of [
    ['single', everybody],
    ['sharded', everybody.slice(0, 10)],
  ] as const) {
    const members = new Map(groups.map(({ name }) => [name, users.slice(0, 7).map(({ sub }) => sub)]));
    const content = { pool: samplePool({ estimatedUsers: users.length }), users, groups, members, pageSize: 4 };
    const gateway = scriptedGateway(poolHandlers(content), () => runtime.now());
    const dependencies = { gateway, vault, runtime, observer: () => undefined };
    await backupPool(dependencies, { poolId: content.pool.id, listing, deadline: () => true });
    const { snapshot, poolId } = await backupPool(dependencies, { poolId: content.pool.id, listing });
    const reader = await openSnapshot(vault, { poolId, id: snapshot.id });
    if (reader.state === 'suspect') await acceptSnapshot({ vault, runtime }, reader.ref);
    await collect(reader.users());
    runtime.advance(60_000);
  }
  return {
    manifests: texts('/manifest.json'),
    checkpoints,
    acceptances: texts('/accepted.json'),
    vaultFile: textOf('vault.json'),
    users: everybody,
    groups,
  };
}

function marked(user: User, index: number): User {
  return {
    ...user,
    username: `${CANARY}-${index}`,
    attributes: [...user.attributes, ['name', `${CANARY} ${index}`], ['__proto__', CANARY]],
    ...(index % 3 === 0 && { mfaOptions: [{ deliveryMedium: 'SMS', attributeName: 'phone_number' }] }),
  };
}
