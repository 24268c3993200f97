import { BackupError, isBackupError } from '../../model/errors.ts';
import type { PoolId } from '../../model/ids.ts';
import { checkDrill } from '../../plan/drill/check-drill.ts';
import { harmlessPool, type WithheldKind } from '../../plan/drill/harmless-pool.ts';
import { withoutWithheld } from '../../plan/drill/withheld-differences.ts';
import type { ArnMap } from '../../plan/new-pool/map-arns.ts';
import { scratchName, type ScratchMark } from '../../plan/scratch-pool/scratch-mark.ts';
import { knownPairs } from '../../runs/known-pairs.ts';
import type { Lease } from '../../runs/lease.ts';
import { forgetTarget } from '../../runs/sweep-runs.ts';
import type { SnapshotRef } from '../../snapshot/keys.ts';
import { openSnapshot, type SnapshotReader } from '../../snapshot/snapshot-reader.ts';
import type { NewPoolPreview, NewPoolResult } from '../new-pool/new-pool-result.ts';
import { leaseOf, restoreToNewPool } from '../new-pool/new-pool.ts';
import { keepingLease } from '../reconcile/keeping-lease.ts';
import { newScratchMark } from '../scratch-pool/new-scratch-mark.ts';
import type { LeaseWitness } from '../scratch-pool/owner-state.ts';
import { findLeftovers, removeLeftovers, type Leftovers } from '../scratch-pool/remove-leftovers.ts';
import { openVerified } from '../verify/open-verified.ts';
import type { VerifyPoolResult } from '../verify/verify-pool.ts';
import { comparePool } from './compare-pool.ts';
import type { DrillDependencies } from './dependencies.ts';
import type { DrillOutcome, DrillPreview, DrillResult, ScratchPoolFate } from './drill-result.ts';
import { judgeDrill } from './judge-drill.ts';
import { leaseWitness } from './lease-witness.ts';
import { PhaseClock } from './phase-clock.ts';
import { priceOf } from './price-drill.ts';
import { removeOwnPool } from './remove-own-pool.ts';
import { sampleReader } from './sample-reader.ts';
import { signIn, type SignInResult } from './sign-in.ts';
import { WritingTime } from './writing-time.ts';

export interface DrillOptions {
  readonly ref: SnapshotRef;
  /** Where the scratch pool is made; the gateway has to be of that Region. */
  readonly region: string;
  /** Restores so many users, drawn by the manifest, instead of all. */
  readonly sample?: number;
  /** Leaves the pool where the drill came to its end; the next one deletes it. */
  readonly keep?: boolean;
  readonly dryRun?: boolean;
  /** In another account or Region: what takes the place of an ARN. */
  readonly arns?: ArnMap;
  /** Asked once, before the first write; `false` stops with `refused`. */
  readonly confirm: (preview: DrillPreview) => Promise<boolean>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Proves that a snapshot can be restored: into a pool that the tool makes for it, compares, signs a restored user in, and deletes the
 * pool again, whatever happened. Nothing can be sent from that pool. What was found is in the result, for the evidence.
 *
 * Errors: `usage` (a sample of nobody), `refused` (nothing would be proven, ARNs of elsewhere, not confirmed), `damaged`,
 * `locked`, `interrupted`, and what keys, storage and Cognito throw; the pool is deleted then too.
 */
export async function drill(deps: DrillDependencies, options: DrillOptions): Promise<DrillResult> {
  return new Drill(deps, options).run();
}

/** How long the pool of a drill may stand before any other run takes it for a leftover: longer than the slowest restore. */
const LIFE_MS = 24 * 3_600_000;
const LIFE_PER_USER_MS = 250;

class Drill {
  readonly #deps: DrillDependencies;
  readonly #options: DrillOptions;
  readonly #clock: PhaseClock;
  readonly #writing: WritingTime;
  readonly #startedMs: number;
  #withheld: readonly WithheldKind[] = [];
  #leftoversRemoved = 0;
  /** From the moment the pool may be there. */
  #hasBegun = false;

  constructor(deps: DrillDependencies, options: DrillOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#clock = new PhaseClock(deps.runtime);
    this.#writing = new WritingTime(deps.runtime);
    this.#startedMs = deps.runtime.monotonicMs();
  }

