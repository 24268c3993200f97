import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ordinaryPool } from '../../simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../simulator/seeds/plant-seed.ts';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { seedOf, standbyOf, type SeedSize } from '../seeds.ts';

/** A source pool, a standby with somebody else in it, and a folder for the vault and the exported files. */
export interface DemoWorld {
  readonly simulator: Simulator;
  readonly source: string;
  readonly standby: string;
  readonly folder: string;
  close(keepFolder: boolean): Promise<void>;
}

export interface DemoWorldOptions extends SeedSize {
  readonly quotaScale: number;
  readonly keep?: true;
}

/** Enough lag to show that verifying waits for the listings. */
export const LAG_MS = 1_000;
const STRANGERS = { users: 150, groups: 3, seed: 99, model: 'username' } as const;

export async function createWorld(options: DemoWorldOptions): Promise<DemoWorld> {
  const simulator = await startSimulator({ quotaScale: options.quotaScale, lagMs: LAG_MS, pageJitter: true });
  const folder = await mkdtemp(join(tmpdir(), 'cognito-backup-demo-'));
  // A second Ctrl-C ends the process at once, and `close` is never called.
  const sweep = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  if (!options.keep) process.once('exit', sweep);
  const seed = seedOf('mixed', options);
  const source = plantSeed(simulator, seed);
  const { users, groups } = ordinaryPool(STRANGERS);
  const standby = plantSeed(simulator, { ...standbyOf(seed), users, groups });
  return {
    simulator,
    source,
    standby,
    folder,
    close: async (keepFolder) => {
      await simulator.stop();
      if (!keepFolder) await rm(folder, { recursive: true, force: true });
      process.off('exit', sweep);
    },
  };
}
