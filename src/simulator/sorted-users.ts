import type { UserState } from './user-state.ts';

export interface Position {
  readonly order: number;
  readonly sub: string;
}

const BLOCK_SIZE = 512;

/**
 * Users in listing order, as sorted blocks: inserting and deleting touch one block, and a listing goes on from a position
 * that stays meaningful whatever was inserted or deleted meanwhile.
 */
export class SortedUsers {
  #blocks: UserState[][] = [];

  add(user: UserState): void {
    const at = this.#blockFor(user);
    const block = this.#blocks[at];
    if (!block) {
      this.#blocks.push([user]);
      return;
    }
    const place = placeOf(block, user);
    if (block[place] === user) return;
    block.splice(place, 0, user);
    if (block.length > BLOCK_SIZE) this.#blocks.splice(at + 1, 0, block.splice(BLOCK_SIZE / 2));
  }

  delete(user: UserState): void {
    const at = this.#blockFor(user);
    const block = this.#blocks[at];
    const place = block ? placeOf(block, user) : 0;
    if (!block || block[place] !== user) return;
    block.splice(place, 1);
    if (block.length === 0) this.#blocks.splice(at, 1);
  }

  /** Every user after the position; must be used up before the next change. */
  *after(position?: Position): Generator<UserState, void> {
    let at = position ? this.#blockFor(position) : 0;
    let place = position ? placeAfter(this.#blocks[at] ?? [], position) : 0;
    for (let block = this.#blocks[at]; block; block = this.#blocks[++at], place = 0) {
      for (let user = block[place]; user; user = block[++place]) yield user;
    }
  }

  /** The last block whose first user is not after the position. */
  #blockFor(position: Position): number {
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      const first = this.#blocks[middle]?.[0];
      if (first && compare(first, position) <= 0) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }
}

function placeOf(block: readonly UserState[], position: Position): number {
  let low = 0;
  let high = block.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const user = block[middle];
    if (user && compare(user, position) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function placeAfter(block: readonly UserState[], position: Position): number {
  const place = placeOf(block, position);
  const user = block[place];
  return user && compare(user, position) === 0 ? place + 1 : place;
}

function compare(left: Position, right: Position): number {
  if (left.order !== right.order) return left.order - right.order;
  return left.sub < right.sub ? -1 : left.sub > right.sub ? 1 : 0;
}
