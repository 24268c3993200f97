import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import type { PoolSeed } from '../../src/simulator/seeds/pool-seed.ts';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { cliHere, type CliHereResult } from '../support/cli-here.ts';
import { hurryTime } from '../support/hurried-time.ts';
import { onTerminal } from '../support/on-terminal.ts';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts';
import { emptyPool, markedPool } from './marked-pool.ts';
import { expectNobody, Net, type Channel } from './net.ts';
import { stubAws } from '../support/environment.ts';

/** A marked pool, one that differs from it, a vault, and the command line, of which every byte that comes out is looked at. */
export interface CanaryBench {
  readonly net: Net;
  readonly simulator: Simulator;
  /** Stands before the simulated Cognito and S3. */
  readonly proxy: FaultProxy;
  readonly source: string;
  readonly path: (...names: readonly string[]) => string;
  /** Plants a pool without users, or one whose users differ from the source's. */
  plant(kind: 'empty' | 'other'): string;
  /**
   * Runs a command line plain, as JSON and on a terminal, made anew for each, and expects nobody in what it prints, those
   * created meanwhile included: their `sub` is one that no test chose.
   */
  sweep(args: (run: string) => readonly string[]): Promise<Swept>;
  /** Runs it once and expects nobody in what it prints. */
  look(args: readonly string[]): Promise<CliHereResult>;
  /** What a command printed on both streams, not looked at. */
  shown(args: readonly string[]): Promise<string>;
  /** Expects nothing in the folder for temporary files. */
  expectNothingLeft(): Promise<void>;
  close(): Promise<void>;
}

export interface Swept {
  readonly plain: CliHereResult;
  readonly json: CliHereResult;
  readonly live: CliHereResult;
}

export async function startCanaryBench(): Promise<CanaryBench> {
  const simulator = await startSimulator({ quotaScale: 'unlimited' });
  simulator.s3.putBucket('bucket');
  const proxy = await startFaultProxy(simulator.endpoint);
  const folder = await mkdtemp(join(tmpdir(), 'cognito-backup-canaries-'));
  const temporary = join(folder, 'tmp');
  await mkdir(temporary);
  stubAws({ endpoint: proxy.endpoint, region: simulator.region }, { TMPDIR: temporary });
  // Commands wait for listings and jobs all the time.
  const calmTime = hurryTime();
  const net = new Net();
  const pools: string[] = [];
  const plant = (seed: PoolSeed): string => {
    const id = plantSeed(simulator, seed);
    pools.push(id);
    return id;
  };
  const look = (result: CliHereResult, args: readonly string[], how: string): CliHereResult => {
    for (const id of pools) net.add(...[...simulator.pool(id).users()].map(({ sub }) => sub));
    expectNobody(net, channelsOf(result, `${args.join(' ')} (${how})`));
    return result;
  };
  return {
    net,
    simulator,
    proxy,
    source: plant(markedPool()),
    path: (...names) => join(folder, ...names),
    plant: (kind) => plant(kind === 'empty' ? emptyPool() : markedPool('-other')),
    sweep: async (args) => {
      const [plain, json, live] = [args('plain'), [...args('json'), '--json'], args('live')];
      return {
        plain: look(await cliHere(plain), plain, 'plain'),
        json: look(await cliHere(json), json, 'JSON'),
        live: look(await onTerminal(() => cliHere(live)), live, 'terminal'),
      };
    },
    look: async (args) => look(await cliHere(args), args, 'once'),
    shown: async (args) => {
      const { stdout, stderr } = await cliHere(args);
      return stdout + stderr;
    },
    expectNothingLeft: async () => expect(await readdir(temporary)).toEqual([]),
    close: async () => {
      calmTime();
      vi.unstubAllEnvs();
      await proxy.stop();
      await simulator.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function channelsOf({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }, name: string): Channel[] {
  return [
    { name: `stdout of ${name}`, text: stdout },
    { name: `stderr of ${name}`, text: stderr },
  ];
}

/** Every file below a folder: its name and what it holds, read as Latin-1 so that no byte is lost. */
export async function filesBelow(folder: string): Promise<{ path: string; text: string; mode: number }[]> {
  const names = await readdir(folder, { recursive: true });
  const files: { path: string; text: string; mode: number }[] = [];
  for (const path of names.sort()) {
    const facts = await stat(join(folder, path));
    if (facts.isFile()) {
      files.push({ path, text: await readFile(join(folder, path), 'utf8'), mode: facts.mode & 0o777 });
    }
  }
  return files;
}