  async run(): Promise<DrillResult> {
    const { reader, whole } = await this.#clock.measure('read', () => this.#read());
    const { ref, signal, dryRun } = this.#options;
    const lease = await leaseOf(this.#deps, ref.poolId, { command: 'drill', signal });
    try {
      const mark = await this.#newMark(reader);
      const work = { reader, whole, mark, lease };
      if (dryRun) return this.#result(reader, await this.#preview(work));
      return await this.#carryOut(work);
    } finally {
      await lease.release().catch(() => undefined);
    }
  }

  async #read(): Promise<Pick<Work, 'reader' | 'whole'>> {
    const { vault, observer } = this.#deps;
    const { ref, signal, sample } = this.#options;
    const options = { observer, signal };
    const { manifest, state } = await openSnapshot(vault, ref, options);
    const { users } = manifest.totals;
    checkDrill({ ref, state, users, hasConfiguration: manifest.configuration !== undefined, sample });
    const { reader: whole } = await openVerified(vault, ref, options);
    return { whole, reader: sample !== undefined && sample < users ? await sampleReader(whole, sample) : whole };
  }

  async #newMark({ manifest }: SnapshotReader): Promise<ScratchMark> {
    const { gateway, runtime, vault } = this.#deps;
    return newScratchMark({
      purpose: 'drill',
      serviceTime: gateway.serviceTime(),
      runtime,
      lifeMs: LIFE_MS + LIFE_PER_USER_MS * manifest.totals.users,
      lease: `${vault.id} ${this.#options.ref.poolId}`,
    });
  }

