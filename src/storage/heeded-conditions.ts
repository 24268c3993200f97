import type { PutObjectCommandInput } from '@aws-sdk/client-s3';
import { BackupError } from '../model/errors.ts';
import type { StoredObject } from './storage.ts';

export type WriteCondition = Pick<PutObjectCommandInput, 'IfNoneMatch' | 'IfMatch'>;

/** One PutObject under a condition; `undefined` where the server refused it for that. */
type Attempt = (condition: WriteCondition) => Promise<StoredObject | undefined>;

/**
 * Conditional writes on servers that differ. A commit is exclusive only if the server heeds `If-None-Match` and `If-Match`,
 * and some ignore what they do not know; so the first write of each kind that a process gets through is sent once more: it
 * must be refused. The second one changes nothing either way, because it carries the same bytes.
 */
export class HeededConditions {
  readonly #location: string;
  readonly #proofs = new Map<Header, Promise<void>>();
  #tagForm: 'unknown' | 'quoted' | 'bare' = 'unknown';

  constructor(location: string) {
    this.#location = location;
  }

  /** Writes where nothing is. Throws `storage-failed` where the server ignores the condition. */
  async ifAbsent(attempt: Attempt): Promise<StoredObject | undefined> {
    const condition = { IfNoneMatch: '*' };
    const stored = await attempt(condition);
    if (stored) await this.#prove('If-None-Match', () => attempt(condition));
    return stored;
  }

  /**
   * Replaces a version; `currentTag` reads the tag there is. The tag goes as HTTP has it, in quotes; Ceph compares it with
   * quotes and all and so never finds it equal (measured on 16.2; DigitalOcean Spaces does the same): there it goes bare.
   */
  async ifMatch(
    etag: string,
    attempt: Attempt,
    currentTag: () => Promise<string | undefined>,
  ): Promise<StoredObject | undefined> {
    const bare = { IfMatch: etag.replaceAll('"', '') };
    let condition = this.#tagForm === 'bare' ? bare : { IfMatch: etag };
    let stored = await attempt(condition);
    if (!stored && this.#tagForm === 'unknown' && (await currentTag()) === etag) {
      condition = bare;
      stored = await attempt(condition);
    }
    if (!stored) return undefined;
    this.#tagForm = condition === bare ? 'bare' : 'quoted';
    // The same bytes again have the same tag, which then matches rightly.
    if (stored.etag !== etag) await this.#prove('If-Match', () => attempt(condition));
    return stored;
  }

  /** Once a process and header; a proof that failed for another reason is tried again with the next write. */
  async #prove(header: Header, again: () => Promise<StoredObject | undefined>): Promise<void> {
    let proof = this.#proofs.get(header);
    if (!proof) this.#proofs.set(header, (proof = this.#refusedAgain(header, again)));
    try {
      await proof;
    } catch (error) {
      this.#proofs.delete(header);
      throw error;
    }
  }

  /** Twice, because somebody may have deleted the object between the write and the first time. */
  async #refusedAgain(header: Header, again: () => Promise<StoredObject | undefined>): Promise<void> {
    if (!(await again()) || !(await again())) return;
    throw new BackupError('storage-failed', `The server of ${this.#location} ignores ${header}`, {
      hint: 'Without conditional writes two runs could replace each other unseen: keep the vault on Amazon S3, a current Ceph or MinIO, or in a folder',
    });
  }
}

type Header = 'If-None-Match' | 'If-Match';
