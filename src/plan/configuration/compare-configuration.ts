import {
  isObject,
  RESOURCE_KINDS,
  type ConfigurationResource,
  type JsonObject,
  type NotCaptured,
  type ResourceKind,
} from '../../model/pool-configuration.ts';
import type { PoolDescription } from '../../model/pool.ts';
import { secretsOf } from '../../model/resource-secrets.ts';
import { comparableDocument, lacksImage, type ComparedKind } from './comparable-document.ts';
import { compareDocuments, type DocumentChange } from './compare-documents.ts';
import { namings } from './pair-resources.ts';

/** A pool as one side of a comparison. */
export interface ComparedPool {
  readonly pool: PoolDescription;
  readonly resources: readonly ConfigurationResource[];
  readonly notCaptured: readonly NotCaptured[];
}

/** `isSecret`: the values differ, and are not shown. */
export interface ConfigurationChange extends DocumentChange {
  readonly isSecret?: true;
}

export interface ConfigurationDifference {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly resource: ComparedKind;
  /** As `before` names it; as `after` does where it is added. */
  readonly key: string;
  /** Empty where the whole resource was added or removed. */
  readonly changes: readonly ConfigurationChange[];
}

export interface ConfigurationComparison {
  readonly differences: readonly ConfigurationDifference[];
  /** Kinds that one side has and the other could not read. */
  readonly notCompared: readonly ResourceKind[];
}

/**
 * What has to happen to the configuration of `before` to become that of `after`, resource by resource and field by field.
 * What the service sets by itself is left out, and between two pools their ids. What a side could not read is unknown, not absent.
 */
export function compareConfiguration(before: ComparedPool, after: ComparedPool): ConfigurationComparison {
  const samePool = before.pool.id === after.pool.id;
  const [nameBefore, nameAfter] = namings(before.resources, after.resources, samePool);
  const old = new Map(before.resources.map((resource) => [nameBefore(resource), resource]));
  const now = new Map(after.resources.map((resource) => [nameAfter(resource), resource]));
  const unread = { before: kindsNotRead(before), after: kindsNotRead(after) };
  const differences: ConfigurationDifference[] = [...comparePools(before, after, samePool)];
  for (const [name, resource] of old) {
    const other = now.get(name);
    if (other) differences.push(...compareResources(resource, other, samePool));
    else if (!unread.after.has(resource.kind))
      differences.push({ kind: 'removed', resource: resource.kind, key: resource.key, changes: [] });
  }
  for (const [name, { kind, key }] of now) {
    if (!old.has(name) && !unread.before.has(kind))
      differences.push({ kind: 'added', resource: kind, key, changes: [] });
  }
  const kinds = new Set([...before.resources, ...after.resources].map(({ kind }) => kind));
  const notCompared = RESOURCE_KINDS.filter(
    (kind) => kinds.has(kind) && (unread.before.has(kind) || unread.after.has(kind)),
  );
  return { differences: differences.sort(inOrder), notCompared };
}

function comparePools(before: ComparedPool, after: ComparedPool, samePool: boolean): ConfigurationDifference[] {
  const documentOf = ({ pool: { raw } }: ComparedPool): JsonObject =>
    comparableDocument({ kind: 'pool', document: isObject(raw) ? raw : {} }, { samePool });
  const changes = compareDocuments(documentOf(before), documentOf(after), { isOrdered: false });
  return changes.length > 0 ? [{ kind: 'changed', resource: 'pool', key: before.pool.id, changes }] : [];
}

function compareResources(
  before: ConfigurationResource,
  after: ConfigurationResource,
  samePool: boolean,
): ConfigurationDifference[] {
  const { kind, key } = before;
  const image = lacksImage(before) || lacksImage(after) ? ['ImageFile'] : [];
  const secrets = new Set([before, after].flatMap(secretPaths));
  const left = new Set([...secrets, ...image]);
  const [old, now] = [before, after].map((resource) => comparableDocument(resource, { samePool }));
  // The order of a branding's settings is that of a page.
  const isOrdered = kind === 'branding';
  const changes: ConfigurationChange[] = compareDocuments(old ?? {}, now ?? {}, { isOrdered }).filter(
    ({ path }) => !left.has(path),
  );
  for (const path of secrets) if (isOtherSecret(path, before, after)) changes.push({ path, isSecret: true });
  return changes.length > 0 ? [{ kind: 'changed', resource: kind, key, changes }] : [];
}

function secretPaths(resource: ConfigurationResource): readonly string[] {
  return [...secretsOf(resource), ...(resource.withheld ?? [])];
}

/** A secret that was left out is known to be there, not what it is. */
function isOtherSecret(path: string, before: ConfigurationResource, after: ConfigurationResource): boolean {
  const isThere = [before, after].map((resource) => secretPaths(resource).includes(path));
  if (isThere[0] !== isThere[1]) return true;
  const isKnown = [before, after].every(({ withheld = [] }) => !withheld.includes(path));
  return isKnown && secretAt(before.document, path) !== secretAt(after.document, path);
}

function secretAt(document: JsonObject, path: string): unknown {
  const [first = '', ...rest] = path.split('.');
  if (rest.length === 0) return document[first];
  const inner = document[first];
  return isObject(inner) ? inner[rest.join('.')] : undefined;
}

/** As a whole or in part: then who is missing may be there. */
function kindsNotRead({ notCaptured }: ComparedPool): ReadonlySet<string> {
  return new Set(notCaptured.map(({ kind }) => kind));
}

const ORDER: readonly ComparedKind[] = ['pool', ...RESOURCE_KINDS];

function inOrder(one: ConfigurationDifference, other: ConfigurationDifference): number {
  const kinds = ORDER.indexOf(one.resource) - ORDER.indexOf(other.resource);
  return kinds || (one.key < other.key ? -1 : one.key > other.key ? 1 : 0);
}
