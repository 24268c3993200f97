import type { PoolDescription, SchemaAttribute } from '../model/pool.ts';
import type { Attribute } from '../model/user.ts';
import { comparableAttributes } from './compare-user.ts';

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
  /** Whether the target would refuse the values: a required attribute is missing, or a limit is broken. */
  readonly refused: boolean;
  readonly dropped: boolean;
}

/** Brings a user's attributes into the shape the target's schema takes. */
export function fitAttributes(
  source: readonly Attribute[],
  target: PoolDescription,
  mapping: AttributeMapping,
): FittedAttributes {
  const schema = schemaByName(target);
  const attributes: Attribute[] = [];
  const gaps: string[] = [];
  let dropped = false;
  let refused = false;
  for (const [sourceName, value] of comparableAttributes(source)) {
    if (mapping.drop.includes(sourceName)) {
      dropped = true;
      continue;
    }
    const name = mapping.rename.get(sourceName) ?? sourceName;
    const definition = schema.get(name);
    if (!definition) gaps.push(sourceName);
    else if (!fits(definition, value)) refused = true;
    attributes.push([name, value]);
  }
  const present = new Set(attributes.map(([name]) => name));
  for (const definition of target.schema) {
    if (definition.required && definition.name !== 'sub' && !present.has(definition.name)) refused = true;
  }
  return { attributes, gaps, refused, dropped };
}

const SCHEMAS = new WeakMap<PoolDescription, ReadonlyMap<string, SchemaAttribute>>();

export function schemaByName(pool: PoolDescription): ReadonlyMap<string, SchemaAttribute> {
  let schema = SCHEMAS.get(pool);
  if (!schema) SCHEMAS.set(pool, (schema = new Map(pool.schema.map((definition) => [definition.name, definition]))));
  return schema;
}

function fits(definition: SchemaAttribute, value: string): boolean {
  if (value.length > MAX_VALUE_LENGTH) return false;
  switch (definition.type) {
    case 'String':
      return value.length >= (definition.minLength ?? 0) && value.length <= (definition.maxLength ?? MAX_VALUE_LENGTH);
    case 'Number': {
      const number = Number(value);
      if (value.trim() === '' || Number.isNaN(number)) return false;
      return number >= (definition.minValue ?? -Infinity) && number <= (definition.maxValue ?? Infinity);
    }
    case 'Boolean':
    case 'DateTime':
      return true;
    default:
      return definition.type satisfies never;
  }
}
