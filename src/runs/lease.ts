import { BackupError } from '../model/errors.ts';
import type { PoolId } from '../model/ids.ts';
import { isRunning, ownProcessMark, type ProcessMark } from '../runtime/process-mark.ts';
import { randomHex } from '../runtime/random-hex.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { CallOptions, Storage } from '../storage/storage.ts';
import { encodeLease, endOfLease, LEASE_MS, type LeaseContent } from './lease-file.ts';
import { readLease, type StoredLease } from './read-lease.ts';
import { leaseKey } from './run-keys.ts';

/** After this part of its life a lease is renewed. */
const RENEW_AFTER = 0.2;
/** After this part its owner writes nothing more before it has renewed: well before anybody else may take it. */
const TRUST_FOR = 0.8;

/**
 * The right to write to one target pool. It saves two runs from doing each other's work; safety does not rest on it (entries
 * are idempotent, deletes are re-checked, the run's record is written on condition), because what an owner had sent before
 * it stalled may still arrive.
 */
export interface Lease {
  /** How many times the target's lease had been taken, this time included. */
  readonly generation: number;
  /**
   * Call before every write, and often: renews when it is time. Throws `locked` when somebody else took over; an owner that
   * was stalled, or whose machine slept, learns it here, before it writes.
   */
  keep(): Promise<void>;
  release(): Promise<void>;
}

export interface LeaseOptions extends CallOptions {
  readonly storage: Storage;
  readonly runtime: Runtime;
  readonly target: PoolId;
  readonly command: string;
  /** What Cognito's clock said, and when it was asked: leases end by the one clock that all machines share. */
  readonly serviceTime?: ServiceTime | undefined;
  /** For tests. */
  readonly leaseMs?: number | undefined;
}

export interface ServiceTime {
  readonly date: Date;
  /** Monotonic time before the question went out. */
  readonly askedMs: number;
}

/** Takes the lease of a target. Throws `locked`, naming who holds it, while another run does. */
export async function takeLease(options: LeaseOptions): Promise<Lease> {
  const lease = new HeldLease(options, await ownProcessMark());
  await lease.take();
  return lease;
}

/** Whether a run holds the lease of a target now. */
export async function isLeaseHeld(
  options: Pick<LeaseOptions, 'storage' | 'runtime' | 'target' | 'serviceTime' | 'signal'>,
): Promise<boolean> {
  const { storage, target, signal } = options;
  const stored = await readLease(storage, leaseKey(target), { signal });
  return stored?.content !== undefined && isHeld(stored.content, options);
}

class HeldLease implements Lease {
  readonly #options: LeaseOptions;
  readonly #key: string;
  readonly #leaseMs: number;
  readonly #process: ProcessMark;
  readonly #owner: string;
  #generation = 1;
  #etag = '';
  #renewed: Moment;
  #renewing: Promise<void> | undefined;

  constructor(options: LeaseOptions, process: ProcessMark) {
    this.#options = options;
    this.#key = leaseKey(options.target);
    this.#leaseMs = options.leaseMs ?? LEASE_MS;
    this.#process = process;
    this.#owner = randomHex(options.runtime, 12);
    this.#renewed = firstMoment(options);
  }

  get generation(): number {
    return this.#generation;
  }

