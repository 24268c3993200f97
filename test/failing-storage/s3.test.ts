import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { S3Client } from '@aws-sdk/client-s3';
import type { ErrorCode } from '../../src/model/errors.ts';
import { parsePoolId } from '../../src/model/ids.ts';
import { restoreSnapshot } from '../../src/operations/restore.ts';
import { takeLease } from '../../src/runs/lease.ts';
import { manualRuntime } from '../../src/runtime/manual-runtime.ts';
import type { S3FaultEffect, S3FaultRule } from '../../src/simulator/s3/s3-faults.ts';
import { ordinaryPool } from '../../src/simulator/seeds/ordinary-pool.ts';
import { plantSeed } from '../../src/simulator/seeds/plant-seed.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import { openVault } from '../../src/snapshot/vault.ts';
import { withStorageRetry } from '../../src/storage/retrying.ts';
import { createS3Client } from '../../src/storage/s3-client.ts';
import { openS3 } from '../../src/storage/s3.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { compareGroups, comparePools } from '../support/compare-pools.ts';
import { effort } from '../support/effort.ts';
import { startHoldingProxy } from '../support/holding-proxy.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';
import {
  backUpInto,
  type BackupUnderFire,
  contentsOf,
  errorOf,
  expectRecovery,
  impatientRuntime,
} from './vault-under-fire.ts';

const SEED = ordinaryPool({ users: 70, groups: 3, seed: 22, model: 'username' });
const BUCKET = 'vaults';

/** The part of the SDK's handler that shortens its patience. */
interface NodeHttpHandler {
  updateHttpClientConfig(option: 'socketTimeout', ms: number): void;
}

/** What one request may meet without the run being any the worse. */
const PASSING: readonly Omit<S3FaultRule, 'skip'>[] = [
  { effect: { status: 500, code: 'InternalError' } },
  { effect: 'reset', when: 'after' },
  { effect: { status: 503, code: 'SlowDown' }, times: 3 },
  { effect: { status: 500, code: 'InternalError' }, when: 'after' },
  { effect: 'reset' },
];

/** What every request meets from some point on, and how the run has to stop. */
const LASTING: readonly (readonly [effect: S3FaultEffect, code: ErrorCode, hint: RegExp])[] = [
  [{ status: 403, code: 'AccessDenied' }, 'not-authorized', /s3:PutObject/],
  [{ status: 503, code: 'SlowDown' }, 'unavailable', /run the same command again/],
  [{ status: 404, code: 'NoSuchBucket' }, 'vault-not-found', /aws s3 mb/],
  ['reset', 'unavailable', /run the same command again/],
  [{ status: 301, code: 'PermanentRedirect' }, 'usage', /AWS_REGION/],
  [{ status: 400, code: 'ExpiredToken' }, 'credentials', /Sign in again/],
  [{ status: 500, code: 'InternalError' }, 'unavailable', /run the same command again/],
  [{ status: 403, code: 'InvalidAccessKeyId' }, 'credentials', /AWS_PROFILE/],
];

/** What a run does that goes on for longer than a minute. */
async function takeAndKeepLease(storage: Storage): Promise<void> {
  const runtime = manualRuntime();
  const target = parsePoolId('eu-central-1_Target0001');
  const lease = await takeLease({ storage, runtime, target, command: 'restore' });
  runtime.advance(120_000);
  await lease.keep();
}

