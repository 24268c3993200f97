import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { decodeCsv, encodeHeader, encodeRow } from '../../csv/import-dialect.ts';

const HASH_COLUMN = 'password_hash';

/** Puts password hashes that the operator holds elsewhere into an exported file, as Cognito's import takes them. */
export async function addHashes(
  from: string,
  to: string,
  hashes: ReadonlyMap<string, string>,
): Promise<{ readonly added: number }> {
  const [firstLine = ''] = (await readFile(from, 'utf8')).split('\n', 1);
  const header = firstLine.split(',');
  const columns = header.includes(HASH_COLUMN) ? header : [...header, HASH_COLUMN];
  const lines = [encodeHeader(columns)];
  let added = 0;
  for await (const { cells } of decodeCsv(createReadStream(from), { header })) {
    const hash = hashes.get(cells.get('cognito:username') ?? '');
    if (hash !== undefined) added += 1;
    lines.push(encodeRow(columns, hash === undefined ? cells : new Map([...cells, [HASH_COLUMN, hash]])));
  }
  await writeFile(to, `${lines.join('\n')}\n`, { mode: 0o600 });
  return { added };
}
