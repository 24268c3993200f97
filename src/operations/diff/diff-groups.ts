import { isProviderGroup, type Group } from '../../model/group.ts';
import type { DiffSide } from '../values/diff-side.ts';

export interface GroupDifference {
  readonly kind: 'added' | 'removed' | 'changed';
  readonly name: string;
  readonly fields: readonly ('description' | 'precedence' | 'roleArn')[];
}

/** Compares groups by name. Between two pools, the groups that Cognito keeps for identity providers are left out. */
export async function diffGroups(
  before: DiffSide,
  after: DiffSide,
  onGroup?: (difference: GroupDifference) => Promise<void> | void,
): Promise<{ readonly added: number; readonly removed: number; readonly changed: number }> {
  const totals = { added: 0, removed: 0, changed: 0 };
  const old = comparable(before, after);
  const now = comparable(after, before);
  for (const name of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    const difference = compare(name, old.get(name), now.get(name));
    if (!difference) continue;
    totals[difference.kind] += 1;
    await onGroup?.(difference);
  }
  return totals;
}

function comparable(side: DiffSide, other: DiffSide): ReadonlyMap<string, Group> {
  const samePool = side.pool.id === other.pool.id;
  const groups = side.groups.filter(({ name }) => samePool || !isProviderGroup(name, side.pool.id));
  return new Map(groups.map((group) => [group.name, group]));
}

function compare(name: string, old: Group | undefined, now: Group | undefined): GroupDifference | undefined {
  if (!old) return { kind: 'added', name, fields: [] };
  if (!now) return { kind: 'removed', name, fields: [] };
  const fields: GroupDifference['fields'][number][] = [];
  if ((old.description ?? '') !== (now.description ?? '')) fields.push('description');
  if (old.precedence !== now.precedence) fields.push('precedence');
  if (old.roleArn !== now.roleArn) fields.push('roleArn');
  return fields.length > 0 ? { kind: 'changed', name, fields } : undefined;
}
