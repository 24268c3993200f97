import { hostname } from 'node:os';
import { z } from 'zod';
import { BackupError } from '../model/errors.ts';
import type { PoolId } from '../model/ids.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { CallOptions, Storage } from '../storage/storage.ts';
import { leaseKey } from './run-keys.ts';

/** How long a lease lives without being renewed; a run killed on another machine blocks its target no longer than this. */
const LEASE_MS = 300_000;
const RENEW_AFTER_MS = 60_000;

const leaseFile = z.object({
  owner: z.string(),
  command: z.string(),
  host: z.string(),
  pid: z.int(),
  expiresAt: z.iso.datetime(),
});
type Holder = z.infer<typeof leaseFile>;

/**
 * The right to write to one target pool. It saves two runs from doing each other's work; safety does not rest on it
 * (entries are idempotent and deletes are re-checked), because a stalled owner may wake up after its lease ran out.
 */
export interface Lease {
  /** Call often: renews when it is time. Throws `locked` when somebody else took over. */
  keep(): Promise<void>;
  release(): Promise<void>;
}

export interface LeaseOptions extends CallOptions {
  readonly storage: Storage;
  readonly runtime: Runtime;
  readonly target: PoolId;
  readonly command: string;
}

/** Takes the lease of a target. Throws `locked` while another run holds it. */
export async function takeLease(options: LeaseOptions): Promise<Lease> {
  const { storage, runtime, target } = options;
  const key = leaseKey(target);
  const owner = Buffer.from(runtime.randomBytes(12)).toString('hex');
  let { etag, renewedAtMs } = await acquire(options, key, owner);
  let renewing: Promise<void> | undefined;
  const renew = async (): Promise<void> => {
    const renewed = await storage.putIfMatch(key, content(options, owner), etag, options);
    if (!renewed) throw locked(target, 'another run took over while this one stalled');
    ({ etag } = renewed);
    renewedAtMs = runtime.monotonicMs();
  };
  return {
    keep: async () => {
      if (runtime.monotonicMs() - renewedAtMs < RENEW_AFTER_MS) return;
      renewing ??= renew().finally(() => {
        renewing = undefined;
      });
      await renewing;
    },
    release: async () => {
      const stored = await storage.get(key);
      if (stored && parse(stored.bytes)?.owner === owner) await storage.delete(key);
    },
  };
}

async function acquire(
  options: LeaseOptions,
  key: string,
  owner: string,
): Promise<{ etag: string; renewedAtMs: number }> {
  const { storage, runtime, target } = options;
  const renewedAtMs = runtime.monotonicMs();
  const created = await storage.putIfAbsent(key, content(options, owner), options);
  if (created) return { etag: created.etag, renewedAtMs };
  const stored = await storage.get(key, options);
  const holder = stored && parse(stored.bytes);
  if (holder && isAlive(holder, runtime.now())) {
    throw locked(target, `a ${holder.command} run holds it until ${holder.expiresAt}`);
  }
  const taken = stored
    ? await storage.putIfMatch(key, content(options, owner), stored.etag, options)
    : await storage.putIfAbsent(key, content(options, owner), options);
  if (!taken) throw locked(target, 'another run has just taken it');
  return { etag: taken.etag, renewedAtMs };
}

function content({ runtime, command }: LeaseOptions, owner: string): Uint8Array {
  const expiresAt = new Date(runtime.now().getTime() + LEASE_MS).toISOString();
  const holder: Holder = { owner, command, host: hostname(), pid: process.pid, expiresAt };
  return Buffer.from(`${JSON.stringify(holder)}\n`);
}

/** A holder that died on this very machine is known to be gone before its lease runs out. */
function isAlive(holder: Holder, now: Date): boolean {
  if (new Date(holder.expiresAt).getTime() <= now.getTime()) return false;
  return holder.host !== hostname() || processExists(holder.pid);
}

function processExists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function parse(bytes: Uint8Array): Holder | undefined {
  try {
    return leaseFile.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

function locked(target: PoolId, why: string): BackupError {
  return new BackupError('locked', `Pool ${target} is locked: ${why}`, {
    hint: `Wait for the other run; if it was killed, the lock expires by itself within ${LEASE_MS / 60_000} minutes`,
  });
}
