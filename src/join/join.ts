import { Partition } from './partition.ts';
import type { Workspace } from './workspace.ts';

/** What both sides hold under one key; at least one side is not empty. */
export interface Joined<Left, Right> {
  readonly key: string;
  readonly left: readonly Left[];
  readonly right: readonly Right[];
}

export async function partition<Item>(
  workspace: Workspace,
  items: AsyncIterable<Item> | Iterable<Item>,
  keyOf: (item: Item) => string,
): Promise<Partition<Item>> {
  const result = new Partition(workspace, keyOf);
  for await (const item of items) await result.add(item);
  return result;
}

/** Joins two partitions of one workspace bucket by bucket: memory holds one bucket of each, whatever the totals are. */
export async function* join<Left, Right>(
  workspace: Workspace,
  left: Partition<Left>,
  right: Partition<Right>,
): AsyncIterable<Joined<Left, Right>> {
  for (let bucket = 0; bucket < workspace.bucketCount; bucket += 1) {
    const groups = new Map<string, { key: string; left: Left[]; right: Right[] }>();
    const groupOf = (key: string) => {
      let group = groups.get(key);
      if (!group) groups.set(key, (group = { key, left: [], right: [] }));
      return group;
    };
    for (const item of await left.take(bucket)) groupOf(left.keyOf(item)).left.push(item);
    for (const item of await right.take(bucket)) groupOf(right.keyOf(item)).right.push(item);
    yield* groups.values();
  }
  left.release();
  right.release();
}