  async take(): Promise<void> {
    const { storage } = this.#options;
    if (await this.#write((bytes) => storage.putIfAbsent(this.#key, bytes, this.#options))) return;
    const stored = await readLease(storage, this.#key, this.#options);
    const holder = stored?.content;
    if (holder && (await isHeld(holder, this.#options))) throw this.#heldBy(holder);
    this.#generation = (holder?.generation ?? 0) + 1;
    const taken = await this.#write((bytes) =>
      stored
        ? storage.putIfMatch(this.#key, bytes, stored.etag, this.#options)
        : storage.putIfAbsent(this.#key, bytes, this.#options),
    );
    if (!taken) throw this.#locked('another run has just taken it');
  }

  async keep(): Promise<void> {
    if (this.#ageMs() < this.#leaseMs * RENEW_AFTER) return;
    // The answer to a renewal may itself have come after a stall: only its age counts.
    do {
      this.#renewing ??= this.#renew().finally(() => {
        this.#renewing = undefined;
      });
      await this.#renewing;
    } while (this.#ageMs() >= this.#leaseMs * TRUST_FOR);
  }

  async release(): Promise<void> {
    const { storage } = this.#options;
    await this.#renewing?.catch(() => undefined);
    const free = encodeLease({ ...this.#content(this.#now()), state: 'free' });
    // Lost to somebody else, or already replaced: theirs stays.
    if (await storage.putIfMatch(this.#key, free, this.#etag)) return;
    const ours = await this.#storedAsOurs();
    if (ours) await storage.putIfMatch(this.#key, free, ours.etag);
  }

  async #renew(): Promise<void> {
    const { storage } = this.#options;
    const replace = (etag: string): Promise<boolean> =>
      this.#write((bytes) => storage.putIfMatch(this.#key, bytes, etag, this.#options));
    if (await replace(this.#etag)) return;
    // An earlier renewal may have arrived although its answer did not.
    const ours = await this.#storedAsOurs();
    if (!ours || !(await replace(ours.etag))) throw this.#locked('another run took over while this one stalled');
  }

  async #storedAsOurs(): Promise<StoredLease | undefined> {
    const stored = await readLease(this.#options.storage, this.#key);
    return stored?.content?.owner === this.#owner ? stored : undefined;
  }

  /** A lease is as old as its content, not as the answer to writing it. */
  async #write(put: (bytes: Uint8Array) => Promise<{ readonly etag: string } | undefined>): Promise<boolean> {
    const written = this.#now();
    const stored = await put(encodeLease(this.#content(written)));
    if (!stored) return false;
    this.#etag = stored.etag;
    this.#renewed = written;
    return true;
  }

  #content({ serviceMs, sleptMs }: Moment): LeaseContent {
    const { command } = this.#options;
    const expiresAt = new Date(serviceMs + this.#leaseMs).toISOString();
    const content = { generation: this.#generation, state: 'held', owner: this.#owner, command } as const;
    return { ...content, ...this.#process, expiresAt, sleptMs: Math.round(sleptMs) };
  }

  /**
   * Reckoned from the last renewal, by the clock that ran further since then. The monotonic one stands still while a machine
   * sleeps; the wall clock may be set. Set back, it counts for nothing. Set forward, it cannot be told from a sleep: it is
   * believed, because a living run must not lose its lease, and what it is ahead is put down as `sleptMs`, so that others, who
   * know Cognito's clock, can tell (see `endOfLease`). For a dead owner they wait two lives at most, never hours.
   */
  #now(): Moment {
    const { runtime } = this.#options;
    const before = this.#renewed;
    const [monotonicMs, wallMs] = [runtime.monotonicMs(), runtime.now().getTime()];
    const ranMs = monotonicMs - before.monotonicMs;
    const aheadMs = Math.max(0, wallMs - before.wallMs - ranMs);
    const serviceMs = before.serviceMs + ranMs + aheadMs;
    return { monotonicMs, wallMs, serviceMs, sleptMs: before.sleptMs + aheadMs };
  }

  #ageMs(): number {
    return this.#now().serviceMs - this.#renewed.serviceMs;
  }

  #heldBy(holder: LeaseContent): BackupError {
    const { command, host, pid } = holder;
    const until = new Date(endOfLease(holder, nowOf(this.#options))).toISOString();
    return this.#locked(`a ${command} run holds it until ${until} (process ${pid} on ${host})`);
  }

  #locked(why: string): BackupError {
    const minutes = Math.ceil(this.#leaseMs / 60_000);
    return new BackupError('locked', `Pool ${this.#options.target} is locked: ${why}`, {
      hint: `Wait for the other run; if it was killed, the lock expires by itself within ${minutes} minutes`,
    });
  }
}

/** A process of this machine that has ended holds nothing; of any other, only the end of its lease is sure. */
async function isHeld(holder: LeaseContent, clocks: Pick<LeaseOptions, 'runtime' | 'serviceTime'>): Promise<boolean> {
  if (holder.state === 'free') return false;
  const nowMs = nowOf(clocks);
  if (endOfLease(holder, nowMs) <= nowMs) return false;
  return (await isRunning(holder)) ?? true;
}

function nowOf({ runtime, serviceTime }: Pick<LeaseOptions, 'runtime' | 'serviceTime'>): number {
  return (serviceTime?.date ?? runtime.now()).getTime();
}

/** One moment by every clock, in milliseconds. */
interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
  /** Cognito's clock, as its owner reckons it; where it was never asked, the machine's own at the beginning. */
  readonly serviceMs: number;
  /** How much of that is the word of the wall clock alone. */
  readonly sleptMs: number;
}

function firstMoment({ runtime, serviceTime }: LeaseOptions): Moment {
  const [monotonicMs, wallMs] = [runtime.monotonicMs(), runtime.now().getTime()];
  const serviceMs = serviceTime ? serviceTime.date.getTime() + monotonicMs - serviceTime.askedMs : wallMs;
  return { monotonicMs, wallMs, serviceMs, sleptMs: 0 };
}
