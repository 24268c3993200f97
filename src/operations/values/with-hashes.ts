import { createHash } from 'node:crypto';
import { readHashes, type HashLine } from '../../csv/hash-file.ts';
import { join } from '../../join/join.ts';
import { Partition } from '../../join/partition.ts';
import { Workspace } from '../../join/workspace.ts';
import { BackupError } from '../../model/errors.ts';
import type { PasswordHashAlgorithm } from '../../model/password-hash.ts';
import { isNeverCreated, type DesiredUser, type DesiredValue } from '../../plan/desired.ts';
import { identityModelOf, signInName, type IdentityModel } from '../../plan/identity.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { ReadableFile } from './csv-value.ts';

export interface HashedValue {
  readonly value: DesiredValue;
  /** The algorithm of all hashes, where they have one and the same. */
  readonly algorithm: PasswordHashAlgorithm | undefined;
}

interface HashOptions {
  readonly runtime: Runtime;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A value whose users have the password hashes of a file. The file is read once now, so that all that is wrong with it is known
 * before anything is planned. Users and lines are spilled and joined whenever the users are read: memory does not grow with
 * either. Throws `bad-input`.
 */
export async function withHashes(value: DesiredValue, file: ReadableFile, options: HashOptions): Promise<HashedValue> {
  const { lines, digest, algorithms } = await checkFile(file, options);
  const [algorithm, ...others] = algorithms;
  return {
    algorithm: others.length === 0 ? algorithm : undefined,
    value: {
      ...value,
      fingerprint: `${value.fingerprint} with hashes ${digest}`,
      hashLines: lines,
      readUsers: (take) => readJoined(value, { file, lines }, options, take),
    },
  };
}

async function checkFile(file: ReadableFile, options: HashOptions) {
  const hash = createHash('sha256');
  const algorithms = new Set<PasswordHashAlgorithm>();
  let lines = 0;
  for await (const line of linesOf(file, options)) {
    hash.update(JSON.stringify([line.key, line.hash]));
    algorithms.add(line.algorithm);
    lines += 1;
  }
  if (lines === 0) {
    throw new BackupError('bad-input', `Cannot read ${file.name}: it has no hash`, {
      hint: 'Leave --hashes out to restore everybody without',
    });
  }
  return { lines, digest: hash.digest('hex'), algorithms };
}

function linesOf(file: ReadableFile, { signal }: HashOptions): AsyncIterable<HashLine> {
  return readHashes(file.read(), { source: file.name, signal });
}

async function readJoined(
  value: DesiredValue,
  { file, lines }: { readonly file: ReadableFile; readonly lines: number },
  options: HashOptions,
  take: (user: DesiredUser) => Promise<void>,
): Promise<void> {
  const model = value.source ? identityModelOf(value.source) : { usernameAttributes: [], caseSensitive: true };
  const fold = (key: string): string => (model.caseSensitive ? key : key.toLowerCase());
  const workspace = new Workspace({ runtime: options.runtime, expectedRecords: Math.max(value.expectedUsers, lines) });
  const hashes = () => new Partition<HashLine>(workspace, ({ key }) => fold(key));
  const users = (keyOf: (user: DesiredUser) => string) =>
    new Partition(workspace, (user: DesiredUser) => fold(keyOf(user)));
  const sides = { users: users(({ username }) => username), hashes: hashes() };
  const rest = { users: users((user) => contactKey(user, model)), hashes: hashes() };
  const bySignIn = model.usernameAttributes.length > 0;
  const left = bySignIn
    ? { user: (user: DesiredUser) => rest.users.add(user), line: (line: HashLine) => rest.hashes.add(line) }
    : { user: take, line: nothing };
  try {
    await workspace.filled([
      value.readUsers((user) => sides.users.add(user)),
      addAll(sides.hashes, linesOf(file, options)),
    ]);
    for await (const group of join(workspace, sides.users, sides.hashes)) await pairUp(group, file, take, left);
    const end = { user: take, line: nothing };
    for await (const group of join(workspace, rest.users, rest.hashes)) await pairUp(group, file, take, end);
  } finally {
    await workspace.close();
  }
}

/** A name that nobody signs in with keeps its user apart. */
function contactKey(user: DesiredUser, model: IdentityModel): string {
  return signInName(user, model)?.value ?? `\u0000${user.username}`;
}

async function addAll<Item>(partition: Partition<Item>, items: AsyncIterable<Item>): Promise<void> {
  for await (const item of items) await partition.add(item);
}

const nothing = async (): Promise<void> => {};

interface Unpaired {
  readonly user: (user: DesiredUser) => Promise<void>;
  readonly line: (line: HashLine) => Promise<void>;
}

/** A hash is for the one user of its key who can be created; where there are several it is for nobody. */
async function pairUp(
  { left: users, right: lines }: { readonly left: readonly DesiredUser[]; readonly right: readonly HashLine[] },
  file: ReadableFile,
  take: (user: DesiredUser) => Promise<void>,
  unpaired: Unpaired,
): Promise<void> {
  const [line, again] = lines;
  if (line && again) {
    throw new BackupError(
      'bad-input',
      `Cannot read ${file.name}: lines ${line.lineNumber} and ${again.lineNumber} are for one user`,
      { hint: 'Keep the line with the hash that the user signs in with' },
    );
  }
  const creatable = users.filter((user) => !isNeverCreated(user));
  const owner = line && creatable.length === 1 ? creatable[0] : undefined;
  for (const user of users) {
    if (user === owner && line) await take({ ...user, passwordHash: line.hash });
    else await unpaired.user(user);
  }
  if (line && !owner) await unpaired.line(line);
}
