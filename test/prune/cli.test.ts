import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import { markExpired } from '../../src/snapshot/expiry.ts';
import { manifestKey } from '../../src/snapshot/keys.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import { openLocalFolder } from '../../src/storage/local-folder.ts';
import { BUCKET, simulatedS3, type SimulatedS3 } from '../contracts/simulated-s3.ts';
import { cliHere } from '../support/cli-here.ts';
import { POOL, backUp, contentsOf, datedVault, DAY_MS, type DatedVault } from './dated-vault.ts';
import { stubAws } from '../support/environment.ts';

interface PruneDocument {
  readonly schema: string;
  readonly applied: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly versionsKept: boolean;
  readonly freedBytes: number;
  readonly pools: readonly {
    readonly poolId: string;
    readonly snapshots: readonly {
      readonly id: string;
      readonly fate: string;
      readonly reasons: readonly string[];
      readonly goesAt: string | null;
      readonly lockedUntil: string | null;
    }[];
  }[];
}

async function pruneJson(vault: string, ...args: readonly string[]): Promise<PruneDocument> {
  const { exitCode, stdout, stderr } = await cliHere(['prune', '--vault', vault, '--json', ...args]);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout) as PruneDocument;
}

const fates = ({ pools }: PruneDocument): string[] =>
  pools.flatMap(({ snapshots }) => snapshots.map(({ fate }) => fate));

describe('prune on a folder', () => {
  let folder: string;
  let dated: DatedVault;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'prune-'));
    const storage = await openLocalFolder(folder, { runtime: realRuntime, create: true });
    dated = await datedVault(storage, [400, 200, 100, 1], { now: new Date() });
  });

  afterEach(async () => rm(folder, { recursive: true, force: true }));

  const marked = async (at: number, days: number): Promise<void> => {
    const { manifestSha256 } = await openSnapshot(dated.vault, dated.refs[at]!);
    const expiredAt = new Date(Date.now() - days * DAY_MS);
    await markExpired(dated.vault, dated.refs[at]!, { manifestSha256, expiredAt });
  };

  it('is a dry run without --apply', async () => {
    const before = await contentsOf(dated.vault.storage);
    const { exitCode, stdout } = await cliHere(['prune', '--vault', folder, '--keep-last', '1', '--grace', '0s']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Dry run: 3 to remove, 0 to mark, 1 kept');
    expect(stdout).toContain('Nothing was written. Run the same command with --apply');
    expect(await contentsOf(dated.vault.storage)).toEqual(before);
  });

  it('marks, waits, removes and says so', async () => {
    await marked(0, 8);
    await marked(1, 6);
    const { stdout } = await cliHere(['prune', '--vault', folder, '--keep-monthly', '1', '--apply']);
    const [oldest, second, third, newest] = dated.refs.map(({ id }) => id);
    const day = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
    expect(stdout.split('\n').map((line) => line.replace(/ +\d+(\.\d)? k?B/, ''))).toEqual([
      `${POOL.id}  customers`,
      expect.stringMatching(/^SNAPSHOT +STATUS +SIZE +FATE +WHY$/),
      `${oldest}  complete  removed  let go ${day(-8)}`,
      `${second}  complete  waits    goes from ${day(1)} on`,
      `${third}  complete  marked   goes from ${day(7)} on`,
      `${newest}  complete  kept     monthly`,
      '',
      expect.stringMatching(/^✔ Pruned: 1 removed, 1 marked, 1 waiting, 1 kept,.* freed$/),
      '',
    ]);
    const listed = (await cliHere(['snapshots', '--vault', folder])).stdout;
    expect(listed).not.toContain(oldest);
    expect(listed).toContain(`${third} was let go by prune: it goes from ${day(7)}`);
    expect((await cliHere(['verify', third!, '--vault', folder])).exitCode).toBe(0);
  });

  it('takes every rule together, and tells programs all of it', async () => {
    const rules = ['--keep-last', '1', '--keep-daily', '1', '--keep-weekly', '2', '--keep-within', '150d'];
    const found = await pruneJson(folder, ...rules, '--apply', '--grace', '2w');
    expect(found).toMatchObject({ schema: 'cognito-backup/prune/v1', applied: true, versionsKept: false });
    expect(found).toMatchObject({ counts: { kept: 2, marked: 2, waiting: 0, removed: 0, locked: 0 }, freedBytes: 0 });
    expect(found.pools[0]?.snapshots[2]?.reasons).toEqual(['weekly', 'within']);
    const goesAt = Date.parse(found.pools[0]?.snapshots[0]?.goesAt ?? '');
    expect(Math.abs(goesAt - Date.now() - 14 * DAY_MS)).toBeLessThan(DAY_MS);
    const snapshots = (await cliHere(['snapshots', '--vault', folder, '--json'])).stdout;
    expect(snapshots).toContain('"expiredAt"');
  });

  it('never removes the last good snapshot, and names what it cannot read', async () => {
    await dated.vault.storage.put(manifestKey(dated.refs[3]!), Buffer.from('{}'));
    const { stdout } = await cliHere(['prune', '--vault', folder, '--keep-within', '1s', '--grace', '0s', '--apply']);
    expect(stdout).toContain('2 removed, 0 marked, 2 kept');
    expect(stdout).toMatch(/damaged +\d+ B +kept +cannot be read/);
    expect(stdout).toContain(`  ${POOL.id}@${dated.refs[3]!.id}\n`);
    expect((await cliHere(['verify', dated.refs[2]!.id, '--vault', folder])).exitCode).toBe(0);
  });

  it.each([
    ['no rule', []],
    ['rules of nothing', ['--keep-last', '0', '--keep-within', '0d']],
    ['a span that is none', ['--keep-within', '30']],
    ['a grace period that is none', ['--keep-last', '1', '--grace', '-1d']],
  ])('refuses %s', async (_what, rules) => {
    const before = await contentsOf(dated.vault.storage);
    expect((await cliHere(['prune', '--vault', folder, '--apply', ...rules])).exitCode).toBe(2);
    expect(await contentsOf(dated.vault.storage)).toEqual(before);
  });

  it('counts a snapshot that nobody signed as one that cannot be read', async () => {
    const key = join(folder, 'signing.pem');
    await cliHere(['keygen', '--out', key]);
    const trust = ['--verify-key', `${key}.pub`, '--seen-file', join(folder, 'seen.json')];
    const found = await pruneJson(folder, '--keep-last', '1', '--grace', '0s', '--apply', ...trust);
    expect(fates(found)).toEqual(['kept', 'kept', 'kept', 'kept']);
    expect(found.pools[0]?.snapshots[0]?.reasons).toEqual(['unreadable']);
  });
});

