import type { JsonObject } from '../../model/pool-configuration.ts';
import type { JsonValue } from '../../model/pool.ts';

/** An answer of the SDK as JSON: dates as ISO 8601, bytes as base64, what is `undefined` left out. */
export function toDocument(answer: object): JsonObject {
  const entries = Object.entries(answer).flatMap(([key, value]: [string, unknown]) => {
    const json = toJson(value);
    return json === undefined ? [] : [[key, json] as const];
  });
  // Defines the keys one by one: one named `__proto__` stays a key.
  return Object.fromEntries(entries);
}

function toJson(value: unknown): JsonValue | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map((item) => toJson(item) ?? null);
  if (typeof value === 'object' && value !== null) return toDocument(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  return undefined;
}
