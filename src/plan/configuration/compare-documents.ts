import type { JsonValue } from '../../model/pool.ts';
import { isObject, type JsonObject } from '../../model/pool-configuration.ts';

/** One field that differs; absent where it is not there at all. */
export interface DocumentChange {
  /** `TokenValidityUnits.IdToken`, `CallbackURLs[]`, `SchemaAttributes[email].Mutable`, `Settings.categories[0]`. */
  readonly path: string;
  readonly before?: JsonValue;
  readonly after?: JsonValue;
}

export interface CompareOptions {
  /** Where the order of a list means something; else lists are sets. */
  readonly isOrdered: boolean;
}

/** What one of a list is named by. [D] SDK 3.1169: schema, scopes, recovery, log delivery, assets of a branding. */
const NAMES = [['Name'], ['ScopeName'], ['EventSource'], ['Category', 'ColorMode', 'Extension']];

/** Field by field, what differs between two documents. */
export function compareDocuments(before: JsonObject, after: JsonObject, options: CompareOptions): DocumentChange[] {
  return [...changesOf('', before, after, options)];
}

function* changesOf(
  path: string,
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  options: CompareOptions,
): Generator<DocumentChange> {
  if (isObject(before) && isObject(after)) {
    for (const name of namesOf(before, after)) {
      yield* changesOf(path === '' ? name : `${path}.${name}`, own(before, name), own(after, name), options);
    }
  } else if (isList(before) && isList(after)) {
    yield* changesOfLists(path, before, after, options);
  } else if (!isSame(before, after)) {
    yield { path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
  }
}

function* changesOfLists(
  path: string,
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  options: CompareOptions,
): Generator<DocumentChange> {
  const name = nameOf([...before, ...after]);
  if (name) {
    const [old, now] = [byName(before, name), byName(after, name)];
    if (old && now) {
      for (const key of [...new Set([...old.keys(), ...now.keys()])].sort()) {
        yield* changesOf(`${path}[${key}]`, old.get(key), now.get(key), options);
      }
      return;
    }
  }
  if (!options.isOrdered) {
    yield* changesOfSets(path, before, after);
    return;
  }
  for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
    yield* changesOf(`${path}[${index}]`, before[index], after[index], options);
  }
}

function* changesOfSets(
  path: string,
  before: readonly JsonValue[],
  after: readonly JsonValue[],
): Generator<DocumentChange> {
  const left = after.map(sorted);
  for (const value of before) {
    const at = left.indexOf(sorted(value));
    if (at < 0) yield { path: `${path}[]`, before: value };
    else left.splice(at, 1);
  }
  for (const text of left) yield { path: `${path}[]`, after: JSON.parse(text) as JsonValue };
}

function nameOf(items: readonly JsonValue[]): readonly string[] | undefined {
  if (items.length === 0) return undefined;
  return NAMES.find((names) =>
    items.every((item) => isObject(item) && names.every((name) => typeof own(item, name) === 'string')),
  );
}

/** `undefined` where a name comes twice. */
function byName(items: readonly JsonValue[], names: readonly string[]): ReadonlyMap<string, JsonValue> | undefined {
  const nameOne = (item: JsonValue): string =>
    names.map((name) => (isObject(item) ? (own(item, name) as string) : '')).join(' ');
  const named = new Map(items.map((item) => [nameOne(item), item]));
  return named.size === items.length ? named : undefined;
}

function namesOf(one: JsonObject, other: JsonObject): readonly string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
}

/** A field named as something that every object has is absent where it is not its own. */
function own(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isSame(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  return one === undefined || other === undefined ? one === other : sorted(one) === sorted(other);
}

/** One text for one value, whatever the order of its keys. */
function sorted(value: JsonValue): string {
  if (isList(value)) return `[${value.map(sorted).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${sorted(own(value, name) ?? null)}`).join(',')}}`;
}
