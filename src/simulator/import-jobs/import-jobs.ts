import type { IncomingMessage, ServerResponse } from 'node:http';
import { S3Error } from '../s3/s3-error.ts';
import { xmlDocument } from '../s3/xml.ts';
import { invalidParameter, ServiceError } from '../service-error.ts';
import { DEFAULT_JOB_DURATIONS, ImportJob, type JobDurations, type UserImportJobJson } from './import-job.ts';
import type { ImportPool } from './import-pool.ts';
import { type JsonRequest, parseCreate, parseJobId, parseList } from './import-requests.ts';
import type { RowResult } from './import-run.ts';
import { jobIdOf, preSignedUrl, readUpload } from './import-upload.ts';

export interface ImportJobsOptions {
  /** Wall clock in epoch milliseconds. */
  readonly clock: () => number;
  /** The simulator's own address, for pre-signed URLs; without a trailing slash. */
  readonly endpoint: () => string;
  readonly accountId: string;
  readonly region: string;
  /** In [0, 1). */
  readonly random: () => number;
  readonly durations?: JobDurations;
}

interface JobAnswer {
  readonly UserImportJob: UserImportJobJson;
}

/** Jobs of one pool, expired and finished ones included. COGNITO-FACTS §3 [D]. */
const MOST_JOBS_PER_POOL = 1000;

/**
 * The import jobs of one account. Methods take a request and return an answer as they are on the wire and throw
 * `ServiceError`; the caller has resolved the pool. Jobs advance when looked at; call `advance` before reading a pool.
 */
export class ImportJobs {
  readonly #options: ImportJobsOptions;
  readonly #jobs = new Map<string, ImportJob>();

  constructor(options: ImportJobsOptions) {
    this.#options = options;
  }

