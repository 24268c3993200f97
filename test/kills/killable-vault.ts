import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { openLocalFolder } from '../../src/storage/local-folder.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { filesBelow } from '../e2e/vault-files.ts';
import { memoryStorage } from '../fakes/memory-storage.ts';
import { killableFiles } from './killable-files.ts';
import { killableStorage } from './killable-storage.ts';
import type { KillSwitch } from './kill-switch.ts';
import type { SkippingClock } from './skipping-clock.ts';

/** Where one case's vault lies while processes that use it die. */
export interface KillableVault {
  /** Opens it for one life; `release` does what the system does when that life has ended. */
  openFor(
    life: KillSwitch,
    clock: SkippingClock,
  ): Promise<{ readonly storage: Storage; readonly release: () => Promise<void> }>;
  /** What a killed process wrote names this process, which lives on: makes it name one that does not. */
  bury(): Promise<void>;
  /** Changes what leases and key locks say. */
  rewriteLocks(change: (text: string) => string): Promise<void>;
  copy(): Promise<KillableVault>;
  /** Every file with its bytes, temporary files and locks too. */
  files(): Promise<ReadonlyMap<string, string>>;
  remove(): Promise<void>;
}

export const VAULT_KINDS = {
  /** Writes are single steps, as on S3. */
  objects: (): Promise<KillableVault> => Promise.resolve(objects(new Map())),
  /** Every step of the file system counts. */
  folder: (): Promise<KillableVault> => folder(),
} as const;

export type VaultKind = keyof typeof VAULT_KINDS;

function objects(content: ReadonlyMap<string, Uint8Array>): KillableVault {
  const storage = memoryStorage();
  for (const [key, bytes] of content) storage.objects.set(key, bytes);
  const rewriteLocks: KillableVault['rewriteLocks'] = async (change) => {
    for (const [key, bytes] of storage.objects) {
      if (isLock(key)) storage.objects.set(key, Buffer.from(change(Buffer.from(bytes).toString('utf8'))));
    }
  };
  return {
    openFor: async (life) => ({ storage: killableStorage(storage, life), release: async () => {} }),
    bury: () => rewriteLocks(ofDeadProcess),
    rewriteLocks,
    copy: async () => objects(storage.objects),
    files: async () =>
      new Map([...storage.objects].map(([key, bytes]) => [key, Buffer.from(bytes).toString('latin1')])),
    remove: async () => {},
  };
}

async function folder(from?: string): Promise<KillableVault> {
  const path = await mkdtemp(join(tmpdir(), 'killed-vault-'));
  if (from !== undefined) await cp(from, path, { recursive: true });
  const rewriteLocks: KillableVault['rewriteLocks'] = async (change) => {
    for (const file of await filesBelow(path)) {
      if (isLock(relative(path, file))) await writeFile(file, change(await readFile(file, 'utf8')));
    }
  };
  return {
    openFor: async (life, clock) => {
      const { files, closeAll } = killableFiles(life);
      const storage = await openLocalFolder(path, { runtime: clock.runtimeOf(life), files, create: true });
      return { storage, release: closeAll };
    },
    bury: async () => {
      await rewriteLocks(ofDeadProcess);
      for (const file of await filesBelow(path)) {
        const name = basename(file);
        if (name.startsWith('.tmp-')) await rename(file, join(dirname(file), name.replace(/\.\d+\./, `.${DEAD_PID}.`)));
      }
    },
    rewriteLocks,
    copy: () => folder(path),
    files: async () => {
      const found = new Map<string, string>();
      for (const file of await filesBelow(path)) found.set(relative(path, file), await readFile(file, 'latin1'));
      return found;
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

/** Leases and key locks, which say what process holds them. */
function isLock(path: string): boolean {
  return path.startsWith('locks/') || path.includes('.lock-');
}

/** No system gives out so high a number. */
const DEAD_PID = 2 ** 22 + 1;

function ofDeadProcess(text: string): string {
  return text.replace(/"pid":\d+/, `"pid":${DEAD_PID}`);
}
