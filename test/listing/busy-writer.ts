import type { CognitoGateway } from '../../src/cognito/gateway.ts';
import { isBackupError } from '../../src/model/errors.ts';
import type { PoolId } from '../../src/model/ids.ts';
import type { SeededRandom } from '../../src/simulator/seeded-random.ts';

/** Whom the writer may touch; it leaves everybody else alone. */
export interface Prey {
  /** Users that it changes, deletes, and takes out of groups. */
  readonly usernames: readonly string[];
  /** Groups that it fills, deletes and makes again; anybody may join them. */
  readonly groups: readonly string[];
  /** Users that it only ever puts into those groups. */
  readonly joiners: readonly string[];
}

/** Somebody who writes to a pool, one call after another, until told to stop. */
export class BusyWriter {
  readonly #gateway: CognitoGateway;
  readonly #poolId: PoolId;
  readonly #random: SeededRandom;
  readonly #prey: Prey;
  #writes = 0;

  constructor(
    gateway: CognitoGateway,
    poolId: PoolId,
    options: { readonly random: SeededRandom; readonly prey: Prey },
  ) {
    this.#gateway = gateway;
    this.#poolId = poolId;
    this.#random = options.random;
    this.#prey = options.prey;
  }

  /** Writes that the service took. */
  get writes(): number {
    return this.#writes;
  }

  /** Writes for as long as something else goes on. */
  async during<Result>(other: () => Promise<Result>): Promise<Result> {
    let isOver = false;
    const work = async (): Promise<void> => {
      while (!isOver) await this.write();
    };
    const running = work();
    try {
      return await other();
    } finally {
      isOver = true;
      await running;
    }
  }

  async write(): Promise<void> {
    try {
      await this.#one();
      this.#writes += 1;
    } catch (error) {
      // Whom it meant may be gone already.
      if (!isBackupError(error, 'rejected')) throw error;
    }
  }

  #one(): Promise<unknown> {
    const poolId = this.#poolId;
    const username = this.#pick(this.#prey.usernames);
    const group = this.#pick(this.#prey.groups);
    const name = this.#random.hex(6);
    switch (this.#random.below(9)) {
      case 0:
      case 1:
        return this.#gateway.send('AdminCreateUser', { poolId, username: `new-${name}`, attributes: [['name', name]] });
      case 2:
        return this.#gateway.send('AdminUpdateUserAttributes', { poolId, username, attributes: [['name', name]] });
      case 3:
        return this.#gateway.send('AdminDisableUser', { poolId, username });
      case 4:
        return this.#gateway.send('AdminDeleteUser', { poolId, username });
      case 5:
        // The same name again, and so another sub.
        return this.#gateway.send('AdminCreateUser', { poolId, username, attributes: [['name', name]] });
      case 6:
        return this.#gateway.send('AdminAddUserToGroup', { poolId, username: this.#pick(this.#prey.joiners), group });
      case 7:
        return this.#gateway.send('DeleteGroup', { poolId, name: group });
      default:
        return this.#gateway.send('CreateGroup', { poolId, group: { name: group } });
    }
  }

  #pick(from: readonly string[]): string {
    return from[this.#random.below(from.length)]!;
  }
}
