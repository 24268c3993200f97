import type { Membership } from '../model/group.ts';
import type { User, UserStatus } from '../model/user.ts';
import type { Seal } from '../encryption/age.ts';
import type { UserTally } from './checkpoint.ts';
import { PartBuilder, type SealedPart } from './part-builder.ts';
import { membershipCodec, userCodec } from './record-codec.ts';
import { digestsOf } from './record-digests.ts';

/** The records of one page. */
export type PageRecords = { readonly users: readonly User[] } | { readonly memberships: readonly Membership[] };

export interface ClosedPart {
  readonly part: SealedPart;
  /** Of the `sub` of every record, in their order. */
  readonly digests: Uint8Array;
  readonly tally?: UserTally;
}

/** The part that a chain is writing: its packed records, and what has to be known of them once they cannot be read. */
export class OpenPart {
  readonly #salt: string;
  readonly #builder = new PartBuilder();
  readonly #digests: Uint8Array[] = [];
  readonly #byStatus = new Map<UserStatus, number>();
  #enabled = 0;
  #factors = 0;
  #hasUsers = false;
  #closed: Promise<ClosedPart> | undefined;

  constructor(salt: string) {
    this.#salt = salt;
  }

  get records(): number {
    return this.#builder.records;
  }

  get plainBytes(): number {
    return this.#builder.plainBytes;
  }

  async add(page: PageRecords): Promise<void> {
    const records = 'users' in page ? page.users : page.memberships;
    this.#digests.push(
      digestsOf(
        this.#salt,
        records.map(({ sub }) => sub),
      ),
    );
    if ('users' in page) this.#count(page.users);
    await this.#builder.add(
      'users' in page ? page.users.map(userCodec.encode) : page.memberships.map(membershipCodec.encode),
    );
  }

  /** Answers the same when it is asked again, because storing the first answer failed. */
  close(seal: Seal | undefined): Promise<ClosedPart> {
    return (this.#closed ??= this.#close(seal));
  }

  discard(): void {
    this.#builder.discard();
  }

  async #close(seal: Seal | undefined): Promise<ClosedPart> {
    const part = await this.#builder.finish(seal);
    const digests = Buffer.concat(this.#digests);
    const tally = {
      enabled: this.#enabled,
      byStatus: Object.fromEntries(this.#byStatus),
      ...(this.#factors > 0 && { factors: this.#factors }),
    };
    return { part, digests, ...(this.#hasUsers && { tally }) };
  }

  #count(users: readonly User[]): void {
    this.#hasUsers ||= users.length > 0;
    for (const { enabled, status, factors } of users) {
      if (enabled) this.#enabled += 1;
      if (factors) this.#factors += 1;
      this.#byStatus.set(status, (this.#byStatus.get(status) ?? 0) + 1);
    }
  }
}
