import type { Attribute } from '../model/user.ts';

/** Never compared and never written: the service makes them. COGNITO-FACTS §4 [D]. */
const SERVICE_ATTRIBUTES = new Set(['sub', 'identities', 'cognito:user_status']);

const VERIFIED_FLAGS = new Map([
  ['email_verified', 'email'],
  ['phone_number_verified', 'phone_number'],
]);

export interface AttributeChange {
  readonly name: string;
  /** `undefined`: absent. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/**
 * A user's attributes as values that can be compared and written: without what the service makes, and with a verified
 * flag exactly where there is a contact to verify (an absent flag means `false`).
 */
export function comparableAttributes(attributes: readonly Attribute[]): Map<string, string> {
  const values = writableAttributes(attributes);
  for (const [flag, contact] of VERIFIED_FLAGS) {
    if (!values.has(contact)) values.delete(flag);
    else values.set(flag, values.get(flag)?.toLowerCase() === 'true' ? 'true' : 'false');
  }
  return values;
}

/** Without what the service makes, and without empty values: writing one deletes the attribute. AdminUpdateUserAttributes [D]. */
export function writableAttributes(attributes: readonly Attribute[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of attributes) if (!SERVICE_ATTRIBUTES.has(name) && value !== '') values.set(name, value);
  return values;
}

export interface AttributeComparison {
  /** By attribute name in order. */
  readonly changes: readonly AttributeChange[];
  /** Every attribute as it should be, changed or not. */
  readonly wanted: ReadonlyMap<string, string>;
}

/**
 * What has to change to come from `before` to `after`.
 * With `given`, attributes that `after` lacks are unspecified and stay.
 */
export function compareAttributes(
  before: readonly Attribute[],
  after: readonly Attribute[],
  values: 'exact' | 'given' = 'exact',
): AttributeComparison {
  const old = comparableAttributes(before);
  const wanted = values === 'exact' ? comparableAttributes(after) : overlay(old, after);
  const names = [...new Set([...old.keys(), ...wanted.keys()])].sort();
  const changes = names
    .map((name) => ({ name, before: old.get(name), after: wanted.get(name) }))
    .filter((change) => change.before !== change.after);
  return { changes, wanted };
}

/** The old values under those given; a contact that changes takes no verified flag over. */
function overlay(old: ReadonlyMap<string, string>, given: readonly Attribute[]): Map<string, string> {
  const named = writableAttributes(given);
  const merged = new Map([...old, ...named]);
  for (const [flag, contact] of VERIFIED_FLAGS) {
    if (!named.has(flag) && merged.get(contact) !== old.get(contact)) merged.delete(flag);
  }
  return comparableAttributes([...merged]);
}

export interface NameChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export function groupChanges(before: readonly string[], after: readonly string[]): NameChanges {
  const old = new Set(before);
  const wanted = new Set(after);
  return {
    added: [...wanted].filter((name) => !old.has(name)).sort(),
    removed: [...old].filter((name) => !wanted.has(name)).sort(),
  };
}

/**
 * Splits writes so that no message is sent: a changed contact goes with its flag raised, and a second call lowers the flag
 * where it should be down. COGNITO-FACTS §4 [D; the second call I].
 */
export function contactSafeWrites({ changes, wanted }: AttributeComparison): {
  readonly set: readonly Attribute[];
  readonly setLater: readonly Attribute[];
} {
  const set = new Map<string, string>();
  const setLater: Attribute[] = [];
  for (const { name, after } of changes) if (after !== undefined) set.set(name, after);
  for (const [flag, contact] of VERIFIED_FLAGS) {
    if (!set.has(contact)) continue;
    set.set(flag, 'true');
    if (wanted.get(flag) !== 'true') setLater.push([flag, 'false']);
  }
  return { set: [...set], setLater };
}
