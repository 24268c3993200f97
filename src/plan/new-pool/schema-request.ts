import type { JsonObject } from '../../model/pool-configuration.ts';
import type { PoolDescription, SchemaAttribute } from '../../model/pool.ts';
import { member, objectAt, objectsAt, pickMembers, textAt } from './json-members.ts';

/** [D] COGNITO-FACTS §5: entries of a CreateUserPool, attributes of an AddCustomAttributes. */
const MOST_AT_CREATION = 50;
const MOST_ADDED = 25;

/** Cognito's own: nobody may name them. [D] COGNITO-FACTS §5 */
const SERVICE_OWNED = new Set(['sub', 'identities', 'email_verified', 'phone_number_verified']);
const PREFIX = /^(dev:)?custom:/;

export interface SchemaRequest {
  /** `Schema` of CreateUserPool. */
  readonly creation: readonly JsonObject[];
  /** Further custom attributes, call by call. */
  readonly additions: readonly (readonly SchemaAttribute[])[];
}

/**
 * A pool's schema as a new pool is told of it: standard attributes only where they differ from what every pool has, custom ones
 * by their bare names, what does not fit into the creation in calls of its own.
 */
export function schemaRequest(pool: PoolDescription): SchemaRequest {
  const described = objectsAt((pool.raw ?? {}) as JsonObject, 'SchemaAttributes');
  const standard = described.filter((attribute) => !isCustom(attribute) && isChanged(attribute)).map(standardEntry);
  const custom = described.filter(isCustom);
  const room = Math.max(0, MOST_AT_CREATION - standard.length);
  const later = new Set(custom.slice(room).map((attribute) => textAt(attribute, 'Name')));
  return {
    creation: [...standard, ...custom.slice(0, room).map(customEntry)],
    additions: chunks(
      pool.schema.filter(({ name }) => later.has(name)),
      MOST_ADDED,
    ),
  };
}

function isCustom(attribute: JsonObject): boolean {
  return PREFIX.test(textAt(attribute, 'Name') ?? '');
}

function isChanged(attribute: JsonObject): boolean {
  const name = textAt(attribute, 'Name') ?? '';
  if (SERVICE_OWNED.has(name)) return false;
  if (member(attribute, 'Required') === true || member(attribute, 'Mutable') === false) return true;
  return hasOtherLimits(attribute, name);
}

/** What every pool has. [D] SDK 3.1169 and developer guide, 2026-11. */
const LIMITS: { readonly [name: string]: readonly [least: string, most: string | undefined] } = {
  birthdate: ['10', '10'],
  updated_at: ['0', undefined],
};

function hasOtherLimits(attribute: JsonObject, name: string): boolean {
  const text = objectAt(attribute, 'StringAttributeConstraints') ?? {};
  const number = objectAt(attribute, 'NumberAttributeConstraints') ?? {};
  const [usualLeast, usualMost] = LIMITS[name] ?? ['0', '2048'];
  const least = textAt(text, 'MinLength') ?? textAt(number, 'MinValue');
  const most = textAt(text, 'MaxLength') ?? textAt(number, 'MaxValue');
  return (least !== undefined && least !== usualLeast) || (most !== undefined && most !== usualMost);
}

const ENTRY = [
  'Name',
  'AttributeDataType',
  'Mutable',
  'Required',
  'StringAttributeConstraints',
  'NumberAttributeConstraints',
];

function standardEntry(attribute: JsonObject): JsonObject {
  return pickMembers(attribute, ENTRY);
}

/** `custom:x` goes out as `x`; one that only developers see says so, not its name. Custom attributes cannot be required. */
function customEntry(attribute: JsonObject): JsonObject {
  const entry = pickMembers(attribute, [...ENTRY, 'DeveloperOnlyAttribute']);
  return { ...entry, Name: (textAt(attribute, 'Name') ?? '').replace(PREFIX, ''), Required: false };
}

function chunks<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
