import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runImportJob } from '../cognito/import-job.ts';
import { encodeHeader, encodeRow } from '../csv/import-dialect.ts';
import { SplitFiles } from '../csv/split-files.ts';
import { BackupError } from '../model/errors.ts';
import type { Observer } from '../model/events.ts';
import { checkHash, type PasswordHashAlgorithm } from '../model/password-hash.ts';
import type { CreateUser } from '../plan/entries.ts';
import { importRow } from '../plan/import-row.ts';
import { cannotWriteTemporary } from '../runtime/temporary-data.ts';
import { createUnnamedFile, type UnnamedFile } from '../runtime/unnamed-file.ts';
import type { ApplyContext } from './apply-context.ts';

export interface ImportUsersOptions {
  readonly header: readonly string[];
  readonly roleArn: string;
  readonly jobName: string;
  readonly observer: Observer;
  /** The algorithm with whose hashes users without one go together: a job takes one. */
  readonly hashes?: PasswordHashAlgorithm;
}

interface JobFile {
  readonly file: UnnamedFile;
  readonly hashes: PasswordHashAlgorithm | undefined;
}

/**
 * Creates users by import jobs, one file after another. Rows that a job skipped or failed are not told apart here: planning
 * again finds who is still missing. The files hold users' data: 0600, in a folder of their own, gone in any case.
 */
export async function importUsers(
  entries: AsyncIterable<CreateUser>,
  context: ApplyContext,
  options: ImportUsersOptions,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'cognito-backup-')).catch(cannotWrite);
  const files: JobFile[] = [];
  try {
    await writeFiles(folder, files, entries, context, options);
    for (const [index, { file, hashes }] of files.entries()) {
      await runJob({ csvPath: file.path, name: `${options.jobName}-${index + 1}`, hashes }, context, options);
      await file.remove();
    }
  } finally {
    await Promise.allSettled(files.map(({ file }) => file.remove()));
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeFiles(
  folder: string,
  files: JobFile[],
  entries: AsyncIterable<CreateUser>,
  context: ApplyContext,
  { header, hashes: together }: ImportUsersOptions,
): Promise<void> {
  const splits = new Map<PasswordHashAlgorithm | undefined, SplitFiles>();
  const splitFor = (hashes: PasswordHashAlgorithm | undefined): SplitFiles => {
    const known = splits.get(hashes);
    if (known) return known;
    const split = new SplitFiles(encodeHeader(header), async (index) => {
      const path = join(folder, `users-${hashes ?? 'plain'}-${index}.csv`);
      const file = await createUnnamedFile(path).catch(cannotWrite);
      files.push({ file, hashes });
      return { write: (text) => file.write(text).catch(cannotWrite), close: async () => {} };
    });
    splits.set(hashes, split);
    return split;
  };
  for await (const entry of entries) {
    const row = importRow({ ...entry, target: context.target, header });
    if (row.kind !== 'row') throw new BackupError('internal', `A planned import row cannot be written (${row.reason})`);
    await splitFor(algorithmOf(entry) ?? together).add(encodeRow(header, row.cells));
  }
  for (const split of splits.values()) await split.end();
}

function algorithmOf({ password }: CreateUser): PasswordHashAlgorithm | undefined {
  return password.kind === 'hash' ? checkHash(password.hash).algorithm : undefined;
}

function cannotWrite(error: unknown): never {
  throw cannotWriteTemporary(error, tmpdir());
}

async function runJob(
  {
    csvPath,
    name,
    hashes,
  }: { readonly csvPath: string; readonly name: string; readonly hashes: PasswordHashAlgorithm | undefined },
  context: ApplyContext,
  { roleArn, observer }: ImportUsersOptions,
): Promise<void> {
  const job = await runImportJob(context.gateway, {
    poolId: context.target.id,
    roleArn,
    csvPath,
    name,
    runtime: context.runtime,
    observer,
    ...(hashes !== undefined && { hashes }),
    signal: context.signal,
  });
  for (let count = 0; count < job.imported; count += 1) context.did('createUsers');
  if (job.state === 'Succeeded') return;
  await context.fail({
    step: 'StartUserImportJob',
    reason: job.state,
    hint: 'Cognito stopped the job; its log in CloudWatch names the lines. Users who are missing are planned again',
  });
}
