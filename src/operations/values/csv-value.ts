import { createHash } from 'node:crypto';
import { csvUsers } from '../../csv/csv-users.ts';
import { readGroups, readMemberships } from '../../csv/side-files.ts';
import { BackupError } from '../../model/errors.ts';
import type { Group } from '../../model/group.ts';
import { checkHash, type PasswordHashAlgorithm } from '../../model/password-hash.ts';
import type { PoolDescription } from '../../model/pool.ts';
import type { DesiredValue } from '../../plan/desired.ts';
import type { Scope } from '../../plan/scope.ts';

/** A file that can be read from its beginning as often as wanted: on this machine or in S3. */
export interface ReadableFile {
  /** For messages. */
  readonly name: string;
  /** Throws `file-not-found`. */
  read(): AsyncIterable<Uint8Array>;
}

export interface CsvFiles {
  readonly users: readonly ReadableFile[];
  readonly groups?: ReadableFile;
  readonly memberships?: ReadableFile;
}

export interface CsvValueOptions {
  readonly target: PoolDescription;
  /** Columns of the target's import file. */
  readonly header: readonly string[];
  readonly scope: Scope;
  /** The algorithm of the password hashes that the rows may bring; without it the column is refused. */
  readonly hashes?: PasswordHashAlgorithm;
  readonly signal?: AbortSignal | undefined;
}

/** Reads every file once, so that all that is wrong with it is known before anything is planned. Throws `bad-input`. */
export async function csvValue(files: CsvFiles, options: CsvValueOptions): Promise<DesiredValue> {
  const { hash, expectedUsers } = await checkFiles(files, options);
  const { memberships } = files;
  return {
    fingerprint: hash,
    secret: hash,
    source: undefined,
    scope: options.scope,
    expectedUsers,
    groups: files.groups && (await groupsOf(files.groups, options)),
    readUsers: async (take) => {
      for (const file of files.users) for await (const user of usersOf(file, options)) await take(user);
    },
    readMemberships:
      memberships &&
      (async (take) => {
        const rows = readMemberships(memberships.read(), readOptions(memberships, options));
        for await (const { group, username } of rows) await take({ group, userKey: username });
      }),
    membershipKey: (user) => user.username,
  };
}

async function checkFiles(
  files: CsvFiles,
  options: CsvValueOptions,
): Promise<{ readonly hash: string; readonly expectedUsers: number }> {
  const hash = createHash('sha256');
  let expectedUsers = 0;
  for (const file of files.users) {
    for await (const user of usersOf(file, options)) {
      hash.update(`${JSON.stringify(user)}\n`);
      expectedUsers += 1;
    }
  }
  for (const file of [files.groups, files.memberships]) {
    if (!file) continue;
    for await (const chunk of file.read()) hash.update(chunk);
  }
  if (files.memberships) {
    for await (const row of readMemberships(files.memberships.read(), readOptions(files.memberships, options)))
      void row;
  }
  return { hash: hash.digest('hex'), expectedUsers };
}

/** What `cognito:mfa_enabled` stands for. COGNITO-FACTS §3. */
const SMS_MFA = [{ deliveryMedium: 'SMS', attributeName: 'phone_number' }];

async function* usersOf(file: ReadableFile, options: CsvValueOptions) {
  const { target, header } = options;
  const rows = csvUsers(file.read(), { header, schema: target.schema, ...readOptions(file, options) });
  for await (const { username, attributes, mfaEnabled, passwordHash, lineNumber } of rows) {
    if (passwordHash !== undefined) checkRowHash(passwordHash, `Line ${lineNumber} of ${file.name}`, options);
    yield {
      username,
      attributes,
      ...(mfaEnabled && { mfaOptions: SMS_MFA }),
      ...(passwordHash !== undefined && { passwordHash }),
    };
  }
}

function checkRowHash(hash: string, where: string, { hashes }: CsvValueOptions): void {
  if (hashes === undefined) {
    throw new BackupError('bad-input', `${where} has a password hash of an unnamed algorithm`, {
      hint: 'Name it: --password-hashes bcrypt|scrypt|argon2id|pbkdf2-sha256 (and --import-role, since only an import job takes hashes)',
    });
  }
  const check = checkHash(hash);
  if (check.algorithm === hashes) return;
  const problem = check.algorithm === undefined ? check.problem : `a ${check.algorithm} hash, not one of ${hashes}`;
  throw new BackupError('bad-input', `${where} has ${problem}`, {
    hint: 'An import job would fail the row: correct it, or leave the cell blank',
  });
}

async function groupsOf(file: ReadableFile, options: CsvValueOptions): Promise<Group[]> {
  const groups: Group[] = [];
  for await (const row of readGroups(file.read(), readOptions(file, options))) {
    groups.push({ ...row, createdAt: '', modifiedAt: '' });
  }
  return groups;
}

function readOptions(file: ReadableFile, { signal }: CsvValueOptions) {
  return { source: file.name, signal };
}
