import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCognitoClient } from '../../src/cognito/client.ts';
import { createGateway, type ComposedGateway } from '../../src/cognito/compose-gateway.ts';
import type { Governor } from '../../src/cognito/governor.ts';
import type { BackupEvent } from '../../src/model/events.ts';
import { parsePoolId } from '../../src/model/ids.ts';
import { backupPool } from '../../src/operations/backup/backup.ts';
import type { ReconcileDependencies } from '../../src/operations/reconcile/dependencies.ts';
import { verifySnapshot, type VerifyResult } from '../../src/operations/verify/verify-snapshot.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/simulator.ts';
import { openSnapshot, type SnapshotReader } from '../../src/snapshot/snapshot-reader.ts';
import { openVault, type Vault } from '../../src/snapshot/vault.ts';
import { openLocalFolder } from '../../src/storage/local-folder.ts';
import { stubAws } from './environment.ts';

/** Lets every call pass: pacing has tests of its own, and the simulator's quotas are off. */
const unpaced: Governor = {
  acquire: async () => {},
  throttled: () => Infinity,
  rate: async (_category, _calls, of) => (of === 'pool' ? 5 * 0.98 : 1_000),
  quota: async (category) => ({ category, requestsPerSecond: 1_000, source: 'default', pace: 1_000 }),
};

/** Real time, but waiting takes a twentieth of it: tests wait for listings and import jobs all the time. */
export const hurriedRuntime: Runtime = {
  ...realRuntime,
  sleep: (delayMs, signal) => realRuntime.sleep(delayMs / 20, signal),
};

/** A simulator, a vault in a temporary folder, and what operations are given, for one test. */
export interface Workbench {
  readonly simulator: Simulator;
  readonly gateway: ComposedGateway;
  readonly vault: Vault;
  readonly folder: string;
  readonly events: BackupEvent[];
  readonly deps: ReconcileDependencies;
  snapshotOf(poolId: string): Promise<SnapshotReader>;
  verified(reader: SnapshotReader): Promise<VerifyResult>;
  /** A second gateway with its own counts, as a second process would have. */
  newGateway(): ComposedGateway;
  close(): Promise<void>;
}

export async function setUpWorkbench(options: SimulatorOptions = {}): Promise<Workbench> {
  stubAws();
  const simulator = await startSimulator({ quotaScale: 'unlimited', ...options });
  const folder = await mkdtemp(join(tmpdir(), 'cognito-backup-test-'));
  const storage = await openLocalFolder(join(folder, 'vault'), { runtime: realRuntime, create: true });
  const vault = await openVault(storage, { runtime: realRuntime, create: true });
  const events: BackupEvent[] = [];
  const observer = (event: BackupEvent): void => void events.push(event);
  const newGateway = (): ComposedGateway =>
    createGateway({
      client: createCognitoClient({ region: simulator.region, endpoint: simulator.endpoint }),
      runtime: realRuntime,
      observer,
      governor: unpaced,
      patienceMs: 5_000,
    });
  const gateway = newGateway();
  return {
    simulator,
    gateway,
    vault,
    folder,
    events,
    newGateway,
    deps: { gateway, rate: (...asked) => gateway.governor.rate(...asked), storage, runtime: hurriedRuntime, observer },
    snapshotOf: async (id) => {
      const poolId = parsePoolId(id);
      const result = await backupPool({ gateway, vault, runtime: realRuntime, observer }, { poolId, listing: 'auto' });
      return openSnapshot(vault, { poolId, id: result.snapshot.id });
    },
    verified: (reader) => verifySnapshot(vault, reader.ref),
    close: async () => {
      await simulator.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
