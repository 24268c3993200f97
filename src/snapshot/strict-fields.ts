/** Checks on one field of a decoded record. Each throws a `TypeError` naming the field, never its value. */

type Fields = Readonly<Record<string, unknown>>;

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export function fail(field: string): never {
  throw new TypeError(`field ${field} is wrong`);
}

export function object(value: unknown, field: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(field);
  return value as Fields;
}

/** Refuses fields that are not in `known`, without naming them: their names may be anything. */
export function only(record: Fields, known: ReadonlySet<string>): Fields {
  for (const key in record) if (!known.has(key)) throw new TypeError('it has an unknown field');
  return record;
}

export function text(value: unknown, field: string): string {
  return typeof value === 'string' ? value : fail(field);
}

export function boolean(value: unknown, field: string): boolean {
  return typeof value === 'boolean' ? value : fail(field);
}

export function integer(value: unknown, field: string): number {
  return Number.isSafeInteger(value) ? (value as number) : fail(field);
}

/** ISO 8601 in UTC with milliseconds. */
export function instant(value: unknown, field: string): string {
  return typeof value === 'string' && INSTANT.test(value) ? value : fail(field);
}

export function array(value: unknown, field: string): readonly unknown[] {
  return Array.isArray(value) ? value : fail(field);
}

/** An object with the field, or an empty one where the record has none. */
export function optional<Name extends string, Value>(
  field: Name,
  value: unknown,
  check: (value: unknown, field: string) => Value,
): { readonly [key in Name]?: Value } {
  return value === undefined ? {} : ({ [field]: check(value, field) } as { readonly [key in Name]?: Value });
}
