import { groupCodec, membershipCodec, userCodec, type RecordCodec } from '../../snapshot/record-codec.ts';
import type { ExportFiles } from './export-files.ts';
import type { ExportSource, ExportTotals } from './export-source.ts';

/** The snapshot's records as they are, one JSON object a line; the fields are those of docs/FORMAT.md. */
export async function exportJsonl(
  source: ExportSource,
  files: ExportFiles,
  options: { readonly usersOnly?: boolean } = {},
): Promise<ExportTotals> {
  const users = await lines(files, 'users.jsonl', source.users(), userCodec);
  const totals = { users, carried: users, notCarried: {}, membershipsNotCarried: 0 };
  if (options.usersOnly === true) return { ...totals, groups: 0, memberships: 0 };
  const groups = await lines(files, 'groups.jsonl', source.groups(), groupCodec);
  const memberships = await lines(files, 'memberships.jsonl', source.memberships(), membershipCodec);
  return { ...totals, groups, memberships };
}

async function lines<Item>(
  files: ExportFiles,
  key: string,
  items: AsyncIterable<Item>,
  codec: RecordCodec<Item>,
): Promise<number> {
  const sink = await files.open(key);
  let count = 0;
  for await (const item of items) {
    await sink.write(`${codec.encode(item)}\n`, 1);
    count += 1;
  }
  await sink.close();
  return count;
}
