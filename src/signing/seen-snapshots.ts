import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { BackupError } from '../model/errors.ts';
import { randomHex } from '../runtime/random-hex.ts';
import type { Runtime } from '../runtime/runtime.ts';

const seenSnapshot = z.strictObject({ snapshotId: z.string(), startedAt: z.string(), manifestSha256: z.string() });
const seenFile = z.strictObject({ format: z.literal(1), seen: z.record(z.string(), seenSnapshot) });

/** The newest snapshot that was seen of a pool in a vault. */
export type SeenSnapshot = Readonly<z.infer<typeof seenSnapshot>>;

/** A good snapshot that was met. */
export interface Sighting extends SeenSnapshot {
  readonly poolId: string;
}

/**
 * Remembers outside the vault which snapshot of each pool was the newest, so that whoever can write to the vault cannot
 * take the newest ones away or put another under a name that was seen, without being noticed.
 */
export class SeenSnapshots {
  readonly #path: string;
  readonly #location: string;
  readonly #runtime: Runtime;
  #turn: Promise<unknown> = Promise.resolve();

  /** `location`: the vault as the person names it, for nothing in the vault may have a say in it. */
  constructor(path: string, location: string, runtime: Runtime) {
    this.#path = path;
    this.#location = location;
    this.#runtime = runtime;
  }

  /** Takes note of a snapshot. Throws `not-trusted` where its name was seen with another manifest. */
  see(sighting: Sighting): Promise<void> {
    return this.#inTurn(() => this.#see(sighting));
  }

  /** Throws `not-trusted` where a newer snapshot of the pool was seen than the one that is the latest now. */
  async checkLatest({ poolId, startedAt }: Pick<Sighting, 'poolId' | 'startedAt'>): Promise<void> {
    const last = (await this.#inTurn(() => this.#read())).get(this.#nameOf(poolId));
    if (last === undefined || last.startedAt <= startedAt) return;
    throw new BackupError('not-trusted', `Snapshot ${last.snapshotId} was seen here, and now the latest is older`, {
      hint: `Somebody has removed it or put an old copy of the vault in its place. Name a snapshot by its id to use it nevertheless, or remove the pool's entry from ${this.#path}`,
    });
  }

  async #see({ poolId, snapshotId, startedAt, manifestSha256 }: Sighting): Promise<void> {
    const all = await this.#read();
    const name = this.#nameOf(poolId);
    const last = all.get(name);
    if (last?.snapshotId === snapshotId && last.manifestSha256 !== manifestSha256) {
      throw new BackupError('not-trusted', `Snapshot ${snapshotId} is not the one that was seen before`, {
        hint: `Somebody has replaced it; if that was you, remove its entry from ${this.#path}`,
      });
    }
    if (last && last.startedAt >= startedAt) return;
    all.set(name, { snapshotId, startedAt, manifestSha256 });
    await this.#write(all);
  }

  /** One after another: each reads what the one before has written. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  #nameOf(poolId: string): string {
    return `${this.#location} ${poolId}`;
  }

  async #read(): Promise<Map<string, SeenSnapshot>> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
      throw this.#unusable('read', error);
    }
    try {
      return new Map(Object.entries(seenFile.parse(JSON.parse(text)).seen));
    } catch (error) {
      throw this.#unusable('understood', error);
    }
  }

  async #write(all: ReadonlyMap<string, SeenSnapshot>): Promise<void> {
    const temporary = `${this.#path}.${randomHex(this.#runtime, 4)}`;
    const seen = Object.fromEntries([...all].toSorted(([a], [b]) => (a < b ? -1 : 1)));
    try {
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
      await writeFile(temporary, `${JSON.stringify({ format: 1, seen }, undefined, 2)}\n`, {
        mode: 0o600,
        flush: true,
      });
      await rename(temporary, this.#path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw this.#unusable('written', error);
    }
  }

  #unusable(verb: string, cause: unknown): BackupError {
    return new BackupError('storage-failed', `The file of snapshots seen, ${this.#path}, cannot be ${verb}`, {
      hint: 'Name another with --seen-file, or repair or remove this one',
      cause,
    });
  }
}
