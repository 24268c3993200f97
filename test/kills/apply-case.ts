import { relative } from 'node:path';
import { parsePoolId, type PoolId } from '../../src/model/ids.ts';
import { backupPool } from '../../src/operations/backup/backup.ts';
import type { ReconcileResult, ReconcileSlice } from '../../src/operations/reconcile/requests.ts';
import { listSnapshots } from '../../src/operations/snapshots/list-snapshots.ts';
import { verifySnapshot } from '../../src/operations/verify/verify-snapshot.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import type { SnapshotRef } from '../../src/snapshot/keys.ts';
import { filesBelow } from '../e2e/vault-files.ts';
import type { ApplyScenario } from './apply-scenarios.ts';
import { signInTo } from '../support/sign-in.ts';
import { delicatePool } from './delicate-pool.ts';
import { live, type KillBench, type Lived } from './kill-bench.ts';
import type { KillableVault } from './killable-vault.ts';
import type { Kill } from './kill-switch.ts';
import { poolState } from './pool-state.ts';
import { changedFiles, leftovers } from './vault-leftovers.ts';

/** A vault with a snapshot of the scenario's pool, from which every case begins. */
export interface Beginning {
  readonly vault: KillableVault;
  readonly snapshot: SnapshotRef;
}

/** One target pool and one vault, through as many lives as it takes. */
export interface ApplyCase {
  /** Runs the command, to its end or until it is killed. */
  live(kill?: Kill): Promise<Lived>;
  /** What an uninterrupted run and a killed one have to end in alike. */
  end(): Promise<ApplyEnd>;
  /** What becomes of everybody who asks for a new password by "forgot password". Changes the pool. */
  waysIn(): Promise<readonly string[]>;
  /** Makes the killed run one of another machine, where nobody here can see that it is dead. */
  moveLeaseElsewhere(): Promise<void>;
  remove(): Promise<void>;
}

export interface ApplyEnd {
  readonly users: readonly string[];
  readonly groups: readonly string[];
  readonly remaining: unknown;
  readonly failed: number;
  readonly conflicts: number;
  /** Files that have no business in the vault once the command is through; files of earlier snapshots that differ. */
  readonly leftovers: readonly string[];
  readonly damaged: readonly string[];
}

export async function beginWith(bench: KillBench, vault: KillableVault, scenario: ApplyScenario): Promise<Beginning> {
  const poolId = parsePoolId(plantSeed(bench.simulator, delicatePool(scenario.model)));
  let snapshot: SnapshotRef | undefined;
  await live(bench, vault, async (deps) => {
    snapshot = { poolId, id: (await backupPool(deps, { poolId })).snapshot.id };
  });
  if (!snapshot) throw new Error('There is no snapshot to begin with');
  return { vault, snapshot };
}

export async function applyCase(bench: KillBench, scenario: ApplyScenario, beginning: Beginning): Promise<ApplyCase> {
  const { snapshot } = beginning;
  const vault = await beginning.vault.copy();
  const before = await vault.files();
  const target = parsePoolId(plantSeed(bench.simulator, scenario.target(delicatePool(scenario.model))));
  const everybody = poolState(bench.simulator, target).users.length;
  let result: ReconcileResult | ReconcileSlice | undefined;
  return {
    live: (kill) =>
      live(
        bench,
        vault,
        async (deps) => {
          result = await scenario.run(deps, snapshot, target);
        },
        { kill },
      ),
    end: async () => {
      if (!result?.done) throw new Error('The command has not come to its end');
      const files = await vault.files();
      const damaged = changedFiles(before, files);
      await live(bench, vault, async (deps) => {
        damaged.push(...(await snapshotProblems(deps, { snapshot, target, everybody })));
      });
      const { remaining, failed, conflicts } = result;
      return {
        ...poolState(bench.simulator, target),
        remaining,
        failed,
        conflicts,
        leftovers: [...leftovers(files, target), ...(await temporaryFiles(bench))],
        damaged,
      };
    },
    waysIn: async () => {
      const signIn = await signInTo(bench.simulator, target);
      const found: string[] = [];
      for (const { username, sub, attributes } of bench.simulator.pool(target).users()) {
        const [, email] = attributes.find(([name]) => name === 'email') ?? [];
        const name = username === sub ? (email ?? username) : username;
        found.push(`${name}: ${await signIn.byForgotPassword(name, 'New-Passw0rd!')}`);
      }
      return found.sort();
    },
    moveLeaseElsewhere: () => vault.rewriteLocks((text) => text.replace(/"host":"[^"]*"/, '"host":"elsewhere"')),
    remove: () => vault.remove(),
  };
}

/** What the processes have left in the folder for temporary files. */
async function temporaryFiles({ temporaryFolder }: KillBench): Promise<string[]> {
  const paths = (await filesBelow(temporaryFolder)).map((path) => relative(temporaryFolder, path));
  return paths.filter((path) => path.startsWith('cognito-backup-'));
}

interface Expected {
  readonly snapshot: SnapshotRef;
  readonly target: PoolId;
  readonly everybody: number;
}

/** The snapshot used verifies, and where the command took one of its target first, that holds everybody. */
async function snapshotProblems(
  { vault }: Parameters<ApplyScenario['run']>[0],
  { snapshot, target, everybody }: Expected,
): Promise<string[]> {
  const problems: string[] = [];
  if (!(await verifySnapshot(vault, snapshot)).ok) problems.push('the snapshot used does not verify');
  const first = (await listSnapshots(vault, { poolId: target })).find(({ status }) => status === 'complete');
  if (!first) return problems;
  const verified = await verifySnapshot(vault, { poolId: target, id: first.id });
  if (!verified.ok || first.totals?.users !== everybody) problems.push('the first snapshot of the target is not whole');
  return problems;
}
