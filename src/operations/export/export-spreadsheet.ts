import type { Row } from '../../csv/rfc4180.ts';
import { GROUP_COLUMNS, groupCells } from '../../csv/side-files.ts';
import { formatSpreadsheet, SPREADSHEET_BOM } from '../../csv/spreadsheet.ts';
import type { PoolDescription } from '../../model/pool.ts';
import type { User } from '../../model/user.ts';
import { ExportTable, type ExportFiles } from './export-files.ts';
import type { ExportSource, ExportTotals } from './export-source.ts';

/** Tables for people: `users.csv` with a column for each attribute, and unless `usersOnly` the groups and memberships. */
export async function exportSpreadsheet(
  source: ExportSource,
  files: ExportFiles,
  options: { readonly usersOnly?: boolean } = {},
): Promise<ExportTotals> {
  const columns = attributeColumns(await source.pool());
  const users = await table(files, 'users.csv', [...USER_COLUMNS, ...columns, OTHER], source.users(), (user) =>
    userRow(user, columns),
  );
  const totals = { users, carried: users, notCarried: {}, membershipsNotCarried: 0 };
  if (options.usersOnly === true) return { ...totals, groups: 0, memberships: 0 };
  const groups = await table(files, 'groups.csv', GROUP_COLUMNS, source.groups(), groupCells);
  const memberships = await table(
    files,
    'memberships.csv',
    ['group', 'username', 'sub'],
    source.memberships(),
    (member) => [member.group, member.username, member.sub],
  );
  return { ...totals, groups, memberships };
}

const USER_COLUMNS = ['username', 'sub', 'status', 'enabled', 'created_at', 'modified_at'] as const;
/** Attributes that the pool's schema does not name, as JSON pairs; blank as a rule. */
const OTHER = 'other_attributes';

function attributeColumns(pool: PoolDescription): readonly string[] {
  return [...new Set([...pool.schema.map((attribute) => attribute.name), 'identities'])].filter(
    (name) => name !== 'sub',
  );
}

function userRow(user: User, columns: readonly string[]): Row {
  const values = new Map(user.attributes);
  const cells = columns.map((column) => values.get(column));
  const known = new Set(columns);
  const others = user.attributes.filter(([name]) => !known.has(name));
  return [
    user.username,
    user.sub,
    user.status,
    String(user.enabled),
    user.createdAt,
    user.modifiedAt,
    ...cells,
    others.length === 0 ? undefined : JSON.stringify(others),
  ];
}

async function table<Item>(
  files: ExportFiles,
  key: string,
  columns: readonly string[],
  items: AsyncIterable<Item>,
  rowOf: (item: Item) => Row,
): Promise<number> {
  const sink = await files.open(key);
  await sink.write(SPREADSHEET_BOM, 0);
  const rows = await ExportTable.begin(sink, columns, formatSpreadsheet);
  let count = 0;
  for await (const item of items) {
    await rows.add(rowOf(item));
    count += 1;
  }
  await rows.end();
  return count;
}
