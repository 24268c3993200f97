import type { User } from '../model/user.ts';
import type { PageRecords } from './open-part.ts';
import type { ChainPosition, SecondPassPiece, SecondPassState } from './checkpoint.ts';
import { secondPassPath } from './keys.ts';
import { digestsOf } from './record-digests.ts';
import { isSettled } from './settled.ts';
import { sha256 } from './sha256.ts';

/** As little is listed again after a kill as of a part: 6,000 users. */
const PAGES_PER_PIECE = 100;

export interface SecondPassDependencies {
  /** Random per run. */
  readonly attempt: string;
  /** What the digests are made with: that of the parts. */
  readonly salt: string;
  /** When the snapshot's window began. */
  readonly startedAt: string;
  /** Stores a piece. */
  store(path: string, digests: Uint8Array): Promise<void>;
  /** Saves the checkpoint. */
  save(): Promise<void>;
}

/** A second listing of all users in one chain. Of whom it lists it keeps digests alone, to be compared with the shards. */
export class SecondPassWriter {
  readonly #dependencies: SecondPassDependencies;
  #state: SecondPassState;
  #settled: User[] = [];
  #others: User[] = [];
  #pages = 0;
  #sequence = 0;
  #next: ChainPosition | 'end' | undefined;

  constructor(state: SecondPassState, dependencies: SecondPassDependencies) {
    this.#state = state;
    this.#dependencies = dependencies;
  }

  /** Never runs ahead of what is stored. */
  get state(): SecondPassState {
    return this.#state;
  }

  /** Remembers when it may begin, by the service's clock. */
  async holdUntil(notBefore: Date): Promise<void> {
    this.#state = { ...this.#state, notBefore: notBefore.toISOString() };
    await this.#dependencies.save();
  }

  /** Adds the users of one page; `next` is where the listing goes on after it. */
  async addPage(page: PageRecords, next: ChainPosition | 'end'): Promise<void> {
    for (const user of 'users' in page ? page.users : []) {
      (isSettled(user, this.#dependencies.startedAt) ? this.#settled : this.#others).push(user);
    }
    this.#pages += 1;
    this.#next = next;
    if (next === 'end' || this.#pages >= PAGES_PER_PIECE) await this.flush();
  }

  /** Stores what was listed since the last piece, and saves the checkpoint. */
  async flush(): Promise<void> {
    const next = this.#next;
    if (next === undefined) return;
    const { position: _position, ...rest } = this.#state;
    const users = [...this.#settled, ...this.#others];
    const pieces = users.length > 0 ? [...rest.pieces, await this.#store(users)] : rest.pieces;
    this.#state = next === 'end' ? { ...rest, pieces, done: true } : { ...rest, pieces, position: next };
    this.#clear();
    await this.#dependencies.save();
  }

  /** Forgets everything listed so far: its token has expired, and pages of two listings must not be mixed. */
  async startOver(): Promise<void> {
    const { position: _position, ...rest } = this.#state;
    this.#clear();
    this.#state = { ...rest, done: false, startedOver: rest.startedOver + 1, pieces: [] };
    await this.#dependencies.save();
  }

  async #store(users: readonly User[]): Promise<SecondPassPiece> {
    const { attempt, salt, store } = this.#dependencies;
    const path = secondPassPath(attempt, this.#sequence);
    const digests = digestsOf(
      salt,
      users.map(({ sub }) => sub),
    );
    // Counted on even where storing fails: the next try may hold more pages, and an object is never replaced.
    this.#sequence += 1;
    await store(path, digests);
    return { path, users: users.length, settled: this.#settled.length, sha256: sha256(digests) };
  }

  #clear(): void {
    this.#settled = [];
    this.#others = [];
    this.#pages = 0;
    this.#next = undefined;
  }
}
