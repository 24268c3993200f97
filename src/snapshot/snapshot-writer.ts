import type { Open, Seal } from '../encryption/age.ts';
import { createEnvelope, sealFor } from '../encryption/envelope.ts';
import { addCalls, type CallCounts } from '../model/call-counts.ts';
import { isBackupError } from '../model/errors.ts';
import type { NotCaptured } from '../model/pool-configuration.ts';
import { allEnded } from '../runtime/all-ended.ts';
import { randomHex } from '../runtime/random-hex.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { CallOptions } from '../storage/storage.ts';
import { ChainWriter } from './chain-writer.ts';
import { CheckpointFile, type LoadedCheckpoint } from './checkpoint-file.ts';
import type { ChainPart, ChainState, Checkpoint, ListingMode, SecondPassState } from './checkpoint.ts';
import { FORMAT_VERSION } from './digested-json.ts';
import { digestsPath, partKey, type SnapshotRef } from './keys.ts';
import type { ConfigurationCounts, PartEntry } from './manifest.ts';
import { listedTwice } from './listed-twice.ts';
import { newChains } from './new-chains.ts';
import { newSnapshotId } from './new-snapshot-id.ts';
import type { ClosedPart } from './open-part.ts';
import { decodeRecords, isReadable, readPart, type PartSource } from './read-part.ts';
import { groupCodec } from './record-codec.ts';
import { digestsOf } from './record-digests.ts';
import { digestTexts, readDigests } from './read-digests.ts';
import { SecondPassWriter } from './second-pass-writer.ts';
import { sha256 } from './sha256.ts';
import { storeBeginning, type SnapshotBeginning } from './store-beginning.ts';
import { storeOnce } from './store-once.ts';
import { storePart, type PartStore } from './store-part.ts';
import { TOOL_VERSION } from './tool-version.ts';
import { placeOf, unlockSnapshot } from './unlock-snapshot.ts';

export interface WriterDependencies extends PartStore {
  readonly runtime: Runtime;
  /** What this run has called so far. */
  readonly counts?: () => CallCounts;
}

export interface SnapshotStart extends Omit<SnapshotBeginning, 'salt'> {
  /** The service's time. */
  readonly startedAt: Date;
  /** Whether its secrets were asked for. */
  readonly includeSecrets?: boolean;
  /** Whether every user is asked for their factors. Default: false. */
  readonly deep?: boolean;
  readonly mode: ListingMode;
  /** Lists all users once more in one chain, after the shards. Default: false. */
  readonly secondPass?: boolean;
}

const NEW_SECOND_PASS: SecondPassState = { done: false, startedOver: 0, pieces: [] };

/** A snapshot in the making: chains of pages become parts, and the checkpoint says how far each has come. */
export class SnapshotWriter {
  readonly ref: SnapshotRef;
  readonly chains: readonly ChainWriter[];
  /** Begins when all chains have ended; absent where none was asked for. */
  readonly secondPass: SecondPassWriter | undefined;
  readonly #dependencies: WriterDependencies;
  readonly #file: CheckpointFile;
  readonly #begun: Checkpoint;
  readonly #seal: Seal | undefined;
  readonly #open: Open | undefined;
  #abandoned: string | undefined;

