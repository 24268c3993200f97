import type { PoolDescription, SchemaAttribute } from '../model/pool.ts';
import type { Attribute } from '../model/user.ts';
import { comparableAttributes, writableAttributes } from './compare-user.ts';

/** Cognito's cap for any attribute value, in characters. COGNITO-FACTS §4 [D]. */
const MAX_VALUE_LENGTH = 2_048;

/** What a person decided about attributes that the target pool does not have. */
export interface AttributeMapping {
  readonly drop: readonly string[];
  readonly rename: ReadonlyMap<string, string>;
}

export interface FittedAttributes {
  readonly attributes: readonly Attribute[];
  /** Attributes the target's schema lacks. */
  readonly gaps: readonly string[];
  /** Attributes whose value the target would refuse, or which two attributes were mapped to. */
  readonly unfit: readonly string[];
  /** Whether an attribute that the target requires is missing. */
  readonly incomplete: boolean;
  readonly dropped: boolean;
}

/**
 * Brings a user's attributes into the shape the target's schema takes. With `given`, what is absent stays unspecified:
 * no verified flag is made up, and none is taken away.
 */
export function fitAttributes(
  source: readonly Attribute[],
  target: PoolDescription,
  mapping: AttributeMapping,
  values: 'exact' | 'given' = 'exact',
): FittedAttributes {
  const schema = schemaByName(target);
  const attributes: Attribute[] = [];
  const gaps: string[] = [];
  const unfit: string[] = [];
  const present = new Set<string>();
  const given = new Set(source.map(([name]) => name));
  let dropped = false;
  for (const [sourceName, value] of values === 'exact' ? comparableAttributes(source) : writableAttributes(source)) {
    // An absent verified flag compares as false, but it is not written where the source has none.
    if (!given.has(sourceName)) continue;
    if (mapping.drop.includes(sourceName)) {
      dropped = true;
      continue;
    }
    const name = mapping.rename.get(sourceName) ?? sourceName;
    const definition = schema.get(name);
    if (!definition) gaps.push(sourceName);
    else if (!fits(definition, value) || present.has(name)) unfit.push(name);
    present.add(name);
    attributes.push([name, value]);
  }
  const incomplete = target.schema.some(({ name, required }) => required && name !== 'sub' && !present.has(name));
  return { attributes, gaps, unfit, incomplete, dropped };
}

const SCHEMAS = new WeakMap<PoolDescription, ReadonlyMap<string, SchemaAttribute>>();

export function schemaByName(pool: PoolDescription): ReadonlyMap<string, SchemaAttribute> {
  let schema = SCHEMAS.get(pool);
  if (!schema) SCHEMAS.set(pool, (schema = new Map(pool.schema.map((definition) => [definition.name, definition]))));
  return schema;
}

/**
 * Whether Cognito counts UTF-16 units or characters is not documented, so a value passes that fits by either: what one
 * pool took, another with the same limits takes.
 */
function fits(definition: SchemaAttribute, value: string): boolean {
  if (!isWithin(value, MAX_VALUE_LENGTH) || !looksLikeContact(definition.name, value)) return false;
  switch (definition.type) {
    case 'String':
      return value.length >= (definition.minLength ?? 0) && isWithin(value, definition.maxLength ?? MAX_VALUE_LENGTH);
    case 'Number': {
      if (!/^-?\d+(\.\d+)?$/.test(value)) return false;
      const number = Number(value);
      return number >= (definition.minValue ?? -Infinity) && number <= (definition.maxValue ?? Infinity);
    }
    case 'Boolean':
      return /^(true|false)$/i.test(value);
    case 'DateTime':
      return true;
    default:
      return definition.type satisfies never;
  }
}

/** The service refuses an address that is none. What it asks for beyond this is not documented, so it is not guessed. */
function looksLikeContact(name: string, value: string): boolean {
  if (name === 'email') return /.@./su.test(value);
  return name !== 'phone_number' || /^\+\d+$/.test(value);
}

function isWithin(value: string, maxLength: number): boolean {
  return value.length <= maxLength || [...value].length <= maxLength;
}
