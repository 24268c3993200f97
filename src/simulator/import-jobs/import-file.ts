/** An uploaded file taken apart into lines, or the reason why Cognito cannot parse it. */
export type ImportFile =
  | { readonly columns: readonly string[]; readonly lines: readonly string[] }
  | { readonly unreadable: string };

/** Quotas of user import. Source: Cognito developer guide, "Quotas", COGNITO-FACTS §3 [D]. */
const MOST_ROWS = 500_000;
const LONGEST_ROW_CHARACTERS = 16_000;

/** The column that a header may have or leave out. Source: COGNITO-FACTS §3 ("newer templates also `password_hash`"). */
export const HASH_COLUMN = 'password_hash';

/**
 * Reads a file in Cognito's import dialect: UTF-8 without BOM, header first, a line a user, no quoting.
 * The documents do not say whether a row that is too long fails alone or with its job: failing the job is *unproven*.
 */
export function readImportFile(bytes: Uint8Array, expectedColumns: readonly string[]): ImportFile {
  const text = decodeUtf8(bytes);
  if (text === undefined) return { unreadable: 'The CSV file is not valid UTF-8.' };
  const lines = text.split(/\r?\n/);
  while (lines.at(-1) === '') lines.pop();
  const header = lines.shift();
  if (header === undefined) return { unreadable: 'The CSV file is empty.' };
  const columns = splitRow(header);
  if (!isHeaderOf(columns, expectedColumns)) {
    return { unreadable: 'The header in the CSV file does not match the expected headers.' };
  }
  if (lines.length > MOST_ROWS) return { unreadable: 'The CSV file has more than 500,000 rows.' };
  if (lines.some((line) => line.length > LONGEST_ROW_CHARACTERS)) {
    return { unreadable: 'The CSV file has a row of more than 16,000 characters.' };
  }
  return { columns, lines };
}

/**
 * Splits one line into trimmed cells. `\,` is a comma inside a value; quotes mean nothing.
 * A backslash before anything else stands for itself: undocumented, so *unproven*, and nothing should rely on it.
 */
export function splitRow(line: string): string[] {
  return line.split(/(?<!\\),/).map((cell) => trimSpaces(cell.replaceAll('\\,', ',')));
}

/** All columns of the pool, each once, in any order; the hash column as one likes. */
function isHeaderOf(columns: readonly string[], expected: readonly string[]): boolean {
  const present = new Set(columns);
  if (present.size !== columns.length) return false;
  present.delete(HASH_COLUMN);
  const wanted = new Set(expected);
  wanted.delete(HASH_COLUMN);
  return present.size === wanted.size && [...present].every((column) => wanted.has(column));
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    // With `ignoreBOM` the decoder keeps a byte order mark, which then spoils the header, as it should.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Spaces alone: whether Cognito trims other white space is undocumented. */
function trimSpaces(cell: string): string {
  return cell.replace(/^ +| +$/g, '');
}
