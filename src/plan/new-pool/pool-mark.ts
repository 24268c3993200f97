import type { JsonObject } from '../../model/pool-configuration.ts';
import type { PoolDescription } from '../../model/pool.ts';

/** On a pool that a restore is still making: another run of the same command finds it by this. */
const IN_PROGRESS = 'cognito-backup:restore';
/** On a pool that is complete: another run of the same command makes no second one. */
const DONE = 'cognito-backup:restored-from';
/** The names of both marks. */
export const RESTORE_TAGS: ReadonlySet<string> = new Set([IN_PROGRESS, DONE]);
/** [D] COGNITO-FACTS §5 */
const MOST_TAGS = 50;

const PARTS = ['configuration', 'users', 'some-users'] as const;
/** What a restore was told to bring, where that was not everything of the snapshot. */
export type SnapshotPart = (typeof PARTS)[number];

/** Which snapshot a pool is made from, `POOL@SNAPSHOT`, how far it is, and what of it a pool that is done holds. */
export interface PoolMark {
  readonly state: 'in-progress' | 'done';
  readonly snapshot: string;
  readonly part?: SnapshotPart | undefined;
}

/** Of a pool with all tags that it may have, the last one waits while the mark is there; what is complete then has no mark. */
export function tagsWithMark(tags: JsonObject, { state, snapshot, part }: PoolMark): JsonObject {
  const entries = Object.entries(tags);
  if (entries.length >= MOST_TAGS && state === 'done') return tags;
  const name = state === 'done' ? DONE : IN_PROGRESS;
  return Object.fromEntries([...entries.slice(0, MOST_TAGS - 1), [name, part ? `${snapshot} ${part}` : snapshot]]);
}

export function withoutMarks(tags: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(tags).filter(([name]) => !RESTORE_TAGS.has(name)));
}

export function markOf({ tags }: PoolDescription): PoolMark | undefined {
  const value = (name: string): string | undefined => tags.find(([tag]) => tag === name)?.[1];
  const snapshot = value(IN_PROGRESS);
  if (snapshot !== undefined) return { state: 'in-progress', snapshot };
  const [from = '', part] = value(DONE)?.split(' ') ?? [];
  return from === '' ? undefined : { state: 'done', snapshot: from, part: PARTS.find((one) => one === part) };
}
