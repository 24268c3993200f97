import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parsePoolId } from '../../src/model/ids.ts';
import { listSnapshots } from '../../src/operations/snapshots/list-snapshots.ts';
import { verifySnapshot } from '../../src/operations/verify/verify-snapshot.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import type { PoolSeed } from '../../src/simulator/seeds/pool-seed.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { openVault } from '../../src/snapshot/vault.ts';
import { openLocalFolder } from '../../src/storage/local-folder.ts';
import { filesBelow } from '../e2e/vault-files.ts';
import { startCliBench, type CliBench, type JsonDocument } from '../support/cli.ts';
import { poolState } from './pool-state.ts';
import { changedFiles, leftovers } from './vault-leftovers.ts';

/** A command of the built tool that is killed at random moments. */
export interface CliScenario {
  readonly source: PoolSeed;
  /** The pool that the command is about, before: it may be the source itself. */
  readonly pool: (source: PoolSeed) => PoolSeed;
  /** Its arguments, for a vault and a pool. */
  readonly args: (pool: string) => readonly string[];
}

/** What stands at the end, to be compared with that of a run that nobody killed. */
interface CliEnd {
  readonly exitCode: number | null;
  readonly pool: ReturnType<typeof poolState>;
  readonly failed: unknown;
  readonly remaining: unknown;
  /** Users of the pool's first finished snapshot; `undefined` where it has none. */
  readonly firstSnapshot: number | undefined;
  readonly problems: readonly string[];
}

const FAST = ['--max-rps', '1000', '--json'];
const VAULT = 'vault';

/** A simulator with one scenario, one case after another. */
export interface CliLane {
  /** One case: `delaysMs` after its start a run is killed, and another one is begun; the last one is left alone. */
  live(delaysMs: readonly number[]): Promise<{ readonly end: CliEnd; readonly kills: number; readonly lastMs: number }>;
  close(): Promise<void>;
}

export async function openLane(scenario: CliScenario): Promise<CliLane> {
  const bench = await startCliBench();
  const source = plantSeed(bench.simulator, scenario.source);
  const made = await bench.run(['backup', '--pool', source, '--vault', VAULT, ...FAST]);
  if (made.exitCode !== 0) throw new Error(`There is no snapshot to begin with:\n${made.stderr}`);
  let cases = 0;
  return {
    live: async (delaysMs) => {
      cases += 1;
      const folder = bench.path(`case-${cases}`);
      const pool = plantSeed(bench.simulator, scenario.pool(scenario.source));
      const args = [...scenario.args(pool), '--vault', VAULT, ...FAST];
      await mkdir(bench.path(`case-${cases}`, 'tmp'), { recursive: true });
      await cp(bench.path(VAULT), bench.path(`case-${cases}`, VAULT), { recursive: true });
      const start = () => bench.start(args, { cwd: folder, env: { TMPDIR: bench.path(`case-${cases}`, 'tmp') } });
      let kills = 0;
      for (const delayMs of delaysMs) {
        const run = start();
        await Promise.race([delay(delayMs), run.result]);
        run.kill('SIGKILL');
        if ((await run.result).signal === 'SIGKILL') kills += 1;
      }
      const begunMs = performance.now();
      const result = await start().result;
      const lastMs = performance.now() - begunMs;
      if (result.exitCode !== 0) throw new Error(`The last run ended with ${result.exitCode}:\n${result.stderr}`);
      const end = await endOf(bench, folder, pool, JSON.parse(result.stdout) as JsonDocument);
      await rm(folder, { recursive: true });
      return { end: { ...end, exitCode: result.exitCode }, kills, lastMs };
    },
    close: async () => {
      const messages = bench.simulator.counters.messages.causedByAdmin;
      await bench.close();
      if (messages > 0) throw new Error(`${messages} messages were sent to users`);
    },
  };
}

async function endOf(bench: CliBench, folder: string, pool: string, document: JsonDocument) {
  const before = await contentsOf(bench.path(VAULT));
  const after = await contentsOf(`${folder}/${VAULT}`);
  const snapshots = await checkedSnapshots(`${folder}/${VAULT}`);
  const temporary = await contentsOf(`${folder}/tmp`);
  return {
    pool: poolState(bench.simulator, pool),
    failed: document['failed'],
    remaining: document['remaining'],
    firstSnapshot: snapshots.find(({ poolId }) => poolId === pool)?.users,
    problems: [
      ...changedFiles(before, after),
      ...leftovers(after, parsePoolId(pool)),
      ...snapshots.filter(({ ok }) => !ok).map(({ id }) => `snapshot ${id} does not verify`),
      ...[...temporary].filter(([, content]) => content.length > 0).map(([path]) => path),
    ],
  };
}

/** Every finished snapshot, oldest first. */
async function checkedSnapshots(folder: string) {
  const storage = await openLocalFolder(folder, { runtime: realRuntime });
  const vault = await openVault(storage, { runtime: realRuntime });
  const found: { readonly id: string; readonly poolId: string; readonly ok: boolean; readonly users: number }[] = [];
  for (const { id, poolId, status, totals } of await listSnapshots(vault)) {
    if (status === 'unfinished') continue;
    found.push({ id, poolId, ok: (await verifySnapshot(vault, { poolId, id })).ok, users: totals?.users ?? 0 });
  }
  return found;
}

async function contentsOf(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const path of await filesBelow(folder)) found.set(relative(folder, path), await readFile(path, 'latin1'));
  return found;
}