  async #preview(work: Work): Promise<DrillPreview> {
    const leftovers = await this.#leftovers();
    const newPool = await this.#restore(work, { dryRun: true, confirm: async () => true });
    return this.#previewOf(work, newPool, leftovers);
  }

  async #carryOut(work: Work): Promise<DrillResult> {
    let preview: DrillPreview | undefined;
    let plannedMs = 0;
    const startedAt = this.#now();
    try {
      const restored = await this.#restoreMeasured(work, async (newPool) => {
        preview = this.#previewOf(work, newPool, await this.#leftovers());
        if (!(await this.#options.confirm(preview))) return false;
        plannedMs = await this.#plannedForAll(work, preview);
        return true;
      });
      if (!restored.made || !preview) throw new BackupError('internal', 'A drill was neither refused nor carried out');
      const writingMs = this.#writing.totalMs();
      const made = { ...restored.made, differences: withoutWithheld(restored.made.differences) };
      const { comparison, signedIn } = await this.#prove(work, made);
      const pool = await this.#endPool(work, made.pool);
      const outcome: DrillOutcome = {
        id: work.mark.run,
        startedAt,
        endedAt: this.#now(),
        made,
        comparison,
        signIn: signedIn,
        pool,
        leftoversRemoved: this.#leftoversRemoved,
        phases: this.#clock.phases(),
        writingMs,
        plannedMs,
        problems: judgeDrill({ made, comparison, signIn: signedIn }),
      };
      return this.#result(work.reader, preview, outcome);
    } catch (error) {
      throw this.#hasBegun ? await this.#afterFailure(work, error) : error;
    }
  }

  /** Before the pool is made: from then on the plan would be one to finish it. */
  async #plannedForAll({ whole, ...work }: Work, { price }: DrillPreview): Promise<number> {
    if (whole === work.reader) return price.durationMs;
    const plan = await this.#restore({ ...work, reader: whole, whole }, { dryRun: true, confirm: async () => true });
    return priceOf(plan).durationMs;
  }

  /** The answer of a person counts for no phase, nor does what an earlier drill left. */
  async #restoreMeasured(work: Work, confirm: (preview: NewPoolPreview) => Promise<boolean>): Promise<NewPoolResult> {
    const { runtime } = this.#deps;
    let phaseMs = runtime.monotonicMs();
    const result = await this.#restore(work, {
      confirm: async (preview) => {
        this.#clock.add('plan', runtime.monotonicMs() - phaseMs);
        if (!(await confirm(preview))) return false;
        await this.#clock.measure('leftovers', () => this.#removeLeftovers());
        this.#hasBegun = true;
        phaseMs = runtime.monotonicMs();
        return true;
      },
    });
    const usersMs = result.made?.users?.durationMs ?? 0;
    this.#clock.add('configuration', runtime.monotonicMs() - phaseMs - usersMs);
    this.#clock.add('users', usersMs);
    return result;
  }

  #restore(
    { reader, mark, lease }: Work,
    options: { readonly dryRun?: boolean; readonly confirm: (preview: NewPoolPreview) => Promise<boolean> },
  ): Promise<NewPoolResult> {
    const { region, arns, signal } = this.#options;
    const deps = { ...this.#deps, observer: this.#writing.watch(this.#deps.observer) };
    return restoreToNewPool(deps, {
      ...options,
      reader,
      region,
      lease,
      name: scratchName(mark),
      shape: (input) => {
        const { input: harmless, withheld } = harmlessPool(input, mark);
        this.#withheld = withheld;
        return harmless;
      },
      ...(arns && { arns }),
      signal,
    });
  }

  async #prove(
    { reader, lease }: Work,
    { pool: { id } }: NonNullable<NewPoolResult['made']>,
  ): Promise<{ readonly comparison: VerifyPoolResult; readonly signedIn: SignInResult }> {
    const { runtime, observer, storage, vault } = this.#deps;
    const { signal, ref, arns } = this.#options;
    const poolId = id as PoolId;
    const gateway = keepingLease(this.#deps.gateway, lease);
    observer({ kind: 'phase', phase: 'verify-target', poolId });
    const comparison = await this.#clock.measure('compare', () =>
      comparePool({ gateway, runtime }, reader, {
        poolId,
        signal,
        ...(arns && { roles: arns }),
        knownPairs: () => knownPairs(storage, ref.poolId, poolId, { signal, vault }),
      }),
    );
    observer({ kind: 'phase', phase: 'sign-in', poolId });
    const signedIn = await this.#clock.measure('sign-in', async () => {
      const pool = await gateway.send('DescribeUserPool', { poolId }, signal);
      return signIn(gateway, pool, { runtime, signal });
    });
    return { comparison, signedIn };
  }

  async #endPool(
    { mark }: Work,
    { id, name }: { readonly id: string; readonly name: string },
  ): Promise<ScratchPoolFate> {
    if (this.#options.keep) return { id, name, fate: 'kept', reason: null };
    const reason = await this.#clock.measure('delete', () => removeOwnPool(this.#deps, mark, id as PoolId));
    return { id, name, fate: reason === undefined ? 'deleted' : 'left', reason: reason ?? null };
  }

  /** The pool goes, whatever went wrong. Answers what to throw. */
  async #afterFailure({ mark }: Work, error: unknown): Promise<unknown> {
    const reason = await removeOwnPool(this.#deps, mark);
    if (reason !== undefined) {
      const message = `The scratch pool ${scratchName(mark)} may be left (${reason}): the next drill deletes it`;
      this.#deps.observer({ kind: 'warning', code: 'scratch-pool-left', message });
    }
    if (!isBackupError(error, 'interrupted')) return error;
    const hint = reason === undefined ? 'The scratch pool was deleted; nothing is left of this drill' : LEFT_HINT;
    return new BackupError('interrupted', error.message, { hint, cause: error });
  }

  #leftovers(): Promise<Leftovers> {
    return findLeftovers(this.#deps.gateway, { witness: this.#witness(), signal: this.#options.signal });
  }

  async #removeLeftovers(): Promise<void> {
    const { gateway, storage } = this.#deps;
    const { removed } = await removeLeftovers(gateway, {
      witness: this.#witness(),
      beforeDelete: (poolId) => forgetTarget(storage, poolId),
      signal: this.#options.signal,
    });
    this.#leftoversRemoved = removed.length;
  }

  /** Of the source of this drill, the lease is its own: whoever had it before has lost it. */
  #witness(): LeaseWitness {
    return leaseWitness(this.#deps, { heldHere: this.#options.ref.poolId, signal: this.#options.signal });
  }

  #previewOf({ reader }: Work, newPool: NewPoolPreview, leftovers: Leftovers): DrillPreview {
    const { ref, keep = false } = this.#options;
    const restored = reader.manifest.totals.users;
    return {
      snapshot: ref,
      newPool,
      withheld: this.#withheld,
      users: { restored, all: this.#all(reader) },
      leftovers,
      keep,
      price: priceOf(newPool),
    };
  }

  /** A sample's manifest counts the sample; by status, all of them are still counted. */
  #all({ manifest }: SnapshotReader): number {
    return Object.values(manifest.totals.byStatus).reduce((sum, count) => sum + count, 0);
  }

  #result(reader: SnapshotReader, preview: DrillPreview, outcome?: DrillOutcome): DrillResult {
    const { manifest, manifestSha256 } = reader;
    const { vault, runtime } = this.#deps;
    return {
      preview,
      manifest,
      manifestSha256,
      // A reader with a verifier refuses what no trusted key has signed.
      signature: vault.trust.verifier ? 'trusted' : manifest.signature ? 'not-checked' : 'none',
      ...(outcome && { outcome }),
      durationMs: runtime.monotonicMs() - this.#startedMs,
    };
  }

  #now(): Date {
    return this.#deps.gateway.serviceTime() ?? this.#deps.runtime.now();
  }
}

interface Work {
  /** Of what is restored: all, or a sample. */
  readonly reader: SnapshotReader;
  readonly whole: SnapshotReader;
  readonly mark: ScratchMark;
  readonly lease: Lease;
}

const LEFT_HINT = 'The next drill deletes the scratch pool, as does: cognito-backup drill --remove-leftovers';
