import { basename, dirname, join } from 'node:path';
import { throwIfInterrupted } from '../runtime/interruption.ts';
import { type FileOperations, type FileTools, MISSING, unless } from './file-operations.ts';

export const LOCK_PREFIX = '.lock-';

/** A lock is held for a comparison and a rename, far below a second: one that stands this long lost its process. */
const STALE_AFTER_MS = 10_000;
const LONGEST_PAUSE_MS = 50;

/**
 * Runs `work` while a lock file beside an object, created exclusively, keeps other processes from replacing it.
 *
 * The lock of a killed process is broken once it has stood unchanged for ten seconds of the runtime's monotonic clock, so
 * clocks that differ between machines do no harm. Two processes that break the same stale lock at the same moment could
 * both go on; that takes a kill within the microseconds a lock is held, and both arriving together ten seconds later.
 */
export async function withKeyLock<T>(objectPath: string, options: FileTools, work: () => Promise<T>): Promise<T> {
  const lockPath = join(dirname(objectPath), LOCK_PREFIX + basename(objectPath));
  await acquire(lockPath, options);
  try {
    return await work();
  } finally {
    await unless(MISSING, options.files.unlink(lockPath));
  }
}

async function acquire(lockPath: string, { runtime, files, signal }: FileTools): Promise<void> {
  let seen: string | undefined;
  let sinceMs = 0;
  while (!(await create(lockPath, files))) {
    throwIfInterrupted(signal);
    const holder = await identify(lockPath, files);
    if (holder === undefined) continue;
    if (holder !== seen) {
      seen = holder;
      sinceMs = runtime.monotonicMs();
    } else if (runtime.monotonicMs() - sinceMs >= STALE_AFTER_MS) {
      await unless(MISSING, files.unlink(lockPath));
      continue;
    }
    const [jitter = 0] = runtime.randomBytes(1);
    await runtime.sleep(1 + (jitter / 256) * LONGEST_PAUSE_MS, signal);
  }
}

async function create(lockPath: string, files: FileOperations): Promise<boolean> {
  const handle = await unless(['EEXIST'], files.open(lockPath, 'wx', 0o600));
  await handle?.close();
  return handle !== undefined;
}

async function identify(lockPath: string, files: FileOperations): Promise<string | undefined> {
  const stats = await unless(MISSING, files.stat(lockPath, { bigint: true }));
  return stats && `${stats.ino}-${stats.mtimeNs}`;
}
