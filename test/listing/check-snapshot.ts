import { isDeepStrictEqual } from 'node:util';
import { verifySnapshot } from '../../src/operations/verify/verify-snapshot.ts';
import type { SnapshotRef } from '../../src/snapshot/keys.ts';
import { openSnapshot } from '../../src/snapshot/snapshot-reader.ts';
import type { Vault } from '../../src/snapshot/vault.ts';
import { collect } from '../fakes/collect.ts';
import type { History, Span } from './history.ts';
import { membershipKey, type ShiftingPool } from './shifting-pool.ts';

/** What a snapshot held of a pool, to see that a sweep met every kind of record. */
export interface Tally {
  unchanged: number;
  changed: number;
  missed: number;
  memberships: number;
  orphans: number;
}

/**
 * Says what is wrong with a snapshot, given everything the pool has been: whoever was unchanged from the window's start
 * minus the lag to its end is there once and exactly as it was; everything else at most once and as it was at some moment.
 */
export async function checkSnapshot(
  pool: ShiftingPool,
  { vault, ref, lagMs }: { readonly vault: Vault; readonly ref: SnapshotRef; readonly lagMs: number },
): Promise<{ readonly problems: readonly string[]; readonly tally: Tally }> {
  const reader = await openSnapshot(vault, ref);
  const { totals, window, parts } = reader.manifest;
  const span = { fromMs: Date.parse(window.startedAt) - lagMs, toMs: Date.parse(window.endedAt) };
  const users = await collect(reader.users());
  const groups = await collect(reader.groups());
  const memberships = await collect(reader.memberships());
  const problems: string[] = [];
  const check = <Value>(what: string, histories: ReadonlyMap<string, History<Value>>, held: Held<Value>): Counts => {
    const found = compare(what, { histories, held, span });
    problems.push(...found.problems);
    return found.counts;
  };

  const counts = check(
    'user',
    pool.users,
    users.map((user) => [user.sub, user] as const),
  );
  check(
    'group',
    pool.groups,
    groups.map((group) => [group.name, group] as const),
  );
  const held = memberships.map(({ group, sub }) => [membershipKey(group, sub), true] as const);
  const wanted = new Map([...pool.memberships].filter(([key]) => isWanted(pool, key, span)));
  check(
    'membership',
    wanted,
    held.filter(([key]) => wanted.has(key)),
  );
  problems.push(
    ...findRepeated(
      'membership',
      held.map(([key]) => key),
    ),
  );
  for (const [key] of held) if (!pool.memberships.get(key)?.valuesIn(span).length) problems.push(`invented ${key}`);

  const byStatus: Record<string, number> = {};
  for (const { status } of users) byStatus[status] = (byStatus[status] ?? 0) + 1;
  const enabled = users.filter((user) => user.enabled).length;
  const counted = { users: users.length, byStatus, enabled, disabled: users.length - enabled, groups: groups.length };
  const { orphans, ...stated } = totals;
  if (!isDeepStrictEqual(stated, { ...counted, memberships: memberships.length })) problems.push('totals differ');
  const records = parts.reduce((sum, part) => sum + part.records, 0);
  // Memberships without their user stay in the parts and are counted apart.
  if (records !== 1 + users.length + groups.length + memberships.length + orphans) {
    problems.push('the parts count differently');
  }
  for (const { message } of (await verifySnapshot(vault, ref)).problems) problems.push(message);
  return { problems, tally: { ...counts, memberships: memberships.length, orphans } };
}

/** A membership is sure to be captured where its user and its group are. */
function isWanted(pool: ShiftingPool, key: string, span: Span): boolean {
  const [group = '', sub = ''] = key.split('\0');
  return !pool.groups.get(group)!.changedIn(span) && !pool.users.get(sub)!.changedIn(span);
}

type Held<Value> = readonly (readonly [id: string, value: Value])[];
type Counts = Pick<Tally, 'unchanged' | 'changed' | 'missed'>;

interface Comparison<Value> {
  readonly histories: ReadonlyMap<string, History<Value>>;
  readonly held: Held<Value>;
  readonly span: Span;
}

function compare<Value>(
  what: string,
  { histories, held, span }: Comparison<Value>,
): { readonly problems: readonly string[]; readonly counts: Counts } {
  const problems = [
    ...findRepeated(
      what,
      held.map(([id]) => id),
    ),
  ];
  const counts = { unchanged: 0, changed: 0, missed: 0 };
  const byId = new Map(held);
  for (const [id, value] of held) {
    const possible = histories.get(id)?.valuesIn(span) ?? [];
    if (!possible.some((candidate) => isDeepStrictEqual(candidate, value))) problems.push(`${what} ${id} was never so`);
  }
  for (const [id, history] of histories) {
    const isThere = history.valuesIn(span).length > 0;
    const isHeld = byId.has(id);
    if (!isThere) continue;
    if (history.changedIn(span)) counts[isHeld ? 'changed' : 'missed'] += 1;
    else if (isHeld) counts.unchanged += 1;
    else problems.push(`${what} ${id} was unchanged and is missing`);
  }
  return { problems, counts };
}

function findRepeated(what: string, ids: readonly string[]): readonly string[] {
  return ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${what} ${id} comes twice`);
}
