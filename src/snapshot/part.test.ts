import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { newAgeKey, openWith, sealTo } from '../encryption/age.ts';
import { linesOf, openPart, sealPart } from './part.ts';
import { sha256 } from './sha256.ts';

const KEY = 'pools/p/snapshots/s/users/all-00000000-000000.jsonl.gz';

describe('a part', () => {
  it('opens to the lines it was sealed with', async () => {
    const lines = ['{"a":1}', '{"b":"\\ud800 é 🙂"}', '{}'];
    const { bytes, ...facts } = await sealPart(lines);
    expect(facts.records).toBe(3);
    expect([...linesOf(await openPart(bytes, facts, KEY))]).toEqual(lines);
  });

  it('is damaged when any byte of it is another', async () => {
    const { bytes, ...facts } = await sealPart(['{"a":1}', '{"b":2}']);
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Uint8Array.from(bytes);
      changed[at]! ^= 1;
      await expect(openPart(changed, facts, KEY), `byte ${at}`).rejects.toMatchObject({ code: 'damaged' });
    }
  });

  it('is damaged when it is cut short or grows', async () => {
    const { bytes, ...facts } = await sealPart(['{"a":1}']);
    for (let length = 0; length < bytes.length; length += 1) {
      await expect(openPart(bytes.subarray(0, length), facts, KEY)).rejects.toMatchObject({ code: 'damaged' });
    }
    await expect(openPart(Buffer.concat([bytes, Buffer.of(0)]), facts, KEY)).rejects.toMatchObject({ code: 'damaged' });
  });

  it('is damaged when it disagrees with any fact, and the message names the file', async () => {
    const { bytes, ...facts } = await sealPart(['{"a":1}', '{"b":2}']);
    const wrong = [
      { sizeBytes: facts.sizeBytes + 1 },
      { sha256: '0'.repeat(64) },
      { plainBytes: facts.plainBytes - 1 },
      { plainBytes: facts.plainBytes + 1 },
      { plainSha256: '0'.repeat(64) },
      { records: 1 },
      { records: 3 },
    ];
    for (const fact of wrong) {
      await expect(openPart(bytes, { ...facts, ...fact }, KEY)).rejects.toMatchObject({
        code: 'damaged',
        message: expect.stringContaining(KEY),
      });
    }
  });

  it('stops unpacking at the size promised, however much there is', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));
    const facts = {
      records: 1,
      sizeBytes: bomb.length,
      plainBytes: 100,
      sha256: sha256(bomb),
      plainSha256: '0'.repeat(64),
    };
    const before = process.memoryUsage().rss;
    await expect(openPart(bomb, facts, KEY)).rejects.toThrow('does not unpack to 100 bytes');
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });

  it('is damaged when its content is not UTF-8 or its last line has no end', async () => {
    for (const plain of [Buffer.of(0xff, 0x0a), Buffer.from('{}')]) {
      const bytes = gzipSync(plain);
      const facts = {
        records: 1,
        sizeBytes: bytes.length,
        plainBytes: plain.length,
        sha256: sha256(bytes),
        plainSha256: sha256(plain),
      };
      await expect(openPart(bytes, facts, KEY)).rejects.toMatchObject({ code: 'damaged' });
    }
  });

  it('that is encrypted opens with its key, is damaged under another, and says nothing of its content', async () => {
    const [key, other] = [await newAgeKey(), await newAgeKey()];
    const { bytes, ...facts } = await sealPart(['{"a":1}'], sealTo([key.recipient]));
    expect(facts.plainSha256).toBeUndefined();
    expect([...linesOf(await openPart(bytes, facts, KEY, openWith(key.identity)))]).toEqual(['{"a":1}']);
    await expect(openPart(bytes, facts, KEY, openWith(other.identity))).rejects.toMatchObject({ code: 'damaged' });
  });

  it('that is encrypted stops unpacking at the size promised as well', async () => {
    const { identity, recipient } = await newAgeKey();
    const bomb = await sealTo([recipient])(gzipSync(Buffer.alloc(50 * 1024 * 1024)));
    const facts = { records: 1, sizeBytes: bomb.length, plainBytes: 100, sha256: sha256(bomb) };
    await expect(openPart(bomb, facts, KEY, openWith(identity))).rejects.toThrow('does not unpack to 100 bytes');
  });
});
