import { BackupError } from '../model/errors.ts';
import type { Group } from '../model/group.ts';
import { timedId, type SnapshotId } from '../model/ids.ts';
import type { PoolDescription } from '../model/pool.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { CallOptions } from '../storage/storage.ts';
import { ChainWriter } from './chain-writer.ts';
import { CheckpointFile, type LoadedCheckpoint } from './checkpoint-file.ts';
import type { ChainState, Checkpoint, ListingMode } from './checkpoint.ts';
import { FORMAT_VERSION } from './digested-json.ts';
import { GROUPS_PART, parsePartPath, partKey, POOL_PART, type SnapshotRef } from './keys.ts';
import type { PartEntry } from './manifest.ts';
import { newChains } from './new-chains.ts';
import { sealPart } from './part.ts';
import { decodeRecords, readPart, type PartSource } from './read-part.ts';
import { groupCodec, poolCodec } from './record-codec.ts';
import { storeOnce } from './store-once.ts';
import { TOOL_VERSION } from './tool-version.ts';
import type { Vault } from './vault.ts';

export interface WriterDependencies {
  readonly vault: Vault;
  readonly runtime: Runtime;
  /** What this run has called so far. */
  readonly counts?: () => CallCounts;
  /** Told of every part that stands in the vault. */
  readonly onPart?: (key: string, entry: PartEntry) => void;
}

export interface SnapshotStart {
  /** The service's time. */
  readonly startedAt: Date;
  readonly pool: PoolDescription;
  readonly groups: readonly Group[];
  readonly mode: ListingMode;
}

/** Calls by quota category, and how many of them were throttled. */
export interface CallCounts {
  readonly calls: Readonly<Record<string, number>>;
  readonly throttles: number;
}

/** A snapshot in the making: chains of pages become parts, and the checkpoint says how far each has come. */
export class SnapshotWriter {
  readonly ref: SnapshotRef;
  readonly chains: readonly ChainWriter[];
  readonly #dependencies: WriterDependencies;
  readonly #file: CheckpointFile;
  readonly #begun: Checkpoint;
  #abandoned: string | undefined;

