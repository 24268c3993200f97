import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { manualRuntime } from '../../src/runtime/manual-runtime.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { openLocalFolder } from '../../src/storage/local-folder.ts';
import { openStorage } from '../../src/storage/open-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { collect, text } from '../contracts/storage.contract.ts';
import { effort } from '../support/effort.ts';
import { openRaceTrack, type Racer, type RaceTrack } from './racers.ts';
import type { RaceAnswer, RaceTask } from './race-task.ts';
import { stubAws } from '../support/environment.ts';

const RACERS = 8;
const ROUNDS = effort({ ordinary: 12, long: 300 });
/** A part of a few pages, and more than one write to a file. */
const SIZE = 100_000;

stubAws();

let track: RaceTrack;
let simulator: Simulator;
let folder: string;
beforeAll(async () => {
  track = await openRaceTrack();
  simulator = await startSimulator({ quotaScale: 'unlimited' });
  simulator.s3.putBucket('bucket');
  vi.stubEnv('AWS_ENDPOINT_URL_S3', simulator.endpoint);
  folder = await mkdtemp(join(tmpdir(), 'races-vault-'));
});
afterAll(async () => {
  await track?.close();
  await simulator?.stop();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

describe.each(['a local vault', 'an S3 prefix'] as const)('eight processes that race on %s', (kind) => {
  let storage: Storage;
  let racers: readonly Racer[];
  beforeAll(async () => {
    const location = kind === 'a local vault' ? join(folder, 'shared') : 's3://bucket/shared';
    storage = await openStorage(location, { runtime: realRuntime, region: 'eu-central-1', create: true });
    racers = track.many(RACERS, location, { endpoint: simulator.endpoint });
  });
  afterAll(() => track.endAll());

  const everybody = (task: (racer: number) => RaceTask): Promise<readonly RaceAnswer[]> =>
    Promise.all(racers.map((racer, at) => racer.do(task(at))));
  const contentOf = async (key: string): Promise<string> => Buffer.from((await storage.get(key))!.bytes).toString();
  const expectOneWinner = async (key: string, answers: readonly RaceAnswer[], names: readonly string[]) => {
    expect(answers.filter((answer) => 'code' in answer)).toEqual([]);
    const winners = names.filter((_, at) => 'value' in answers[at]! && answers[at].value !== null);
    expect(winners).toHaveLength(1);
    const content = await contentOf(key);
    expect(new Set(content.trimEnd().split(' ')), 'torn content').toEqual(new Set(winners));
    expect(content.length).toBeGreaterThanOrEqual(SIZE);
  };

  it('for a free key: one wins, and its bytes stand there', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [key, names] = [`absent/${round}`, racers.map((_, at) => `${round}-${at}`)];
      const answers = await everybody((at) => ({ kind: 'put-if-absent', key, text: names[at]!, size: SIZE }));
      await expectOneWinner(key, answers, names);
    }
  });

  it('for a free key, with equal bytes: one wins all the same', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const key = `equal/${round}`;
      const answers = await everybody(() => ({ kind: 'put-if-absent', key, text: 'same', size: 100 }));
      expect(answers.filter((answer) => 'value' in answer && answer.value !== null)).toHaveLength(1);
      expect(answers.filter((answer) => 'code' in answer)).toEqual([]);
    }
  });

  it('to replace one version: one wins, and its bytes stand there', async () => {
    let { etag } = await storage.put('match/object', text('start'));
    for (let round = 0; round < ROUNDS; round += 1) {
      const [key, names, from] = ['match/object', racers.map((_, at) => `${round}-${at}`), etag];
      const answers = await everybody((at) => ({
        kind: 'put-if-match',
        key,
        text: names[at]!,
        size: SIZE,
        etag: from,
      }));
      await expectOneWinner(key, answers, names);
      ({ etag } = (await storage.head(key))!);
    }
  });

  it('to count: no count is lost', async () => {
    const times = Math.ceil(ROUNDS / 4);
    await storage.put('counter', text('0'));
    const answers = await everybody(() => ({ kind: 'count', key: 'counter', times }));
    expect(answers.filter((answer) => 'code' in answer)).toEqual([]);
    expect(await contentOf('counter')).toBe(String(times * RACERS));
  });

  it('to put and delete in one folder: nobody fails, and nothing stays', async () => {
    const times = kind === 'a local vault' ? ROUNDS * 4 : Math.ceil(ROUNDS / 2);
    const key = (racer: number): string => `deep/er/folder/${racer % 4}`;
    const answers = await everybody((at) => ({ kind: 'churn', key: key(at), text: `racer-${at}`, times }));
    expect(answers).toEqual(racers.map(() => ({ value: null })));
    expect(await collect(storage.list('deep/'))).toEqual([]);
    if (kind === 'a local vault') expect(await readdir(join(folder, 'shared'))).not.toContain('deep');
  });
});

