import type { Seal } from '../encryption/age.ts';
import type { ChainPart, ChainPosition, ChainState } from './checkpoint.ts';
import { chainPartPath } from './keys.ts';
import { OpenPart, type ClosedPart, type PageRecords } from './open-part.ts';

/** Parts of about 5,000 users, cut at page boundaries. */
const RECORDS_PER_PART = 5_000;
/** A call a user, and sixteen chains share 60 a second: a kill costs five minutes of them, not twenty. */
const DEEP_RECORDS_PER_PART = 1_000;
/** Large attributes close a part earlier. */
const BYTES_PER_PART = 8 * 1024 * 1024;
/** Short and empty pages close a part as well, so that little is listed again after a kill. */
const PAGES_PER_PART = 200;

export interface ChainDependencies {
  /** Random per run. */
  readonly attempt: string;
  /** Whether users come with their factors. */
  readonly isDeep: boolean;
  /** What the digests are made with. */
  readonly salt: string;
  /** Encrypts; absent where the snapshot is not encrypted. */
  readonly seal: Seal | undefined;
  /** Stores a part and its digests. */
  store(path: string, closed: ClosedPart): Promise<ChainPart>;
  /** Saves the checkpoint. */
  save(): Promise<void>;
}

/**
 * One chain of pages on its way into parts: a shard of the users, or a lane of groups. Holds one open part. What it says
 * of itself (`state`) never runs ahead of what is stored.
 */
export class ChainWriter {
  readonly #dependencies: ChainDependencies;
  #state: ChainState;
  #open: OpenPart | undefined;
  #pages = 0;
  #sequence = 0;
  #skippedGroups = 0;
  #next: ChainPosition | 'end' | undefined;

  constructor(state: ChainState, dependencies: ChainDependencies) {
    this.#state = state;
    this.#dependencies = dependencies;
  }

  get state(): ChainState {
    return this.#state;
  }

  /** Adds the records of one page; `next` is where the listing goes on after it. */
  async addPage(
    page: PageRecords,
    next: ChainPosition | 'end',
    options: { readonly skippedGroup?: boolean } = {},
  ): Promise<void> {
    const records = 'users' in page ? page.users : page.memberships;
    if (records.length > 0) await (this.#open ??= new OpenPart(this.#dependencies.salt)).add(page);
    this.#pages += 1;
    this.#skippedGroups += options.skippedGroup ? 1 : 0;
    this.#next = next;
    if (next === 'end' || this.#isFull()) await this.flush();
  }

  /** Stores the open part, if it has pages, and saves the checkpoint. */
  async flush(): Promise<void> {
    const next = this.#next;
    if (next === undefined) return;
    const { position: _position, ...rest } = this.#state;
    const parts = this.#open ? [...rest.parts, await this.#store(this.#open)] : rest.parts;
    const skippedGroups = rest.skippedGroups + this.#skippedGroups;
    this.#state =
      next === 'end'
        ? { ...rest, parts, skippedGroups, done: true }
        : { ...rest, parts, skippedGroups, position: next };
    this.#clear();
    await this.#dependencies.save();
  }

  /** Forgets everything listed so far: its token has expired, and pages of two listings must not be mixed. */
  async startOver(): Promise<void> {
    const { kind, shard, startedOver } = this.#state;
    this.#open?.discard();
    this.#clear();
    this.#state = { kind, shard, done: false, startedOver: startedOver + 1, skippedGroups: 0, parts: [] };
    await this.#dependencies.save();
  }

  #isFull(): boolean {
    const { records = 0, plainBytes = 0 } = this.#open ?? {};
    return records >= this.#recordsPerPart() || plainBytes >= BYTES_PER_PART || this.#pages >= PAGES_PER_PART;
  }

  #recordsPerPart(): number {
    return this.#dependencies.isDeep && this.#state.kind === 'users' ? DEEP_RECORDS_PER_PART : RECORDS_PER_PART;
  }

  async #store(open: OpenPart): Promise<ChainPart> {
    const { kind, shard } = this.#state;
    const path = chainPartPath(kind, shard, this.#dependencies.attempt, this.#sequence);
    this.#sequence += 1;
    return this.#dependencies.store(path, await open.close(this.#dependencies.seal));
  }

  #clear(): void {
    this.#open = undefined;
    this.#pages = 0;
    this.#skippedGroups = 0;
    this.#next = undefined;
  }
}