  create(pool: ImportPool, request: JsonRequest): JobAnswer {
    const { name, roleArn, hashAlgorithm } = parseCreate(request);
    if (this.#jobsOf(pool.id).length >= MOST_JOBS_PER_POOL) {
      throw new ServiceError(
        'LimitExceededException',
        'The number of import jobs of this user pool has reached its limit',
      );
    }
    const id = `import-${this.#randomText(LETTERS_AND_DIGITS, 10)}`;
    const createdMs = this.#options.clock();
    const url = preSignedUrl({
      endpoint: this.#options.endpoint(),
      jobId: id,
      credentialScope: `${this.#options.accountId}/${new Date(createdMs).toISOString().slice(0, 10).replaceAll('-', '')}/${this.#options.region}/s3/aws4_request`,
      createdMs,
      signature: this.#randomText('0123456789abcdef', 64),
    });
    const origin = { id, name, pool, roleArn, hashAlgorithm, createdMs, preSignedUrl: url };
    const job = new ImportJob(origin, this.#options.durations ?? DEFAULT_JOB_DURATIONS);
    this.#jobs.set(id, job);
    return { UserImportJob: job.toJson() };
  }

  /** StartUserImportJob models no LimitExceededException: a second active job is a precondition not met (*unproven*). */
  start(pool: ImportPool, request: JsonRequest): JobAnswer {
    const job = this.#find(pool, request);
    if (job.status !== 'Created') throw preconditionNotMet(`The import job is ${job.status} and cannot be started`);
    if (pool.autoVerifiedAttributes.length === 0) {
      throw preconditionNotMet('The user pool has no auto verified attributes');
    }
    if (!job.hasFile) throw preconditionNotMet('No CSV file has been uploaded for this import job');
    if ([...this.#jobs.values()].some((other) => other.isActive)) {
      throw preconditionNotMet('Another import job of this account is active');
    }
    job.start(this.#options.clock());
    job.advance(this.#options.clock());
    return { UserImportJob: job.toJson() };
  }

  stop(pool: ImportPool, request: JsonRequest): JobAnswer {
    const job = this.#find(pool, request);
    if (job.status !== 'Pending' && job.status !== 'InProgress') {
      throw preconditionNotMet(`The import job is ${job.status} and cannot be stopped`);
    }
    job.stop(this.#options.clock());
    job.advance(this.#options.clock());
    return { UserImportJob: job.toJson() };
  }

  describe(pool: ImportPool, request: JsonRequest): JobAnswer {
    return { UserImportJob: this.#find(pool, request).toJson() };
  }

  /** Newest first (*unproven*). */
  list(pool: ImportPool, request: JsonRequest): { UserImportJobs: UserImportJobJson[]; PaginationToken?: string } {
    this.advance();
    const { maxResults, token } = parseList(request);
    const jobs = this.#jobsOf(pool.id).reverse();
    const start = token === undefined ? 0 : jobs.findIndex((job) => tokenAfter(job) === token) + 1;
    if (token !== undefined && start === 0) throw invalidParameter('Invalid pagination token given.');
    const page = jobs.slice(start, start + maxResults);
    const last = page.at(-1);
    const hasMore = last !== undefined && start + maxResults < jobs.length;
    return {
      UserImportJobs: page.map((job) => job.toJson()),
      ...(hasMore ? { PaginationToken: tokenAfter(last) } : {}),
    };
  }

  /** Catches up with the clock: rows that are due are imported. */
  advance(): void {
    for (const job of this.#jobs.values()) job.advance(this.#options.clock());
  }

  /** Whether UpdateUserPool and its kin have to answer UserImportInProgressException. */
  isImporting(poolId: string): boolean {
    this.advance();
    return this.#jobsOf(poolId).some((job) => job.isActive);
  }

  /** Drops the jobs of a deleted pool. */
  forgetPool(poolId: string): void {
    for (const job of this.#jobsOf(poolId)) this.#jobs.delete(job.origin.id);
  }

  /** What CloudWatch would hold for this job: one entry a row, by line number. */
  rowLog(jobId: string): readonly RowResult[] {
    this.advance();
    return this.#jobs.get(jobId)?.log ?? [];
  }

  /** Takes `PUT /_import/<jobId>?…` and answers as S3 does. Give it every request whose path begins with `/_import/`. */
  async handleUpload(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const job = this.#jobs.get(jobIdOf(request.url ?? '') ?? '');
      if (!job) throw new S3Error(403, 'AccessDenied', 'Access Denied');
      const { preSignedUrl: url, createdMs } = job.origin;
      const bytes = await readUpload(request, { url, createdMs }, this.#options.clock());
      if (job.status === 'Created') job.receiveFile(bytes);
      response.writeHead(200, { 'x-amz-server-side-encryption': 'aws:kms' }).end();
    } catch (error) {
      request.resume();
      const { status, code, message } =
        error instanceof S3Error ? error : new S3Error(500, 'InternalError', 'Internal error');
      const body = xmlDocument([
        'Error',
        [
          ['Code', code],
          ['Message', message],
        ],
      ]);
      response.writeHead(status, { 'Content-Type': 'application/xml' }).end(body);
    }
  }

  #find(pool: ImportPool, request: JsonRequest): ImportJob {
    this.advance();
    const job = this.#jobs.get(parseJobId(request));
    if (!job || job.origin.pool.id !== pool.id)
      throw new ServiceError('ResourceNotFoundException', 'The import job does not exist.');
    return job;
  }

  #jobsOf(poolId: string): ImportJob[] {
    return [...this.#jobs.values()].filter((job) => job.origin.pool.id === poolId);
  }

  #randomText(alphabet: string, length: number): string {
    const draw = (): string => alphabet[Math.floor(this.#options.random() * alphabet.length)] ?? '';
    return Array.from({ length }, draw).join('');
  }
}

const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function tokenAfter(job: ImportJob): string {
  return Buffer.from(`after:${job.origin.id}`).toString('base64');
}

function preconditionNotMet(message: string): ServiceError {
  return new ServiceError('PreconditionNotMetException', message);
}
