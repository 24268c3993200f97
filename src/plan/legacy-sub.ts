import { BackupError } from '../model/errors.ts';
import type { PoolDescription, SchemaAttribute } from '../model/pool.ts';
import { attributeOf } from '../model/user.ts';
import type { DesiredUser } from './desired.ts';
import { schemaByName, type AttributeMapping } from './fit-attributes.ts';

/** A `sub` is a UUID in text. COGNITO API, AttributeType [D]. */
const SUB_LENGTH = 36;
/** AddCustomAttributes takes names of 20 characters after the prefix. COGNITO-FACTS §5 [D]. */
const NAME = /^custom:[^\s=,]{1,20}$/u;

/**
 * The user with the old `sub` in an attribute of its own. Who has a value there already came from an older pool: it stays,
 * so that a pool restored twice still holds the first `sub`.
 */
export function withLegacySub(user: DesiredUser, attribute: string): DesiredUser {
  if (user.sub === undefined || attributeOf(user, attribute)) return user;
  const others = user.attributes.filter(([name]) => name !== attribute);
  return { ...user, attributes: [...others, [attribute, user.sub]] };
}

/**
 * The attribute where `--create-missing-attributes` makes it: mutable, so that a later mirror can fill in whom it finds without.
 * App clients may not write it unless their WriteAttributes name it: the default is the standard attributes. CreateUserPoolClient [D].
 */
export function legacySubDefinition(name: string): SchemaAttribute {
  return { name, type: 'String', mutable: true, required: false, developerOnly: false, minLength: 0, maxLength: 256 };
}

/** Throws `usage` for a name that can hold no `sub`, or that the mapping moves or drops. */
export function checkLegacySubName(attribute: string, { drop, rename }: AttributeMapping): void {
  if (!NAME.test(attribute)) {
    throw new BackupError('usage', `No custom attribute for the old sub: ${JSON.stringify(attribute)}`, {
      hint: 'Write it with its prefix, for example --sub-attribute custom:legacy_sub',
    });
  }
  if (drop.includes(attribute) || rename.has(attribute) || [...rename.values()].includes(attribute)) {
    throw new BackupError('usage', `${attribute} is to hold the old sub, and is dropped or mapped as well`, {
      hint: 'Leave it out of --drop-attribute and --map-attribute, or name another --sub-attribute',
    });
  }
}

/** Throws `schema-gap` where the target's attribute is not there or cannot hold a `sub`. */
export function checkLegacySubAttribute(attribute: string, target: PoolDescription): void {
  const definition = schemaByName(target).get(attribute);
  if (!definition) {
    throw new BackupError('schema-gap', `Pool ${target.id} lacks the attribute ${attribute} for the old sub`, {
      hint: 'Nothing was written. Pass --create-missing-attributes, or create it first (String, up to 36 characters or more)',
    });
  }
  const { type, minLength, maxLength } = definition;
  if (type === 'String' && (minLength ?? 0) <= SUB_LENGTH && (maxLength ?? SUB_LENGTH) >= SUB_LENGTH) return;
  const limits =
    type === 'String' ? `of ${minLength ?? 0} to ${maxLength ?? SUB_LENGTH} characters` : 'not of type String';
  throw new BackupError('schema-gap', `The attribute ${attribute} of pool ${target.id} holds no sub: it is ${limits}`, {
    hint: `Nothing was written. A sub has ${SUB_LENGTH} characters; name another --sub-attribute`,
  });
}