describe('S3 that fails at the kth request', () => {
  let bench: Workbench;
  let run: BackupUnderFire;
  let client: S3Client;
  let source: string;
  let vaults = 0;

  beforeAll(async () => {
    bench = await setUpWorkbench();
    source = plantSeed(bench.simulator, SEED);
    run = { gateway: bench.gateway, poolId: parsePoolId(source), users: SEED.users.length };
    bench.simulator.s3.putBucket(BUCKET);
    client = createS3Client({ endpoint: bench.simulator.endpoint, region: bench.simulator.region });
    await backUpInto(at('base'), run);
  });
  afterAll(async () => {
    client.destroy();
    await bench.close();
    vi.unstubAllEnvs();
  });

  const at = (prefix: string, by: S3Client = client): Storage =>
    withStorageRetry(openS3(by, { bucket: BUCKET, prefix }), { runtime: impatientRuntime });

  /** The prefix of a vault with one snapshot. */
  const newVault = (): string => {
    const bucket = bench.simulator.s3.buckets.get(BUCKET)!;
    const prefix = `vault-${(vaults += 1)}`;
    for (const key of bucket.keys.filter((name) => name.startsWith('base/'))) {
      bucket.put(key.replace('base', prefix), bucket.get(key)!);
    }
    return prefix;
  };
  const requests = (): number => [...bench.simulator.s3.calls.values()].reduce((sum, calls) => sum + calls, 0);
  const requestsOf = async (work: () => Promise<unknown>): Promise<number> => {
    const before = requests();
    await work();
    return requests() - before;
  };
  const meeting = async <T>(rule: S3FaultRule, work: () => Promise<T>): Promise<T> => {
    bench.simulator.s3.faults.add(rule);
    try {
      return await work();
    } finally {
      bench.simulator.s3.faults.clear();
    }
  };
  const expectStopped = async (work: Promise<unknown>, [, code, hint]: (typeof LASTING)[number]): Promise<boolean> => {
    const error = await errorOf(work);
    if (error) expect(error).toMatchObject({ code, hint: expect.stringMatching(hint) });
    if (error) expect(error.message).toContain(`s3://${BUCKET}/`);
    return error !== undefined;
  };

  it('once: a backup completes', async () => {
    const total = await requestsOf(() => backUpInto(at(newVault()), run));
    expect(total).toBeGreaterThan(10);
    for (let skip = 0; skip < total; skip += effort({ ordinary: 5, long: 1 })) {
      for (const fault of effort({ ordinary: [PASSING[skip % PASSING.length]!], long: PASSING })) {
        const storage = at(newVault());
        const before = await contentsOf(storage);
        await meeting({ ...fault, skip }, () => backUpInto(storage, run));
        await expectRecovery(storage, before, run, false);
      }
    }
  });

  it.each(['vault.json', 'pool.json.gz', 'users/', 'checkpoint.json', 'manifest.json'])(
    'once, with the answer to a write of %s lost: the backup knows its own write again',
    async (name) => {
      const storage = at(name === 'vault.json' ? `new-${(vaults += 1)}` : newVault());
      const before = await contentsOf(storage);
      const fault = { operation: 'PutObject', key: new RegExp(name), effect: 'reset', when: 'after' } as const;
      const { warnings } = await meeting(fault, async () => {
        const result = await backUpInto(storage, run);
        return result.done ? result : expect.fail('not done');
      });
      expect(warnings).toEqual([]);
      await expectRecovery(storage, before, run, false);
    },
  );

  it('and from then on: a backup stops and says why, and the next one goes on', async () => {
    const total = await requestsOf(() => backUpInto(at(newVault()), run));
    let stops = 0;
    for (let skip = 0; skip < total; skip += effort({ ordinary: 5, long: 1 })) {
      for (const kind of effort({ ordinary: [LASTING[skip % LASTING.length]!], long: LASTING })) {
        const storage = at(newVault());
        const before = await contentsOf(storage);
        const stopped = await meeting({ effect: kind[0], skip, times: Infinity }, () =>
          expectStopped(backUpInto(storage, run), kind),
        );
        stops += stopped ? 1 : 0;
        await expectRecovery(storage, before, run, stopped);
      }
    }
    expect(stops).toBeGreaterThan(total / 6);
  });

  it('with silence: the request counts as lost, and the backup completes', async () => {
    const total = await requestsOf(() => backUpInto(at(newVault()), run));
    let [tried, silences] = [0, 0];
    for (let nth = 1; nth <= total; nth += effort({ ordinary: 7, long: 1 })) {
      const prefix = newVault();
      const before = await contentsOf(at(prefix));
      const proxy = await startHoldingProxy(bench.simulator.endpoint);
      const slow = createS3Client({ endpoint: proxy.endpoint, region: bench.simulator.region });
      // In place of a minute.
      (slow.config.requestHandler as NodeHttpHandler).updateHttpClientConfig('socketTimeout', 300);
      // Checkpoints that come at once are written in one: a run may have a request or two less, and the last never comes.
      void proxy.hold(/./, nth, nth % 2 === 0 ? 'before' : 'after').then(() => (silences += 1));
      tried += 1;
      try {
        await backUpInto(at(prefix, slow), run);
      } finally {
        slow.destroy();
        await proxy.stop();
      }
      await expectRecovery(at(prefix), before, run, false);
    }
    expect(silences).toBeGreaterThanOrEqual(tried - 1);
  });

  it.each(['if-none-match', 'if-match'])('a server that ignores %s gets no snapshot', async (header) => {
    const prefix = newVault();
    const before = await contentsOf(at(prefix));
    const deaf = createS3Client({ endpoint: bench.simulator.endpoint, region: bench.simulator.region });
    deaf.middlewareStack.add(
      (next) => (args) => {
        delete (args.request as { headers: Record<string, string> }).headers[header];
        return next(args);
      },
      { step: 'build', priority: 'low' },
    );
    try {
      const error = await errorOf(
        header === 'if-match' ? takeAndKeepLease(at(prefix, deaf)) : backUpInto(at(prefix, deaf), run),
      );
      expect(error).toMatchObject({ code: 'storage-failed', hint: expect.stringContaining('conditional writes') });
      expect(error?.message.toLowerCase()).toBe(`the server of s3://${BUCKET}/${prefix} ignores ${header}`);
    } finally {
      deaf.destroy();
    }
    const after = await contentsOf(at(prefix));
    expect([...after.keys()].filter((key) => key.endsWith('manifest.json'))).toHaveLength(1);
    for (const [key, digest] of before) expect(after.get(key)).toBe(digest);
  });

  describe('during a restore', () => {
    const restoreFrom = async (prefix: string, target: string) => {
      const storage = at(prefix);
      const vault = await openVault(storage, { runtime: impatientRuntime });
      const [ref] = await vault.snapshots(run.poolId);
      const reader = await openSnapshot(vault, ref!);
      return restoreSnapshot(
        { ...bench.deps, storage, runtime: impatientRuntime },
        { reader, target: parsePoolId(target), confirm: async () => true },
      );
    };
    const newTarget = (): string => plantSeed(bench.simulator, { ...SEED, users: [], groups: [] });
    const expectRestored = (target: string): void => {
      expect(comparePools(bench.simulator, source, target)).toEqual([]);
      expect(compareGroups(bench.simulator, source, target)).toEqual([]);
    };

    it('once: it completes', async () => {
      const total = await requestsOf(() => restoreFrom(newVault(), newTarget()));
      for (let skip = 0; skip < total; skip += effort({ ordinary: 9, long: 1 })) {
        const [prefix, target] = [newVault(), newTarget()];
        const result = await meeting({ ...PASSING[skip % PASSING.length]!, skip }, () => restoreFrom(prefix, target));
        expect(result).toMatchObject({ done: true, failed: 0, remaining: { missing: 0, extra: 0, changed: 0 } });
        expectRestored(target);
      }
    });

    it('and from then on: it stops and says why, and the next one finishes', async () => {
      const total = await requestsOf(() => restoreFrom(newVault(), newTarget()));
      for (let skip = 0; skip < total; skip += effort({ ordinary: 9, long: 1 })) {
        for (const kind of effort({ ordinary: [LASTING[skip % LASTING.length]!], long: LASTING })) {
          const [prefix, target] = [newVault(), newTarget()];
          const before = await contentsOf(at(prefix));
          await meeting({ effect: kind[0], skip, times: Infinity }, () =>
            expectStopped(restoreFrom(prefix, target), kind),
          );
          // The lease of a run that could not give it back; a command says `locked` until it is five minutes old.
          for await (const { key } of at(prefix).list('locks/')) await at(prefix).delete(key);
          const result = await restoreFrom(prefix, target);
          expect(result).toMatchObject({ done: true, failed: 0, remaining: { missing: 0, extra: 0, changed: 0 } });
          expectRestored(target);
          const after = await contentsOf(at(prefix));
          for (const [key, digest] of before) expect(after.get(key)).toBe(digest);
        }
      }
    });
  });
});
