import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import { withStorageRetry } from '../../src/storage/retrying.ts';
import { openS3 } from '../../src/storage/s3.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { text } from '../contracts/storage.contract.ts';
import { effort } from '../support/effort.ts';
import { onRealS3, openRealBucket, type RealBucket } from './real-s3.ts';

const CLIENTS = 8;
const ROUNDS = effort({ ordinary: 25, long: 500 });

onRealS3('eight clients that race', () => {
  let bucket: RealBucket;
  let racers: readonly Storage[];
  let close: () => Promise<void>;

  beforeAll(async () => {
    bucket = await openRealBucket();
    const { prefix, close: empty } = bucket.fresh();
    close = empty;
    racers = Array.from({ length: CLIENTS }, () =>
      withStorageRetry(openS3(bucket.newClient(), { bucket: bucket.bucket, prefix }), { runtime: realRuntime }),
    );
  });
  afterAll(async () => {
    await close?.();
    await bucket?.close();
  });

  const contentOf = async (key: string): Promise<string> => Buffer.from((await racers[0]!.get(key))!.bytes).toString();

  /** Lets all write at once; answers with the one that was told it had won, and fails where that was not one. */
  const winnerOf = async (write: (storage: Storage, racer: number) => Promise<unknown>): Promise<number> => {
    const told = await Promise.all(racers.map(write));
    const winners = [...told.keys()].filter((racer) => told[racer] !== undefined);
    expect(winners).toHaveLength(1);
    return winners[0]!;
  };

  describe.each([
    ['small objects', (racer: number) => text(`racer ${racer}`)],
    // Above the size up to which Ceph writes an object in one go.
    ['objects of five megabytes', (racer: number) => Buffer.alloc(5 * 1024 * 1024, `racer ${racer} `)],
  ])('with %s', (name, bodyOf) => {
    const rounds = name === 'small objects' ? ROUNDS : Math.ceil(ROUNDS / 10);

    it('have one winner for a key that is free, and its bytes stand there', async () => {
      for (let round = 0; round < rounds; round += 1) {
        const key = `absent/${name.length}-${round}`;
        const winner = await winnerOf((storage, racer) => storage.putIfAbsent(key, bodyOf(racer)));
        expect(await contentOf(key)).toBe(Buffer.from(bodyOf(winner)).toString());
      }
    });

    it('have one winner for each version that is replaced, and its bytes stand there', async () => {
      const key = `match/${name.length}`;
      let { etag } = await racers[0]!.put(key, text('start'));
      for (let round = 0; round < rounds; round += 1) {
        // Never the bytes that stand there: they would have the tag that there is.
        const bodies = (racer: number): Uint8Array => Buffer.concat([text(`round ${round} `), bodyOf(racer)]);
        const winner = await winnerOf((storage, racer) => storage.putIfMatch(key, bodies(racer), etag));
        expect(await contentOf(key)).toBe(Buffer.from(bodies(winner)).toString());
        etag = (await racers[0]!.head(key))!.etag;
      }
    });
  });
});
