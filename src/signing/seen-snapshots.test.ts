import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { realRuntime } from '../runtime/real-runtime.ts';
import { SeenSnapshots } from './seen-snapshots.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seen-'));
  path = join(folder, 'state', 'seen.json');
});
afterEach(() => rm(folder, { recursive: true }));

const sighting = (day: number, manifestSha256 = `sha-${day}`) => ({
  poolId: 'p',
  snapshotId: `s${day}`,
  startedAt: `2026-11-${day}T00:00:00.000Z`,
  manifestSha256,
});

describe('snapshots seen', () => {
  it('remember the newest, across processes, for the eyes of one user', async () => {
    const seen = new SeenSnapshots(path, '/vault', realRuntime);
    await seen.see(sighting(20));
    await seen.see(sighting(22));
    await seen.see(sighting(21));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const later = new SeenSnapshots(path, '/vault', realRuntime);
    await later.checkLatest(sighting(22));
    await later.checkLatest(sighting(23));
    await expect(later.checkLatest(sighting(21))).rejects.toMatchObject({
      code: 'not-trusted',
      message: 'Snapshot s22 was seen here, and now the latest is older',
    });
  });

  it('notice another manifest under a name that was seen', async () => {
    const seen = new SeenSnapshots(path, '/vault', realRuntime);
    await seen.see(sighting(22));
    await seen.see(sighting(22));
    await expect(seen.see(sighting(22, 'other'))).rejects.toMatchObject({ code: 'not-trusted' });
  });

  it('keep vaults and pools apart', async () => {
    await new SeenSnapshots(path, '/vault', realRuntime).see(sighting(22));
    await new SeenSnapshots(path, '/other', realRuntime).checkLatest(sighting(21));
    await new SeenSnapshots(path, '/vault', realRuntime).checkLatest({ ...sighting(21), poolId: 'q' });
  });

  it('lose nothing to each other when several are seen at once', async () => {
    const seen = new SeenSnapshots(path, '/vault', realRuntime);
    await Promise.all([25, 21, 23].map((day) => seen.see(sighting(day))));
    await expect(seen.checkLatest(sighting(24))).rejects.toMatchObject({ code: 'not-trusted' });
  });

  it('refuse a file that cannot be understood, and leave it as it is', async () => {
    await new SeenSnapshots(path, '/vault', realRuntime).see(sighting(22));
    await writeFile(path, '{"format":1}');
    const seen = new SeenSnapshots(path, '/vault', realRuntime);
    await expect(seen.see(sighting(23))).rejects.toMatchObject({
      code: 'storage-failed',
      hint: expect.stringContaining('--seen-file'),
    });
    expect(await readFile(path, 'utf8')).toBe('{"format":1}');
  });
});
