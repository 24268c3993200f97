import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { createCognitoClient } from '../../src/cognito/client.ts';
import { createGateway, type ComposedGateway } from '../../src/cognito/compose-gateway.ts';
import type { Governor } from '../../src/cognito/governor.ts';
import { isBackupError } from '../../src/model/errors.ts';
import { parsePoolId, type SnapshotId } from '../../src/model/ids.ts';
import { backupPool } from '../../src/operations/backup/backup.ts';
import { cleanPool } from '../../src/operations/clean.ts';
import type { ReconcileDependencies } from '../../src/operations/reconcile/dependencies.ts';
import { restoreSnapshot } from '../../src/operations/restore.ts';
import { silenceSdkNodeVersionWarning } from '../../src/runtime/quiet-sdk.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import { openVault } from '../../src/snapshot/vault.ts';
import { realFiles } from '../../src/storage/file-operations.ts';
import { openLocalFolder } from '../../src/storage/local-folder.ts';
import { openStorage } from '../../src/storage/open-storage.ts';
import type { RaceAnswer, RaceTask } from './race-task.ts';

/** Long enough for every call that had its slot before to be through. */
const QUIET_MS = 500;

silenceSdkNodeVersionWarning();
/** Waiting for listings to settle takes a twentieth of its time. */
const runtime: typeof realRuntime = {
  ...realRuntime,
  sleep: (delayMs, signal) => realRuntime.sleep(delayMs / 20, signal),
};
const observer = (): void => undefined;
const location = process.argv[2] ?? '';
const storage = await openStorage(location, { runtime: realRuntime, create: true });

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await attempt(JSON.parse(line) as RaceTask);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

async function attempt(task: RaceTask): Promise<RaceAnswer> {
  try {
    return { value: (await carryOut(task)) ?? null };
  } catch (error) {
    if (isBackupError(error)) return { code: error.code, message: error.message };
    return { code: 'crash', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

async function carryOut(task: RaceTask): Promise<unknown> {
  switch (task.kind) {
    case 'put-if-absent':
      return storage.putIfAbsent(task.key, bodyOf(task.text, task.size));
    case 'put-if-match':
      return storage.putIfMatch(task.key, bodyOf(task.text, task.size), task.etag);
    case 'count':
      return count(task.key, task.times);
    case 'churn':
      for (let n = 0; n < task.times; n += 1) {
        await storage.put(task.key, bodyOf(task.text, 10));
        await storage.delete(task.key);
      }
      return undefined;
    case 'hang': {
      const hang = (): Promise<never> => {
        process.stdout.write(`${JSON.stringify({ value: 'hangs' })}\n`);
        return new Promise(() => undefined);
      };
      const isLock = (path: unknown): boolean => basename(String(path)).startsWith('.lock-');
      const unlink: typeof realFiles.unlink = (path) => (isLock(path) ? hang() : realFiles.unlink(path));
      const hanging = task.in === 'rename' ? { rename: hang } : { unlink };
      const stuck = await openLocalFolder(location, { runtime, files: { ...realFiles, ...hanging } });
      return stuck.put(task.key, bodyOf('stuck', 10));
    }
    case 'backup': {
      const vault = await openVault(storage, { runtime, create: true });
      const poolId = parsePoolId(task.pool);
      return backupPool(
        { gateway: gatewayOf(task.maxRps === undefined ? {} : { maxRps: task.maxRps }), vault, runtime, observer },
        { poolId, listing: task.listing },
      );
    }
    case 'restore': {
      const vault = await openVault(storage, { runtime });
      const reader = await openSnapshot(vault, { poolId: parsePoolId(task.source), id: task.snapshot as SnapshotId });
      const options = { reader, target: parsePoolId(task.target), confirm: async () => true };
      return restoreSnapshot(dependencies(task), options);
    }
    case 'clean':
      return cleanPool(dependencies(task), { target: parsePoolId(task.target), confirm: async () => true });
  }
}

async function count(key: string, times: number): Promise<number> {
  let lost = 0;
  for (let won = 0; won < times;) {
    const found = await storage.get(key);
    if (!found) throw new Error('The counter went away');
    const next = Number(Buffer.from(found.bytes).toString()) + 1;
    if (await storage.putIfMatch(key, Buffer.from(String(next)), found.etag)) won += 1;
    else lost += 1;
  }
  return lost;
}

/** Large enough to be torn if it were not written whole. */
function bodyOf(text: string, size: number): Uint8Array {
  return Buffer.from(`${text} `.repeat(Math.ceil(size / (text.length + 1))));
}

function dependencies({ leaseMs, stall }: Extract<RaceTask, { readonly target: string }>): ReconcileDependencies {
  const gateway = gatewayOf(stall && { governor: stallingGovernor(stall) });
  return {
    gateway,
    rate: (category) => gateway.governor.rate(category),
    storage,
    runtime,
    observer,
    ...(leaseMs !== undefined && { leaseMs }),
  };
}

function gatewayOf(options: { readonly maxRps?: number; readonly governor?: Governor } = {}): ComposedGateway {
  const client = createCognitoClient({ region: process.env['AWS_REGION'] ?? '' });
  return createGateway({ client, runtime: realRuntime, observer, maxRps: 1_000, ...options });
}

/** Gives out slots one after another. */
function stallingGovernor({ operation, nth }: { readonly operation: string; readonly nth: number }): Governor {
  let calls = 0;
  let turn = Promise.resolve();
  const slot = async (name: string): Promise<void> => {
    if (name !== operation || (calls += 1) !== nth) return;
    await realRuntime.sleep(QUIET_MS);
    process.stdout.write(`${JSON.stringify({ value: 'stalls' })}\n`);
    process.kill(process.pid, 'SIGSTOP');
  };
  return {
    acquire: (name) => (turn = turn.then(() => slot(name))),
    throttled: () => 1_000,
    rate: async () => 1_000,
    quota: async (category) => ({ category, requestsPerSecond: 1_000, source: 'default', pace: 1_000 }),
  };
}
