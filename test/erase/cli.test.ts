import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { manualRuntime, type ManualRuntime } from '../../src/runtime/manual-runtime.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import { openVault, type Vault } from '../../src/snapshot/vault.ts';
import { openLocalFolder } from '../../src/storage/local-folder.ts';
import { BUCKET, simulatedS3, type SimulatedS3 } from '../contracts/simulated-s3.ts';
import { contentsOf } from '../prune/dated-vault.ts';
import { cliHere } from '../support/cli-here.ts';
import { backUp, EVE, keysNaming, OTHERS, POOL, TRACES, usernamesIn } from './erasing-vault.ts';
import { stubAws } from '../support/environment.ts';

interface EraseDocument {
  readonly schema: string;
  readonly complete: boolean;
  readonly versionsKept: boolean;
  readonly pools: readonly {
    readonly snapshots: readonly { readonly fate: string; readonly lockedUntil: string | null }[];
  }[];
}

const fates = ({ pools }: EraseDocument): string[] =>
  pools.flatMap(({ snapshots }) => snapshots.map(({ fate }) => fate));

describe('erase on a folder', () => {
  let folder: string;
  let runtime: ManualRuntime;
  let vault: Vault;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'erase-'));
    runtime = manualRuntime();
    const storage = await openLocalFolder(join(folder, 'vault'), { runtime: realRuntime, create: true });
    vault = await openVault(storage, { create: true, runtime });
    await backUp({ vault, runtime });
  });
  afterEach(async () => rm(folder, { recursive: true, force: true }));

  const erase = (...args: readonly string[]) => cliHere(['erase', '--vault', join(folder, 'vault'), ...args]);

  it('is a dry run without --apply, and names nobody', async () => {
    const before = await contentsOf(vault.storage);
    const { exitCode, stdout, stderr } = await erase('--sub', EVE.sub);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/rewrite +holds 1 user/);
    expect(stdout).toContain('Dry run: to erase from');
    expect(stdout).toContain('Nothing was written. Run the same command with --apply');
    expect(stdout).toContain('Delete the user in the pool too');
    for (const trace of TRACES) expect(stdout + stderr).not.toContain(trace);
    expect(await contentsOf(vault.storage)).toEqual(before);
  });

  it('erases with --apply, whoever stands in a file', async () => {
    const file = join(folder, 'subs.txt');
    await writeFile(file, `\n ${EVE.sub.toUpperCase()} \r\n\n`);
    const { exitCode, stdout } = await erase('--subs-from', file, '--sub', OTHERS[0]!.sub, '--apply');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/✔ Erased from .*\n +Users +2, 2 of them/);
    expect(stdout).toMatch(/rewritten +holds 2 users, now \d{8}T\d{6}Z-[0-9a-f]{6}/);
    expect(await keysNaming(vault.storage, [...TRACES, OTHERS[0]!.sub])).toEqual([]);
    const [ref] = await vault.snapshots(POOL.id);
    expect((await cliHere(['verify', ref!.id, '--vault', join(folder, 'vault')])).exitCode).toBe(0);
    expect((await erase('--again')).stdout).toMatch(/Snapshots +1 without them/);
  });

  it('tells programs all of it', async () => {
    const { stdout } = await erase('--sub', EVE.sub, '--json', '--pool', POOL.id);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'cognito-backup/erase/v1',
      applied: false,
      again: false,
      pool: POOL.id,
      complete: true,
      versionsKept: false,
      users: { asked: 1, found: 1, alsoKnownAs: 0, remembered: 1 },
      counts: { untouched: 0, rewritten: 1, removed: 0, abandoned: 0, locked: 0, unreadable: 0 },
      pools: [{ poolId: POOL.id, busy: false, snapshots: [{ fate: 'rewritten', done: true, users: 1 }], runs: [] }],
    });
    for (const trace of TRACES) expect(stdout).not.toContain(trace);
  });

  it('says so where the vault holds nothing of the user, and remembers them', async () => {
    const { exitCode, stdout } = await erase('--sub', 'ffffffff-0000-4000-8000-000000000000', '--apply');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/Users +1, 0 of them in what could be read/);
    expect(stdout).toMatch(/Ledger +1 added/);
  });

  it.each([
    ['nobody named', 2, []],
    ['users and --again', 2, ['--sub', EVE.sub, '--again']],
    ['what is no sub', 2, ['--sub', 'eve@canary.example']],
    ['a pool the vault does not know', 7, ['--sub', EVE.sub, '--pool', 'eu-central-1_Unknown00']],
    ['a file that is not there', 7, ['--subs-from', '/nowhere/subs.txt']],
  ])('refuses %s', async (_what, code, args) => {
    const before = await contentsOf(vault.storage);
    const { exitCode, stdout, stderr } = await erase('--apply', ...args);
    expect(exitCode).toBe(code);
    expect(stdout + stderr).not.toContain('canary');
    expect(await contentsOf(vault.storage)).toEqual(before);
  });

  it('names the line of a file that is no sub, and not what stands there', async () => {
    const file = join(folder, 'subs.txt');
    await writeFile(file, `${EVE.sub}\neve@canary.example\n`);
    const { exitCode, stderr } = await erase('--subs-from', file, '--apply');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Line 2 of ');
    expect(stderr).not.toContain('canary');
  });
});

describe('erase on S3', () => {
  let s3: SimulatedS3;

  beforeEach(async () => {
    stubAws({ region: 'us-east-1' });
    s3 = await simulatedS3('vault');
    vi.stubEnv('AWS_ENDPOINT_URL_S3', s3.endpoint);
  });
  afterEach(async () => {
    await s3.close();
    vi.unstubAllEnvs();
  });

  const erase = (...args: readonly string[]) => cliHere(['erase', '--vault', `s3://${BUCKET}/vault`, ...args]);

  it('leaves what Object Lock holds, ends with 3, and does it when the lock has ended', async () => {
    const bucket = s3.service.buckets.get(BUCKET)!;
    bucket.versioned = true;
    const runtime = manualRuntime();
    const vault = await openVault(s3.storage, { create: true, runtime });
    const free = await backUp({ vault, runtime });
    bucket.defaultRetention = { mode: 'COMPLIANCE', days: 36_500 };
    const locked = await backUp({ vault, runtime });
    bucket.defaultRetention = undefined;
    const before = await contentsOf(s3.storage, `pools/${POOL.id}/snapshots/${locked.id}/`);
    const { exitCode, stdout } = await erase('--sub', EVE.sub, '--apply');
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/locked +holds 1 user, until 2126-/);
    expect(stdout).toContain('noncurrent versions');
    expect(stdout).toContain('What is left: run this when its lock has ended');
    expect(stdout).toMatch(new RegExp(`cognito-backup erase --again --apply --vault s3://${BUCKET}/vault`));
    expect(await contentsOf(s3.storage, `pools/${POOL.id}/snapshots/${locked.id}/`)).toEqual(before);
    expect(await usernamesIn(vault, locked)).toHaveLength(OTHERS.length);
    expect(await s3.storage.head(`pools/${POOL.id}/snapshots/${free.id}/manifest.json`)).toBeUndefined();
    // Written once more without retention: as if it had ended.
    for (const [key, content] of Object.entries(before)) await s3.storage.put(key, Buffer.from(content, 'base64'));
    const again = JSON.parse((await erase('--again', '--apply', '--json')).stdout) as EraseDocument;
    expect(again).toMatchObject({ schema: 'cognito-backup/erase/v1', complete: true, versionsKept: true });
    expect(fates(again)).toEqual(['untouched', 'rewritten']);
    expect(await keysNaming(s3.storage)).toEqual([]);
  });
});
