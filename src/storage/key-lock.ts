import { basename, dirname, join } from 'node:path';
import { BackupError } from '../model/errors.ts';
import { throwIfInterrupted } from '../runtime/interruption.ts';
import { isRunning } from '../runtime/process-mark.ts';
import { randomHex } from '../runtime/random-hex.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { type FileTools, MISSING, unless } from './file-operations.ts';
import { createLockFile, type LockFile, readLockFile } from './lock-file.ts';

export const LOCK_PREFIX = '.lock-';
/** No object's name begins with a dot, so no lock is named like this. */
const BREAKER_PREFIX = `${LOCK_PREFIX}.break-`;

/** A lock is held for a comparison and a rename, far below a second: one of unknown origin that stands this long is dead. */
const STALE_AFTER_MS = 10_000;
/** Somebody known to live who does not go on: stopped, or on a disk that hangs. */
const GIVE_UP_AFTER_MS = 60_000;
const LONGEST_PAUSE_MS = 50;

/**
 * Runs `work` while a lock file beside an object, created exclusively, keeps other processes from replacing it.
 *
 * The lock of a process of this machine is broken as soon as that process has ended, and never before: `locked` is thrown
 * when a living one holds it for a minute. A lock from elsewhere (another machine or container, or a kill within the
 * microseconds before the file says whose it is) is broken once it has stood unchanged for ten seconds of the runtime's
 * monotonic clock, so clocks that differ between machines do no harm.
 */
export async function withKeyLock<T>(objectPath: string, options: FileTools, work: () => Promise<T>): Promise<T> {
  const lockPath = join(dirname(objectPath), LOCK_PREFIX + basename(objectPath));
  const own = await acquire(lockPath, options);
  try {
    return await work();
  } finally {
    await release(lockPath, own, options);
  }
}

async function acquire(lockPath: string, tools: FileTools): Promise<string> {
  const { runtime, signal } = tools;
  let seen: LockFile | undefined;
  let sinceMs = 0;
  for (;;) {
    const own = await createLockFile(lockPath, tools);
    if (own) return own;
    throwIfInterrupted(signal);
    const there = await readLockFile(lockPath, tools.files);
    if (there === undefined) continue;
    if (there.id !== seen?.id) sinceMs = runtime.monotonicMs();
    seen = there;
    const stoodMs = runtime.monotonicMs() - sinceMs;
    if (await isStale(there, stoodMs)) await breakLock(lockPath, there, tools);
    else if (stoodMs >= GIVE_UP_AFTER_MS) throw heldTooLong(there);
    else await pause(runtime, signal);
  }
}

async function isStale(lock: LockFile, stoodMs: number): Promise<boolean> {
  const lives = lock.owner && (await isRunning(lock.owner));
  return lives === undefined ? stoodMs >= STALE_AFTER_MS : !lives;
}

/** Leaves alone what is somebody else's by now: ours may have been broken from another machine while this one stalled. */
async function release(lockPath: string, own: string, { files }: FileTools): Promise<void> {
  const there = await readLockFile(lockPath, files).catch(() => undefined);
  if (there?.owner && there.id !== own) return;
  await unless(MISSING, files.unlink(lockPath));
}

/**
 * Removes a stale lock, which two waiters may find at the same moment: the slower one must not remove the lock that the faster
 * one has taken since. So only one breaks at a time: who sees another breaker's file steps back. These files have names
 * that are never used again, so that of a dead breaker can go without such care.
 */
async function breakLock(lockPath: string, stale: LockFile, tools: FileTools): Promise<void> {
  const { files, runtime, signal } = tools;
  const folder = dirname(lockPath);
  const prefix = `${BREAKER_PREFIX}${basename(lockPath).slice(LOCK_PREFIX.length)}-`;
  const name = prefix + randomHex(runtime, 8);
  if (!(await createLockFile(join(folder, name), tools))) return;
  let isAlone = true;
  try {
    for (const other of (await unless(MISSING, files.readdir(folder))) ?? []) {
      if (other === name || !other.startsWith(prefix)) continue;
      isAlone = (await removedDeadBreaker(join(folder, other), tools)) && isAlone;
    }
    const there = isAlone ? await readLockFile(lockPath, files) : undefined;
    if (there?.id === stale.id) await unless(MISSING, files.unlink(lockPath));
  } finally {
    await unless(MISSING, files.unlink(join(folder, name)));
  }
  if (!isAlone) await pause(runtime, signal);
}

async function removedDeadBreaker(path: string, { files, runtime }: FileTools): Promise<boolean> {
  const breaker = await readLockFile(path, files);
  if (!breaker) return true;
  const stoodMs = runtime.now().getTime() - breaker.modifiedMs;
  if (!(await isStale(breaker, stoodMs))) return false;
  await unless(MISSING, files.unlink(path));
  return true;
}

async function pause(runtime: Runtime, signal: AbortSignal | undefined): Promise<void> {
  const [jitter = 0] = runtime.randomBytes(1);
  await runtime.sleep(1 + (jitter / 256) * LONGEST_PAUSE_MS, signal);
}

function heldTooLong({ owner }: LockFile): BackupError {
  const who = owner ? `process ${owner.pid} on ${owner.host}` : 'another process';
  return new BackupError(
    'locked',
    `An object of the vault is locked: ${who} is about to replace it, and does not go on`,
    {
      hint: 'Let that process go on, or end it; then run the same command again',
    },
  );
}