describe('prune on S3', () => {
  let s3: SimulatedS3;
  const vault = `s3://${BUCKET}/vault`;

  beforeEach(async () => {
    stubAws({ region: 'us-east-1' });
    s3 = await simulatedS3('vault');
    vi.stubEnv('AWS_ENDPOINT_URL_S3', s3.endpoint);
  });

  afterEach(async () => {
    await s3.close();
    vi.unstubAllEnvs();
  });

  it('leaves what Object Lock holds, and says that the bucket keeps versions', async () => {
    const bucket = s3.service.buckets.get(BUCKET)!;
    bucket.versioned = true;
    const dated = await datedVault(s3.storage, [30, 20, 10], { now: new Date() });
    bucket.defaultRetention = { mode: 'COMPLIANCE', days: 36_500 };
    await backUp(dated, 3);
    bucket.defaultRetention = undefined;
    await backUp(dated, 3);
    const rules = ['--keep-last', '1', '--grace', '0s'];
    const planned = await pruneJson(vault, ...rules);
    expect(fates(planned)).toEqual(['removed', 'removed', 'removed', 'locked', 'kept']);
    expect(planned.pools[0]?.snapshots[3]?.lockedUntil).toBe('2126-10-29T00:00:00.000Z');
    const { stdout } = await cliHere(['prune', '--vault', vault, '--apply', ...rules]);
    expect(stdout).toMatch(/locked +until 2126-10-29/);
    expect(stdout).toContain('noncurrent versions');
    expect(bucket.noncurrent.size).toBeGreaterThan(9);
    expect(fates(await pruneJson(vault, '--apply', ...rules))).toEqual(['locked', 'kept']);
  });

  it('says nothing of versions where the bucket keeps none', async () => {
    await datedVault(s3.storage, [30, 20, 10], { now: new Date() });
    const found = await pruneJson(vault, '--keep-last', '1', '--grace', '0s', '--apply');
    expect(fates(found)).toEqual(['removed', 'removed', 'kept']);
    expect(found.versionsKept).toBe(false);
  });
});
