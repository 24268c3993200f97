import type { SchemaAttributeConfig } from './pool-config.ts';
import { invalidParameter } from './service-error.ts';
import { STANDARD_ATTRIBUTES } from './standard-attributes.ts';

/** Custom attributes in all, per AddCustomAttributes call, and schema entries per CreateUserPool. [D] COGNITO-FACTS §5. */
const MAX_CUSTOM_ATTRIBUTES = 50;
const MAX_ADDED_AT_ONCE = 25;
const MAX_CUSTOM_NAME_LENGTH = 20;
const CUSTOM_NAME = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u;

/** What a schema may not name (*unproven*, the strict reading). COGNITO-FACTS §5: drop them. */
const SERVICE_OWNED = new Set(['sub', 'identities']);

/** A pool's attributes by the name that users carry (`custom:` included). */
export class PoolSchema {
  readonly #attributes = new Map<string, SchemaAttributeConfig>();

  constructor(schema: readonly SchemaAttributeConfig[]) {
    if (schema.length > MAX_CUSTOM_ATTRIBUTES) throw invalidParameter('Schema may have 50 attributes at most.');
    for (const attribute of STANDARD_ATTRIBUTES) this.#attributes.set(attribute.Name, attribute);
    const custom: SchemaAttributeConfig[] = [];
    for (const attribute of schema) {
      if (SERVICE_OWNED.has(attribute.Name)) throw invalidParameter(`${attribute.Name}: Attribute cannot be set.`);
      const standard = this.#attributes.get(attribute.Name);
      if (standard) this.#attributes.set(attribute.Name, overridden(standard, attribute));
      else custom.push(attribute);
    }
    this.#addCustom(custom);
  }

  get(name: string): SchemaAttributeConfig | undefined {
    return this.#attributes.get(name);
  }

  all(): readonly SchemaAttributeConfig[] {
    return [...this.#attributes.values()];
  }

  /** AddCustomAttributes. Throws InvalidParameterException and adds nothing when one is refused. */
  add(attributes: readonly SchemaAttributeConfig[]): void {
    if (attributes.length === 0 || attributes.length > MAX_ADDED_AT_ONCE) {
      throw invalidParameter('Between 1 and 25 custom attributes can be added in one request.');
    }
    this.#addCustom(attributes);
  }

  #addCustom(attributes: readonly SchemaAttributeConfig[]): void {
    const added = new Map<string, SchemaAttributeConfig>();
    for (const attribute of attributes) {
      const complete = customAttribute(attribute);
      if (this.#attributes.has(complete.Name) || added.has(complete.Name)) {
        throw invalidParameter(`${complete.Name}: Existing attribute already has name ${complete.Name}.`);
      }
      added.set(complete.Name, complete);
    }
    const custom = [...this.#attributes.keys()].filter((name) => name.includes('custom:')).length;
    if (custom + added.size > MAX_CUSTOM_ATTRIBUTES) {
      throw invalidParameter('Number of custom attributes exceeds the limit of 50.');
    }
    for (const [name, attribute] of added) this.#attributes.set(name, attribute);
  }
}

function overridden(standard: SchemaAttributeConfig, given: SchemaAttributeConfig): SchemaAttributeConfig {
  if (given.AttributeDataType !== undefined && given.AttributeDataType !== standard.AttributeDataType) {
    throw invalidParameter(
      `You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute ${given.Name}`,
    );
  }
  return { ...standard, ...defined(given) };
}

function customAttribute(given: SchemaAttributeConfig): SchemaAttributeConfig {
  const bare = given.Name;
  if (bare.length < 1 || bare.length > MAX_CUSTOM_NAME_LENGTH || !CUSTOM_NAME.test(bare)) {
    throw invalidParameter(
      `1 validation error detected: Value at 'customAttributes.1.member.name' failed to satisfy constraint: Member must have length less than or equal to ${MAX_CUSTOM_NAME_LENGTH}`,
    );
  }
  if (given.Required) throw invalidParameter('Required custom attributes are not supported currently.');
  const type = given.AttributeDataType ?? 'String';
  const developerOnly = given.DeveloperOnlyAttribute ?? false;
  return {
    Name: `${developerOnly ? 'dev:' : ''}custom:${bare}`,
    AttributeDataType: type,
    DeveloperOnlyAttribute: developerOnly,
    Mutable: given.Mutable ?? true,
    Required: false,
    ...(type === 'String' ? { StringAttributeConstraints: { ...given.StringAttributeConstraints } } : {}),
    ...(type === 'Number' ? { NumberAttributeConstraints: { ...given.NumberAttributeConstraints } } : {}),
  };
}

function defined(attribute: SchemaAttributeConfig): Partial<SchemaAttributeConfig> {
  return Object.fromEntries(Object.entries(attribute).filter(([, value]) => value !== undefined && value !== null));
}
