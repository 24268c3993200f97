import { composeStorage, type Surroundings } from '../compose.ts';
import { BackupError } from '../model/errors.ts';
import type { CsvFiles, ReadableFile } from '../operations/values/csv-value.ts';
import type { ImportEvent } from './events.ts';

type Locations = Pick<ImportEvent, 'groups' | 'memberships'> & { readonly csv: NonNullable<ImportEvent['csv']> };

interface FindOptions extends Surroundings {
  readonly signal: AbortSignal;
}

const USERS_FILE = /^users-\d+\.csv$/;

/** The CSV files that an event names, one by one or by the folder of an export. Throws `file-not-found`. */
export async function importFiles({ csv, groups, memberships }: Locations, options: FindOptions): Promise<CsvFiles> {
  const users: ReadableFile[] = [];
  const beside: { groups?: ReadableFile; memberships?: ReadableFile } = {};
  for (const location of typeof csv === 'string' ? [csv] : csv) {
    if (location.endsWith('/')) {
      const found = await filesOf(location, options);
      users.push(...found.users);
      Object.assign(beside, { ...(found.groups && { groups: found.groups }) });
      Object.assign(beside, { ...(found.memberships && { memberships: found.memberships }) });
    } else users.push(await fileAt(location, options));
  }
  if (groups !== undefined) beside.groups = await fileAt(groups, options);
  if (memberships !== undefined) beside.memberships = await fileAt(memberships, options);
  return { users, ...beside };
}

/** A folder that an export has written. */
async function filesOf(folder: string, options: FindOptions): Promise<CsvFiles> {
  const storage = await composeStorage(folder, options);
  const keys: string[] = [];
  for await (const { key } of storage.list('', options)) if (!key.includes('/')) keys.push(key);
  const users = keys.filter((key) => USERS_FILE.test(key));
  if (users.length === 0) {
    throw new BackupError('file-not-found', `No users-0001.csv in ${folder}`, {
      hint: 'Name the folder that an export answered as csv.location, or the files one by one',
    });
  }
  const at = (key: string): Promise<ReadableFile> => fileAt(`${folder.replace(/\/+$/, '')}/${key}`, options);
  return {
    users: await Promise.all(users.map(at)),
    ...(keys.includes('groups.csv') && { groups: await at('groups.csv') }),
    ...(keys.includes('memberships.csv') && { memberships: await at('memberships.csv') }),
  };
}

/** A file in S3, which can be read as often as wanted. */
export async function fileAt(location: string, options: FindOptions): Promise<ReadableFile> {
  const slash = location.lastIndexOf('/');
  const storage = await composeStorage(location.slice(0, slash), options);
  const name = location.slice(slash + 1);
  return { name, read: () => read() };

  async function* read(): AsyncGenerator<Uint8Array> {
    const chunks = await storage.stream(name, options);
    if (!chunks) throw new BackupError('file-not-found', `No file at ${location}`);
    yield* chunks;
  }
}
