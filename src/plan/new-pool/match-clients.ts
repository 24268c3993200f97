import type { ConfigurationResource, JsonObject } from '../../model/pool-configuration.ts';
import { comparableDocument } from '../configuration/comparable-document.ts';
import { compareDocuments } from '../configuration/compare-documents.ts';
import { textAt } from './json-members.ts';

/**
 * Which client of the new pool stands for which of the snapshot's. All of the new pool's clients are of our making, and names say
 * which; several of one name are told apart by their settings, the most alike first. Those that are alike in everything are
 * interchangeable as long as nothing hangs on them: call this again once all are there, the answer depends on nothing else.
 *
 * @returns new ids by old ids; who is not in it is not made yet.
 */
export function matchClients(
  wanted: readonly ConfigurationResource[],
  there: readonly ConfigurationResource[],
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const name of new Set(wanted.map(nameOf))) {
    const old = wanted.filter((client) => nameOf(client) === name);
    const now = there.filter((client) => nameOf(client) === name);
    const [first] = old;
    const [only] = now;
    if (old.length === 1 && now.length === 1 && first && only) found.set(first.key, only.key);
    else pair(old, now, found);
  }
  return found;
}

function pair(
  old: readonly ConfigurationResource[],
  now: readonly ConfigurationResource[],
  found: Map<string, string>,
): void {
  const pairs = old.flatMap((before) => now.map((after) => ({ before, after, unlike: unlikeness(before, after) })));
  pairs.sort(
    (one, other) => one.unlike - other.unlike || byKey(one.before, other.before) || byKey(one.after, other.after),
  );
  const taken = new Set<string>();
  for (const { before, after } of pairs) {
    if (found.has(before.key) || taken.has(after.key)) continue;
    found.set(before.key, after.key);
    taken.add(after.key);
  }
}

function unlikeness(one: ConfigurationResource, other: ConfigurationResource): number {
  const [before, after] = [one, other].map((client) => comparableDocument(client, { samePool: false }));
  return compareDocuments(comparable(before), comparable(after), { isOrdered: false }).length;
}

function comparable(document: JsonObject | undefined): JsonObject {
  return document ?? {};
}

function byKey(one: ConfigurationResource, other: ConfigurationResource): number {
  return one.key < other.key ? -1 : one.key > other.key ? 1 : 0;
}

function nameOf({ document, key }: ConfigurationResource): string {
  return textAt(document, 'ClientName') ?? key;
}
