import { BackupError, isBackupError } from '../model/errors.ts';
import type { Observer } from '../model/events.ts';
import type { PoolId } from '../model/ids.ts';
import type { PasswordHashAlgorithm } from '../model/password-hash.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { CognitoGateway, ImportJob } from './gateway.ts';
import { listAll } from './listing.ts';

export interface FollowOptions {
  readonly runtime: Runtime;
  readonly observer: Observer;
  readonly signal?: AbortSignal | undefined;
}

export interface ImportJobOptions extends FollowOptions {
  readonly poolId: PoolId;
  /** Role with which Cognito writes the job's log. */
  readonly roleArn: string;
  /** The file to import; it has to lie there until the upload is done. */
  readonly csvPath: string;
  readonly name: string;
  /** The algorithm of the file's `password_hash` column. */
  readonly hashes?: PasswordHashAlgorithm;
}

const FIRST_POLL_MS = 2_000;
const MAX_POLL_MS = 15_000;
const POLL_GROWTH = 1.5;

const ACTIVE: ReadonlySet<ImportJob['state']> = new Set(['Pending', 'InProgress', 'Stopping']);
const FINAL: ReadonlySet<ImportJob['state']> = new Set(['Stopped', 'Succeeded', 'Failed', 'Expired']);

/** How a second active job is refused at its start is not documented; both names are modelled for it or near it. [I] */
const JOB_LIMITS = new Set(['LimitExceededException', 'PreconditionNotMetException']);

/**
 * Creates an import job, uploads its file, starts it and follows it to its end. The job comes back in whatever final state
 * it has: also *Succeeded* can hide skipped and failed rows, so callers plan again either way.
 *
 * An interruption leaves the job running: `adoptActiveJob` takes it up again.
 *
 * Errors: `locked` when another job is active in the account, `import-failed` when Cognito takes no job or no file.
 */
export async function runImportJob(gateway: CognitoGateway, options: ImportJobOptions): Promise<ImportJob> {
  const { poolId, signal } = options;
  const created = await create(gateway, options);
  report(created, options);
  if (!created.preSignedUrl) {
    throw new BackupError('import-failed', `Import job ${created.jobId} came without an upload address`);
  }
  await gateway.upload(created.preSignedUrl, { path: options.csvPath }, signal);
  const started = await start(gateway, poolId, created.jobId, signal);
  return follow(gateway, poolId, started, options);
}

/** Follows a job that is already active in the pool to its end; `undefined` when there is none. */
export async function adoptActiveJob(
  gateway: CognitoGateway,
  poolId: PoolId,
  options: FollowOptions,
): Promise<ImportJob | undefined> {
  for await (const job of listAll(gateway, 'ListUserImportJobs', { poolId }, options.signal)) {
    if (!ACTIVE.has(job.state)) continue;
    options.observer({ kind: 'resumed', what: 'import-job', id: job.jobId });
    return follow(gateway, poolId, job, options);
  }
  return undefined;
}

async function create(gateway: CognitoGateway, options: ImportJobOptions): Promise<ImportJob> {
  const { poolId, name, roleArn, hashes, signal } = options;
  const request = { poolId, name, roleArn, ...(hashes === undefined ? {} : { hashes }) };
  try {
    return await gateway.send('CreateUserImportJob', request, signal);
  } catch (error) {
    if (!isBackupError(error, 'rejected')) throw error;
    if (error.awsName === 'LimitExceededException') throw anotherJobIsActive(error);
    throw new BackupError(
      'import-failed',
      `Cognito does not take an import job (${error.awsName ?? 'no reason given'})`,
      {
        hint: 'Check that the role trusts cognito-idp.amazonaws.com, that the pool verifies e-mail or phone automatically, or use --engine api',
        cause: error,
        ...(error.awsName === undefined ? {} : { awsName: error.awsName }),
      },
    );
  }
}

async function start(
  gateway: CognitoGateway,
  poolId: PoolId,
  jobId: string,
  signal: AbortSignal | undefined,
): Promise<ImportJob> {
  try {
    return await gateway.send('StartUserImportJob', { poolId, jobId }, signal);
  } catch (error) {
    if (!isBackupError(error, 'rejected')) throw error;
    // A start whose answer got lost was sent again, and refused because the job runs.
    const job = await gateway.send('DescribeUserImportJob', { poolId, jobId }, signal);
    if (job.state !== 'Created') return job;
    throw JOB_LIMITS.has(error.awsName ?? '') ? anotherJobIsActive(error) : error;
  }
}

async function follow(
  gateway: CognitoGateway,
  poolId: PoolId,
  first: ImportJob,
  options: FollowOptions,
): Promise<ImportJob> {
  let job = first;
  let delayMs = FIRST_POLL_MS;
  report(job, options);
  while (!FINAL.has(job.state)) {
    await options.runtime.sleep(delayMs, options.signal);
    delayMs = Math.min(MAX_POLL_MS, delayMs * POLL_GROWTH);
    job = await gateway.send('DescribeUserImportJob', { poolId, jobId: first.jobId }, options.signal);
    report(job, options);
  }
  return job;
}

function report({ jobId, state, imported, skipped, failed }: ImportJob, { observer }: FollowOptions): void {
  observer({ kind: 'import-job', jobId, state, imported, skipped, failed });
}

function anotherJobIsActive(cause: BackupError): BackupError {
  return new BackupError('locked', 'Cognito does not take the import job: another one seems active in this account', {
    hint: 'Cognito runs one at a time: wait for it or stop it, then run again. If none runs, check the role and that the pool verifies e-mail or phone automatically',
    cause,
    ...(cause.awsName === undefined ? {} : { awsName: cause.awsName }),
  });
}