  private constructor(
    checkpoint: Checkpoint,
    file: CheckpointFile,
    dependencies: WriterDependencies,
    open: Open | undefined,
  ) {
    this.ref = { poolId: checkpoint.poolId, id: checkpoint.snapshotId };
    this.#dependencies = dependencies;
    this.#file = file;
    this.#seal = checkpoint.encryption ? sealFor(checkpoint.encryption) : undefined;
    this.#open = open;
    this.#begun = { ...checkpoint, writer: randomHex(dependencies.runtime, 8) };
    this.chains = checkpoint.chains.map((state) => this.#chain(state));
    this.secondPass = checkpoint.secondPass && this.#secondPass(checkpoint.secondPass);
  }

  /**
   * Begins a snapshot: the keys, the description and the groups are stored, then the first checkpoint. What a kill leaves
   * before that checkpoint belongs to no snapshot. Throws `listing-broken` for a group that was listed twice.
   */
  static async begin(start: SnapshotStart, dependencies: WriterDependencies): Promise<SnapshotWriter> {
    const { pool, groups, mode, secondPass = false, includeSecrets = false, deep = false } = start;
    const { runtime, vault } = dependencies;
    if (new Set(groups.map(({ name }) => name)).size < groups.length) throw listedTwice('group');
    const { id, startedAt } = await newSnapshotId(vault, pool.id, { startedAt: start.startedAt, runtime });
    const ref: SnapshotRef = { poolId: pool.id, id };
    const { choice } = vault.keys;
    const envelope = choice && (await createEnvelope({ choice, place: placeOf(vault, ref), keys: vault.keys }));
    const checkpoint: Checkpoint = {
      format: FORMAT_VERSION,
      toolVersion: TOOL_VERSION,
      snapshotId: id,
      poolId: pool.id,
      writer: '0'.repeat(16),
      startedAt: startedAt.toISOString(),
      mode,
      encryption: envelope?.facts ?? null,
      secrets: includeSecrets,
      notCaptured: [...start.configuration.notCaptured],
      ...(await storeBeginning(ref, { ...start, salt: randomHex(runtime, 16) }, envelope, dependencies)),
      ...(deep && { deep }),
      chains: newChains(mode, groups.length),
      ...(secondPass && { secondPass: NEW_SECOND_PASS }),
      calls: {},
      throttles: 0,
    };
    const file = new CheckpointFile(vault.storage, ref);
    const writer = new SnapshotWriter(checkpoint, file, dependencies, envelope?.open);
    await writer.save();
    return writer;
  }

  /**
   * Goes on with a snapshot that another run has left; needs no private key. A second pass may be added now; one that was
   * asked for at the beginning stays. Throws `locked` when somebody else was quicker to do so.
   */
  static async resume(
    { checkpoint: left, etag }: LoadedCheckpoint,
    dependencies: WriterDependencies,
    { secondPass = false }: Pick<SnapshotStart, 'secondPass'> = {},
  ): Promise<SnapshotWriter> {
    const isAdded = secondPass && left.mode === 'sharded' && left.secondPass === undefined;
    const checkpoint = isAdded ? { ...left, secondPass: NEW_SECOND_PASS } : left;
    const { vault } = dependencies;
    const ref = { poolId: checkpoint.poolId, id: checkpoint.snapshotId };
    const open = await unlockSnapshot(vault, ref, checkpoint.encryption).catch(ifKeyless);
    const writer = new SnapshotWriter(checkpoint, new CheckpointFile(vault.storage, ref, etag), dependencies, open);
    await writer.save();
    return writer;
  }

  get mode(): ListingMode {
    return this.#begun.mode;
  }

  /** Whether users come with their factors. */
  get isDeep(): boolean {
    return this.#begun.deep === true;
  }

  /** By the service's clock. */
  get startedAt(): string {
    return this.#begun.startedAt;
  }

  get encryption(): Checkpoint['encryption'] {
    return this.#begun.encryption;
  }

  /** Of which kinds the configuration is; absent where none was captured. */
  get configuration(): ConfigurationCounts | undefined {
    return this.#begun.configuration;
  }

  /** What of the configuration is not there. */
  get notCaptured(): readonly NotCaptured[] {
    return this.#begun.notCaptured;
  }

  /** Everything stored so far, in the order of the manifest. */
  get parts(): readonly PartEntry[] {
    return [...this.#begun.parts, ...this.chainParts('users', 'memberships').map(({ entry }) => entry)];
  }

  chainParts(...kinds: readonly ChainState['kind'][]): readonly ChainPart[] {
    return this.chains.flatMap(({ state }) => (kinds.includes(state.kind) ? state.parts : []));
  }

  get source(): PartSource {
    return { storage: this.#dependencies.vault.storage, ref: this.ref, open: this.#open };
  }

  /** What this run and those before it have called for the snapshot. */
  get counts(): CallCounts {
    const { calls, throttles } = this.#dependencies.counts?.() ?? { calls: {}, throttles: 0 };
    return { calls: addCalls(this.#begun.calls, calls), throttles: this.#begun.throttles + throttles };
  }

  /**
   * Names of the groups as they were stored; a lane counts by their order. Where they cannot be read any more, `list` gives
   * those that the pool has now, and `undefined` stands for one that is gone.
   */
  async groupNames(
    list: () => Promise<readonly string[]>,
    options: CallOptions = {},
  ): Promise<readonly (string | undefined)[]> {
    const entry = this.#begun.parts.find(({ kind }) => kind === 'groups');
    if (!entry) return [];
    if (!isReadable(this.source, entry)) return this.#recognise(await list(), entry, options);
    return [...decodeRecords(await readPart(this.source, entry, options), groupCodec)].map(({ name }) => name);
  }

  async #recognise(
    names: readonly string[],
    { path, records }: PartEntry,
    options: CallOptions,
  ): Promise<readonly (string | undefined)[]> {
    const { salt, groupDigestsSha256 = '' } = this.#begun;
    const entry = { path, count: records, sha256: groupDigestsSha256 };
    const stored = await readDigests(this.source, entry, options);
    const known = new Map(names.map((name) => [Buffer.from(digestsOf(salt, [name])).toString('hex'), name]));
    return digestTexts(stored).map((digest) => known.get(digest));
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

  #checkpoint(): Checkpoint {
    return {
      ...this.#begun,
      ...this.counts,
      chains: this.chains.map((chain) => chain.state),
      ...(this.secondPass && { secondPass: this.secondPass.state }),
      ...(this.#abandoned === undefined ? {} : { abandoned: this.#abandoned }),
    };
  }

  #chain(state: ChainState): ChainWriter {
    return new ChainWriter(state, {
      attempt: randomHex(this.#dependencies.runtime, 4),
      isDeep: this.isDeep,
      salt: this.#begun.salt,
      seal: this.#seal,
      store: (path, closed) => this.#storeChainPart(path, closed),
      save: () => this.save(),
    });
  }

  #secondPass(state: SecondPassState): SecondPassWriter {
    const { runtime, vault } = this.#dependencies;
    return new SecondPassWriter(state, {
      attempt: randomHex(runtime, 4),
      salt: this.#begun.salt,
      startedAt: this.startedAt,
      store: (path, digests) => storeOnce(vault.storage, partKey(this.ref, path), digests),
      save: () => this.save(),
    });
  }

  async #storeChainPart(path: string, { part, digests, tally }: ClosedPart): Promise<ChainPart> {
    const { storage } = this.#dependencies.vault;
    const [entry] = await allEnded([
      storePart(this.ref, path, part, this.#dependencies),
      storeOnce(storage, partKey(this.ref, digestsPath(path)), digests),
    ]);
    return { entry, digestsSha256: sha256(digests), ...(tally && { tally }) };
  }
}

/** Without a key, for whatever reason, a backup goes on all the same: it counts by digests, and checks bytes. */
function ifKeyless(error: unknown): undefined {
  if (isBackupError(error) && error.code !== 'interrupted') return undefined;
  throw error;
}
