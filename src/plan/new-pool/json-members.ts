import { isObject, type JsonObject } from '../../model/pool-configuration.ts';
import type { JsonValue } from '../../model/pool.ts';

/** Members of a document by name, in that order; `null` counts as absent. */
export function pickMembers(document: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = member(document, name);
      return value === undefined || value === null ? [] : [[name, value] as const];
    }),
  );
}

export function dropMembers(document: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(document).filter(([name]) => !names.includes(name)));
}

export function member(document: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(document, name) ? document[name] : undefined;
}

export function objectAt(document: JsonObject, name: string): JsonObject | undefined {
  const value = member(document, name);
  return isObject(value) ? value : undefined;
}

export function textAt(document: JsonObject, name: string): string | undefined {
  const value = member(document, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function textsAt(document: JsonObject, name: string): readonly string[] {
  const value = member(document, name);
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

export function objectsAt(document: JsonObject, name: string): readonly JsonObject[] {
  const value = member(document, name);
  return Array.isArray(value) ? value.filter(isObject) : [];
}