  private constructor(checkpoint: Checkpoint, file: CheckpointFile, dependencies: WriterDependencies) {
    this.ref = { poolId: checkpoint.poolId, id: checkpoint.snapshotId };
    this.#dependencies = dependencies;
    this.#file = file;
    this.#begun = { ...checkpoint, writer: hex(dependencies.runtime, 8) };
    this.chains = checkpoint.chains.map((state) => this.#chain(state));
  }

  /**
   * Begins a snapshot: the description and the groups are stored, then the first checkpoint. What a kill leaves before
   * that checkpoint belongs to no snapshot.
   */
  static async begin(start: SnapshotStart, dependencies: WriterDependencies): Promise<SnapshotWriter> {
    const { pool, groups, mode, startedAt } = start;
    const id = timedId(startedAt, dependencies.runtime.randomBytes(3)) as SnapshotId;
    const ref: SnapshotRef = { poolId: pool.id, id };
    const parts = [await storePart(ref, POOL_PART, [poolCodec.encode(pool)], dependencies)];
    if (groups.length > 0) parts.push(await storePart(ref, GROUPS_PART, groups.map(groupCodec.encode), dependencies));
    const checkpoint: Checkpoint = {
      format: FORMAT_VERSION,
      toolVersion: TOOL_VERSION,
      snapshotId: id,
      poolId: pool.id,
      writer: '0'.repeat(16),
      startedAt: startedAt.toISOString(),
      mode,
      parts,
      chains: newChains(mode, groups.length),
      calls: {},
      throttles: 0,
    };
    const writer = new SnapshotWriter(checkpoint, new CheckpointFile(dependencies.vault.storage, ref), dependencies);
    await writer.save();
    return writer;
  }

  /** Goes on with a snapshot that another run has left. Throws `locked` when somebody else was quicker to do so. */
  static async resume(loaded: LoadedCheckpoint, dependencies: WriterDependencies): Promise<SnapshotWriter> {
    const { checkpoint, etag } = loaded;
    const ref = { poolId: checkpoint.poolId, id: checkpoint.snapshotId };
    const file = new CheckpointFile(dependencies.vault.storage, ref, etag);
    const writer = new SnapshotWriter(checkpoint, file, dependencies);
    await writer.save();
    return writer;
  }

  get mode(): ListingMode {
    return this.#begun.mode;
  }

  /** By the service's clock. */
  get startedAt(): string {
    return this.#begun.startedAt;
  }

  /** Everything stored so far, in the order of the manifest. */
  get parts(): readonly PartEntry[] {
    return [...this.#begun.parts, ...this.chains.flatMap((chain) => chain.state.parts)];
  }

  get source(): PartSource {
    return { storage: this.#dependencies.vault.storage, ref: this.ref };
  }

  /** What this run and those before it have called for the snapshot. */
  get counts(): CallCounts {
    const { calls, throttles } = this.#dependencies.counts?.() ?? { calls: {}, throttles: 0 };
    const sum: Record<string, number> = { ...this.#begun.calls };
    for (const [category, count] of Object.entries(calls)) sum[category] = (sum[category] ?? 0) + count;
    return { calls: sum, throttles: this.#begun.throttles + throttles };
  }

  /** Names of the groups as they were stored; a lane counts by their order. */
  async groupNames(options: CallOptions = {}): Promise<readonly string[]> {
    const names: string[] = [];
    for (const entry of this.#begun.parts.filter(({ kind }) => kind === 'groups')) {
      for (const { name } of decodeRecords(await readPart(this.source, entry, options), groupCodec)) names.push(name);
    }
    return names;
  }

  /** Stores one more part in this snapshot's folder; only a manifest that names it makes it part of the snapshot. */
  store(path: string, lines: readonly string[]): Promise<PartEntry> {
    return storePart(this.ref, path, lines, this.#dependencies);
  }

  /** A name for a part that no other run can use. */
  newAttempt(): string {
    return hex(this.#dependencies.runtime, 4);
  }

  /** Writes the checkpoint. Throws `locked` when another run has taken over. */
  save(): Promise<void> {
    return this.#file.save(() => this.#checkpoint());
  }

  /** Marks the snapshot as one that no run shall go on with, so that the next backup begins anew. */
  async abandon(why: string): Promise<void> {
    this.#abandoned = why;
    await this.save();
  }

  /** After the manifest stands, the checkpoint (it has tokens) goes. */
  async removeCheckpoint(): Promise<void> {
    await this.#file.remove();
  }

  #checkpoint(): Checkpoint {
    return {
      ...this.#begun,
      ...this.counts,
      chains: this.chains.map((chain) => chain.state),
      ...(this.#abandoned === undefined ? {} : { abandoned: this.#abandoned }),
    };
  }

  #chain(state: ChainState): ChainWriter {
    return new ChainWriter(state, {
      attempt: this.newAttempt(),
      store: (path, lines) => this.store(path, lines),
      save: () => this.save(),
    });
  }
}

async function storePart(
  ref: SnapshotRef,
  path: string,
  lines: readonly string[],
  { vault, onPart }: WriterDependencies,
): Promise<PartEntry> {
  const name = parsePartPath(path);
  if (!name) throw new BackupError('internal', `Not a part path: ${JSON.stringify(path)}`);
  const { bytes, ...facts } = await sealPart(lines);
  const key = partKey(ref, path);
  await storeOnce(vault.storage, key, bytes);
  const entry = { path, ...name, ...facts };
  onPart?.(key, entry);
  return entry;
}

function hex(runtime: Runtime, bytes: number): string {
  return Buffer.from(runtime.randomBytes(bytes)).toString('hex');
}
