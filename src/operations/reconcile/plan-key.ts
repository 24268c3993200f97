import { createHash, createHmac } from 'node:crypto';
import type { DesiredValue } from '../../plan/desired.ts';
import type { ReconcileRequest } from './requests.ts';

/**
 * Binds a stored plan to the target, the desired value and every option that shapes it. It stands in a record that is not
 * encrypted, so names of people go in keyed by what only a reader of the value knows: else whoever reads the vault could try names.
 */
export function planKeyOf({ target, desired, options, command, importRole }: ReconcileRequest): string {
  const { mapping, ...choices } = options;
  const rename = [...mapping.rename];
  const { onlyUsers, onlyGroups, ...scope } = desired.scope;
  const named = namesKey(desired, [onlyUsers, onlyGroups]);
  const key = [target, command, desired.fingerprint, scope, named, choices, mapping.drop, rename, importRole ?? null];
  return createHash('sha256').update(JSON.stringify(key)).digest('hex');
}

/** A value that has no secret tells its requests apart by the number of names alone: it is `clean`'s, which makes nobody. */
function namesKey({ secret }: DesiredValue, names: readonly (readonly string[])[]): string | readonly number[] {
  const counts = names.map((list) => list.length);
  if (secret === undefined || counts.every((count) => count === 0)) return counts;
  return createHmac('sha256', secret).update(JSON.stringify(names)).digest('hex');
}
