import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CognitoGateway } from '../../src/cognito/gateway.ts';
import type { ReconcileDependencies } from '../../src/operations/reconcile/dependencies.ts';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { openVault, type Vault } from '../../src/snapshot/vault.ts';
import { directGateway } from './direct-gateway.ts';
import { killableGateway } from './killable-gateway.ts';
import type { KillableVault } from './killable-vault.ts';
import { KillSwitch, type Kill } from './kill-switch.ts';
import { SkippingClock } from './skipping-clock.ts';

/** A simulator that lives die in front of, and the clock they share with it. */
export interface KillBench {
  /** Where the processes put temporary files. */
  readonly temporaryFolder: string;
  readonly simulator: Simulator;
  readonly gateway: CognitoGateway;
  readonly clock: SkippingClock;
  close(): Promise<void>;
}

/** What one process is given. */
export interface LifeDependencies extends ReconcileDependencies {
  readonly vault: Vault;
}

export interface Lived {
  readonly ended: 'killed' | 'done';
  /** The mutations it began, in order. */
  readonly mutations: readonly string[];
}

export interface LifeOptions {
  readonly kill?: Kill | undefined;
  /** In place of the simulator's. */
  readonly gateway?: CognitoGateway;
}

export async function startKillBench(): Promise<KillBench> {
  const folder = await mkdtemp(join(tmpdir(), 'kills-'));
  const { TMPDIR } = process.env;
  process.env['TMPDIR'] = folder;
  const clock = new SkippingClock();
  const simulator = await startSimulator({ quotaScale: 'unlimited', clock: clock.now });
  const gateway = directGateway(simulator, clock.now);
  return {
    temporaryFolder: folder,
    simulator,
    gateway,
    clock,
    close: async () => {
      await simulator.stop();
      if (TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = TMPDIR;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Lets one process do its work in a vault, to the end or until it is killed. */
export async function live(
  bench: KillBench,
  vault: KillableVault,
  work: (deps: LifeDependencies) => Promise<void>,
  options: LifeOptions = {},
): Promise<Lived> {
  // Snapshots and runs are named for the second they begin in, and come in that order.
  bench.clock.skip(1_000);
  const life = new KillSwitch(options.kill);
  const runtime = bench.clock.runtimeOf(life);
  const gateway = killableGateway(options.gateway ?? bench.gateway, life);
  let release = async (): Promise<void> => {};
  const run = async (): Promise<'done'> => {
    const opened = await vault.openFor(life, bench.clock);
    ({ release } = opened);
    const { storage } = opened;
    await work({
      gateway,
      storage,
      runtime,
      vault: await openVault(storage, { runtime, create: true }),
      rate: async () => 1_000,
      observer: () => {},
    });
    return 'done';
  };
  const ended = await Promise.race([run(), life.died.then(() => 'killed' as const)]);
  await release();
  if (ended === 'killed') await vault.bury();
  return { ended, mutations: life.names };
}
