import { carry, importName, type CannotCarryReason } from '../../csv/carriage.ts';
import { encodeHeader, encodeRow } from '../../csv/import-dialect.ts';
import { formatRows } from '../../csv/rfc4180.ts';
import { GROUP_COLUMNS, groupCells, MEMBERSHIP_COLUMNS, membershipCells } from '../../csv/side-files.ts';
import { formatSpreadsheet } from '../../csv/spreadsheet.ts';
import { IMPORT_LIMITS, SplitFiles, type SplitLimits } from '../../csv/split-files.ts';
import { join, partition } from '../../join/join.ts';
import { Partition } from '../../join/partition.ts';
import { Workspace } from '../../join/workspace.ts';
import { isProviderGroup } from '../../model/group.ts';
import type { User } from '../../model/user.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { ExportTable, type ExportFiles } from './export-files.ts';
import type { ExportSource, ExportTotals } from './export-source.ts';
import type { ExportTarget } from './export-target.ts';

export interface CsvExportOptions {
  readonly target: ExportTarget;
  readonly runtime: Runtime;
  readonly limits?: SplitLimits;
}

/** Files of Cognito's import dialect: as many `users-NNNN.csv` as the limits ask for, and what goes beside them. */
export async function exportCsv(
  source: ExportSource,
  files: ExportFiles,
  options: CsvExportOptions,
): Promise<ExportTotals> {
  const expectedRecords = Math.max(source.expected.users, source.expected.memberships);
  const workspace = new Workspace({ runtime: options.runtime, expectedRecords });
  try {
    const names = new Partition<Name>(workspace, ([sub]) => sub);
    const users = await exportCarried(source, files, { ...options, named: (name) => names.add(name) });
    const { id: poolId } = await source.pool();
    const groups = await exportGroups(source, files, poolId);
    return { ...users, groups, ...(await exportMemberships(source, files, { workspace, names, poolId })) };
  } finally {
    await workspace.close();
  }
}

/** The users alone, in one go, whatever the limits of an import: for a pipe. */
export async function streamCsv(source: ExportSource, files: ExportFiles, target: ExportTarget): Promise<ExportTotals> {
  const split = new SplitFiles(encodeHeader(target.header), () => files.open('users.csv'), UNLIMITED);
  const tally = new Tally();
  for await (const user of source.users()) {
    const carriage = carry(user, target.pool, target.header);
    if (carriage.kind === 'row') await split.add(encodeRow(target.header, carriage.cells));
    tally.count(carriage.kind === 'row' ? undefined : carriage.reason);
  }
  await split.end();
  return { ...tally.totals(), groups: 0, memberships: 0, membershipsNotCarried: 0 };
}

const NOT_CARRIED_COLUMNS = ['username', 'sub', 'reason', 'column'] as const;
const UNLIMITED: SplitLimits = { maxRows: Infinity, maxBytes: Infinity };

/** What memberships need of a user: the `sub`, the name in the import file, and 1 if the file holds the user. */
type Name = readonly [sub: string, username: string, carried: 0 | 1];

interface CarriedOptions extends CsvExportOptions {
  readonly named: (name: Name) => Promise<void>;
}

async function exportCarried(source: ExportSource, files: ExportFiles, options: CarriedOptions) {
  const { pool, header } = options.target;
  const open = (index: number) => files.open(usersKey(index));
  const split = new SplitFiles(encodeHeader(header), open, options.limits ?? IMPORT_LIMITS);
  // For people alone, who open it in a spreadsheet; the other files are to be imported as they are.
  const left = await ExportTable.begin(await files.open('not-carried.csv'), NOT_CARRIED_COLUMNS, formatSpreadsheet);
  const tally = new Tally();
  for await (const user of source.users()) {
    const carriage = carry(user, pool, header);
    if (carriage.kind === 'row') await split.add(encodeRow(header, carriage.cells));
    else await left.add([user.username, user.sub, carriage.reason, carriage.column]);
    tally.count(carriage.kind === 'row' ? undefined : carriage.reason);
    await options.named([user.sub, nameFor(user, options.target), carriage.kind === 'row' ? 1 : 0]);
  }
  await split.end();
  await left.end();
  return tally.totals();
}

function nameFor(user: User, target: ExportTarget): string {
  return importName(user, target.pool) ?? user.username;
}

/** `users-0001.csv`: sorts by number up to ten thousand files of half a million users. */
export function usersKey(index: number): string {
  return `users-${String(index).padStart(4, '0')}.csv`;
}

/** Without the groups that Cognito keeps for identity providers: they belong to their pool, and the next one makes its own. */
async function exportGroups(source: ExportSource, files: ExportFiles, poolId: string): Promise<number> {
  const table = await ExportTable.begin(await files.open('groups.csv'), GROUP_COLUMNS, formatRows);
  let groups = 0;
  for await (const group of source.groups()) {
    if (isProviderGroup(group.name, poolId)) continue;
    await table.add(groupCells(group));
    groups += 1;
  }
  await table.end();
  return groups;
}

interface MembershipOptions {
  readonly workspace: Workspace;
  readonly names: Partition<Name>;
  readonly poolId: string;
}

/** Memberships of users or groups that the files lack stand in a file of their own: an import could not place them. */
async function exportMemberships(
  source: ExportSource,
  files: ExportFiles,
  { workspace, names, poolId }: MembershipOptions,
) {
  const open = async (key: string) => ExportTable.begin(await files.open(key), MEMBERSHIP_COLUMNS, formatRows);
  const carried = await open('memberships.csv');
  const left = await open('memberships-not-carried.csv');
  const counts = { memberships: 0, membershipsNotCarried: 0 };
  const members = await partition(workspace, source.memberships(), (membership) => membership.sub);
  for await (const { left: users, right: memberships } of join(workspace, names, members)) {
    const [, username, isCarried] = users[0] ?? [];
    for (const { group, username: sourceName } of memberships) {
      const row = membershipCells({ group, username: username ?? sourceName });
      const goes = isCarried === 1 && !isProviderGroup(group, poolId);
      counts[goes ? 'memberships' : 'membershipsNotCarried'] += 1;
      await (goes ? carried : left).add(row);
    }
  }
  await carried.end();
  await left.end();
  return counts;
}

class Tally {
  #users = 0;
  #carried = 0;
  readonly #reasons = new Map<CannotCarryReason, number>();

  count(reason: CannotCarryReason | undefined): void {
    this.#users += 1;
    if (reason === undefined) this.#carried += 1;
    else this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
  }

  totals() {
    return { users: this.#users, carried: this.#carried, notCarried: Object.fromEntries(this.#reasons) };
  }
}
