import type { PoolId } from '../../model/ids.ts';
import type { ErasedPeople } from './erased-people.ts';

/**
 * Whether a line of a run's files is about an erased person: it names their `sub`, or, where it names nobody's, something
 * that they are called in the pools of the run.
 */
export function concernsErased(line: unknown, people: ErasedPeople, pools: readonly PoolId[]): boolean {
  const subs = [...subsIn(line)].filter((sub) => sub !== '');
  if (subs.length > 0) return subs.some((sub) => people.has(sub));
  for (const text of textsIn(line)) if (people.isName(text, pools)) return true;
  return false;
}

function* subsIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [field, item] of Object.entries(value)) {
    if (typeof item === 'string' && SUB_FIELDS.has(field)) yield item;
    else yield* subsIn(item);
  }
}

/** In the map, in entries and in what they hold. */
const SUB_FIELDS = new Set(['sub', 'sourceSub', 'targetSub']);

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) yield* textsIn(item);
}
