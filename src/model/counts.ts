/** What an apply does, by kind; the names are part of the `--json` contract. */
export const ACTION_KINDS = [
  'createUsers',
  'updateUsers',
  'deleteUsers',
  'createGroups',
  'updateGroups',
  'deleteGroups',
  'addMemberships',
  'removeMemberships',
  'disableUsers',
  'enableUsers',
  'setPasswords',
] as const;

export type ActionKind = (typeof ACTION_KINDS)[number];
export type ActionCounts = { readonly [Kind in ActionKind]: number };
export type MutableActionCounts = { -readonly [Kind in ActionKind]: number };

export function noActions(): MutableActionCounts {
  return Object.fromEntries(ACTION_KINDS.map((kind) => [kind, 0])) as MutableActionCounts;
}

/** Users and groups that still differ from what was wanted, predicted losses not counted. */
export interface Remaining {
  readonly missing: number;
  readonly extra: number;
  readonly changed: number;
}