describe.runIf(process.platform === 'linux')('a process killed while it held the lock of a key', () => {
  let location: string;
  let storage: Storage;
  const runtime = manualRuntime();
  beforeAll(async () => {
    location = join(folder, 'killed');
    storage = await openLocalFolder(location, { runtime, create: true });
  });
  afterEach(() => track.endAll());

  const killIn = async (step: 'rename' | 'unlink'): Promise<void> => {
    const victim = track.start(location);
    expect(await victim.do({ kind: 'hang', key: 'object', in: step })).toEqual({ value: 'hangs' });
    await victim.end();
  };

  it.each(['rename', 'unlink'] as const)('(in %s) holds up nobody', async (step) => {
    await killIn(step);
    expect(await readdir(location)).toContain('.lock-object');
    const startMs = runtime.monotonicMs();
    expect(await storage.put('object', text('next'))).toBeDefined();
    expect(runtime.monotonicMs() - startMs).toBe(0);
    expect((await readdir(location)).filter((name) => !name.startsWith('.tmp-'))).toEqual(['object']);
  });

  it('even while it broke the lock of another that was killed', async () => {
    await killIn('rename');
    const breaker = track.start(location);
    expect(await breaker.do({ kind: 'hang', key: 'object', in: 'unlink' })).toEqual({ value: 'hangs' });
    await breaker.end();
    expect((await readdir(location)).filter((name) => name.startsWith('.lock-'))).toHaveLength(2);
    expect(await storage.put('object', text('next'))).toBeDefined();
    expect((await readdir(location)).filter((name) => !name.startsWith('.tmp-'))).toEqual(['object']);
  });

  it('is followed by one winner of all who wait for its lock', async () => {
    const racers = track.many(RACERS, location);
    for (let round = 0; round < ROUNDS / 8; round += 1) {
      const { etag } = await storage.put('object', text(`round ${round}`));
      await killIn('rename');
      const answers = await Promise.all(
        racers.map((racer, at) =>
          racer.do({ kind: 'put-if-match', key: 'object', text: `${round}-${at}`, size: 100, etag }),
        ),
      );
      expect(answers.filter((answer) => 'code' in answer)).toEqual([]);
      expect(answers.filter((answer) => 'value' in answer && answer.value !== null)).toHaveLength(1);
    }
  });

  it('and one that merely stands still keeps its lock: others say so after a minute', async () => {
    const holder = track.start(location);
    expect(await holder.do({ kind: 'hang', key: 'object', in: 'rename' })).toEqual({ value: 'hangs' });
    holder.kill('SIGSTOP');
    const startMs = runtime.monotonicMs();
    await expect(storage.put('object', text('next'))).rejects.toMatchObject({ code: 'locked' });
    expect(runtime.monotonicMs() - startMs).toBeGreaterThanOrEqual(60_000);
    await holder.end();
    expect(await storage.put('object', text('next'))).toBeDefined();
  });
});
