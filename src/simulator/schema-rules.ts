import type { SchemaAttributeConfig } from './pool-config.ts';
import type { PoolSchema } from './pool-schema.ts';
import { invalidParameter, type ServiceError } from './service-error.ts';

type Pairs = readonly (readonly [name: string, value: string])[];

/** `sub` and `identities` belong to the service. [D] COGNITO-FACTS §4. */
const SERVICE_OWNED = new Set(['sub', 'identities']);
const EMAIL = /^[^\s@]+@[^\s@]+$/u;
/** E.164: a plus sign and digits. [D] developer guide. */
const PHONE = /^\+\d{1,15}$/;

/** Checks attributes that come with a new user. Throws InvalidParameterException, naming every fault as the service does. */
export function checkNewAttributes(schema: PoolSchema, attributes: Pairs): void {
  const faults = attributes.map(([name, value]) => faultOf(schema, name, value)).filter((fault) => fault !== undefined);
  if (faults.length > 0) throw nonconforming(faults);
  checkContacts(attributes);
}

/** Throws InvalidParameterException unless every attribute that the pool requires has a value. */
export function checkRequiredAttributes(schema: PoolSchema, attributes: Pairs): void {
  const given = new Map(attributes);
  const missing = requiredAttributes(schema).filter((name) => !given.get(name));
  if (missing.length > 0) throw nonconforming(missing.map((name) => `${name}: The attribute is required`));
}

export function requiredAttributes(schema: PoolSchema): readonly string[] {
  return schema
    .all()
    .filter((attribute) => attribute.Required === true && attribute.Name !== 'sub')
    .map((attribute) => attribute.Name);
}

/** Checks a change of a user who exists: as for a new one, and immutable attributes keep their value. */
export function checkChangedAttributes(schema: PoolSchema, attributes: Pairs): void {
  for (const [name] of attributes) checkMutable(schema, name);
  const kept = attributes.filter(([, value]) => value !== '');
  checkNewAttributes(schema, kept);
  const removed = attributes.filter(([, value]) => value === '').map(([name]) => name);
  checkRemovedAttributes(schema, removed);
}

export function checkRemovedAttributes(schema: PoolSchema, names: readonly string[]): void {
  for (const name of names) {
    const attribute = schema.get(name);
    if (!attribute) throw invalidParameter(`user.${name}: Attribute does not exist in the schema.\n`);
    if (SERVICE_OWNED.has(name) || attribute.Required)
      throw invalidParameter(`user.${name}: Attribute cannot be deleted.\n`);
    checkMutable(schema, name);
  }
}

/** `true` and `false` in any case are stored in lower case. */
export function normalisedValue(name: string, value: string): string {
  return name === 'email_verified' || name === 'phone_number_verified' ? value.toLowerCase() : value;
}

export function looksLikeEmail(text: string): boolean {
  return EMAIL.test(text);
}

export function looksLikePhone(text: string): boolean {
  return PHONE.test(text);
}

function checkMutable(schema: PoolSchema, name: string): void {
  const attribute = schema.get(name);
  if (!attribute) throw nonconforming([`${name}: Attribute does not exist in the schema.`]);
  if (attribute.Mutable === false || SERVICE_OWNED.has(name)) {
    throw invalidParameter(`user.${name}: Attribute cannot be updated.\n`);
  }
}

function faultOf(schema: PoolSchema, name: string, value: string): string | undefined {
  const attribute = schema.get(name);
  if (!attribute) return `${name}: Attribute does not exist in the schema.`;
  if (SERVICE_OWNED.has(name)) return `${name}: Attribute cannot be updated.`;
  if (value === '') return undefined;
  const fault = valueFault(attribute, value);
  return fault === undefined ? undefined : `${name}: ${fault}`;
}

function valueFault(attribute: SchemaAttributeConfig, value: string): string | undefined {
  switch (attribute.AttributeDataType ?? 'String') {
    case 'String':
      return lengthFault(attribute, value);
    case 'Number':
      return numberFault(attribute, value);
    case 'Boolean':
      return /^(true|false)$/i.test(value) ? undefined : 'Attribute value must be a boolean';
    case 'DateTime':
      return Number.isNaN(Date.parse(value)) && !/^\d+$/.test(value) ? 'Attribute value must be a date' : undefined;
  }
}

function lengthFault({ StringAttributeConstraints: limits }: SchemaAttributeConfig, value: string): string | undefined {
  const minimum = Number(limits?.MinLength ?? 0);
  const maximum = Number(limits?.MaxLength ?? 2048);
  if (value.length < minimum) return `String must be at least ${minimum} characters long`;
  if (value.length > maximum) return `String must be no longer than ${maximum} characters`;
  return undefined;
}

function numberFault({ NumberAttributeConstraints: limits }: SchemaAttributeConfig, value: string): string | undefined {
  if (!/^-?\d+$/.test(value)) return 'Attribute value must be a number';
  if (limits?.MinValue !== undefined && BigInt(value) < BigInt(limits.MinValue)) {
    return `Number must be greater than or equal to ${limits.MinValue}`;
  }
  if (limits?.MaxValue !== undefined && BigInt(value) > BigInt(limits.MaxValue)) {
    return `Number must be less than or equal to ${limits.MaxValue}`;
  }
  return undefined;
}

function checkContacts(attributes: Pairs): void {
  for (const [name, value] of attributes) {
    if (value === '') continue;
    if (name === 'email' && !looksLikeEmail(value)) throw invalidParameter('Invalid email address format.');
    if (name === 'phone_number' && !looksLikePhone(value)) throw invalidParameter('Invalid phone number format.');
  }
}

function nonconforming(faults: readonly string[]): ServiceError {
  return invalidParameter(`Attributes did not conform to the schema: ${faults.join('\n')}\n`);
}
