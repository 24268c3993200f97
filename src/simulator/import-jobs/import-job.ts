import type { HashAlgorithm } from '../password-hash.ts';
import { readImportFile } from './import-file.ts';
import type { ImportPool } from './import-pool.ts';
import { ImportRun, type RowResult } from './import-run.ts';

/** How long a simulated job takes. Real throughput is unknown (COGNITO-FACTS §8). */
export interface JobDurations {
  readonly pendingMs: number;
  /** InProgress lasts this long, and longer by `perRowMs` for each row. */
  readonly inProgressMs: number;
  readonly perRowMs: number;
  readonly stoppingMs: number;
}

export const DEFAULT_JOB_DURATIONS: JobDurations = {
  pendingMs: 500,
  inProgressMs: 500,
  perRowMs: 0.1,
  stoppingMs: 200,
};

/** Source: SDK 3.1169, UserImportJobStatusType, 2026-11. */
export type JobStatus =
  | 'Created'
  | 'Pending'
  | 'InProgress'
  | 'Stopping'
  | 'Stopped'
  | 'Succeeded'
  | 'Failed'
  | 'Expired';

/** `UserImportJobType` on the wire: dates are epoch seconds. Source: SDK 3.1169, 2026-11. */
export interface UserImportJobJson {
  readonly JobName: string;
  readonly JobId: string;
  readonly UserPoolId: string;
  readonly PreSignedUrl: string;
  readonly CreationDate: number;
  readonly StartDate?: number;
  readonly CompletionDate?: number;
  readonly Status: JobStatus;
  readonly CloudWatchLogsRoleArn: string;
  readonly ImportedUsers: number;
  readonly SkippedUsers: number;
  readonly FailedUsers: number;
  readonly CompletionMessage?: string;
  readonly PasswordHashingAlgorithm?: HashAlgorithm;
}

/** A job nobody starts expires; AWS says after 24-48 hours, the simulator takes the first. COGNITO-FACTS §3 [D]. */
const EXPIRES_AFTER_MS = 24 * 3600 * 1000;

export interface JobOrigin {
  readonly id: string;
  readonly name: string;
  readonly pool: ImportPool;
  readonly roleArn: string;
  readonly hashAlgorithm: HashAlgorithm | undefined;
  readonly createdMs: number;
  readonly preSignedUrl: string;
}

/** One import job. Its state moves only when it is looked at: `advance` catches up with the clock. */
export class ImportJob {
  readonly origin: JobOrigin;
  readonly #durations: JobDurations;
  #status: JobStatus = 'Created';
  #file: Uint8Array | undefined;
  #run: ImportRun | undefined;
  #startedMs: number | undefined;
  #stoppedMs: number | undefined;
  #completedMs: number | undefined;
  #completionMessage: string | undefined;

  constructor(origin: JobOrigin, durations: JobDurations) {
    this.origin = origin;
    this.#durations = durations;
  }

  get status(): JobStatus {
    return this.#status;
  }

  /** Whether it counts as the one active job of the account and locks its pool. */
  get isActive(): boolean {
    return this.#status === 'Pending' || this.#status === 'InProgress' || this.#status === 'Stopping';
  }

  get hasFile(): boolean {
    return this.#file !== undefined;
  }

  get log(): readonly RowResult[] {
    return this.#run?.log ?? [];
  }

  receiveFile(bytes: Uint8Array): void {
    this.#file = bytes;
  }

  start(nowMs: number): void {
    this.#status = 'Pending';
    this.#startedMs = nowMs;
  }

  stop(nowMs: number): void {
    this.#status = 'Stopping';
    this.#stoppedMs = nowMs;
  }

  advance(nowMs: number): void {
    if (this.#status === 'Created' && nowMs - this.origin.createdMs >= EXPIRES_AFTER_MS) {
      this.#status = 'Expired';
      this.#file = undefined;
    }
    if (this.#status === 'Pending' && nowMs >= this.#runsFromMs) this.#begin();
    if (this.#status === 'InProgress' && this.#run) this.#work(this.#run, nowMs);
    if (this.#status === 'Stopping') {
      const endMs = (this.#stoppedMs ?? nowMs) + this.#durations.stoppingMs;
      if (nowMs >= endMs) this.#complete('Stopped', endMs, 'The Import Job was stopped by the developer.');
    }
  }

  toJson(): UserImportJobJson {
    const { origin } = this;
    return {
      JobName: origin.name,
      JobId: origin.id,
      UserPoolId: origin.pool.id,
      PreSignedUrl: origin.preSignedUrl,
      CreationDate: origin.createdMs / 1000,
      ...(this.#startedMs === undefined ? {} : { StartDate: this.#startedMs / 1000 }),
      ...(this.#completedMs === undefined ? {} : { CompletionDate: this.#completedMs / 1000 }),
      Status: this.#status,
      CloudWatchLogsRoleArn: origin.roleArn,
      ImportedUsers: this.#run?.imported ?? 0,
      SkippedUsers: this.#run?.skipped ?? 0,
      FailedUsers: this.#run?.failed ?? 0,
      ...(this.#completionMessage === undefined ? {} : { CompletionMessage: this.#completionMessage }),
      ...(origin.hashAlgorithm === undefined ? {} : { PasswordHashingAlgorithm: origin.hashAlgorithm }),
    };
  }

  get #runsFromMs(): number {
    return (this.#startedMs ?? 0) + this.#durations.pendingMs;
  }

  #begin(): void {
    const { pool, hashAlgorithm } = this.origin;
    const file = readImportFile(this.#file ?? new Uint8Array(), pool.csvHeader());
    this.#file = undefined;
    if ('unreadable' in file) {
      this.#complete('Failed', this.#runsFromMs, file.unreadable);
      return;
    }
    this.#status = 'InProgress';
    this.#run = new ImportRun(file, { pool, hashAlgorithm });
  }

  #work(run: ImportRun, nowMs: number): void {
    const lengthMs = this.#durations.inProgressMs + run.rows * this.#durations.perRowMs;
    const elapsedMs = nowMs - this.#runsFromMs;
    const isOver = elapsedMs >= lengthMs;
    run.advanceTo(isOver ? run.rows : Math.floor((run.rows * elapsedMs) / lengthMs));
    if (run.hasTooManyFailures) {
      this.#complete('Failed', nowMs, 'Too many users have failed or been skipped during the import.');
    } else if (isOver) {
      this.#complete('Succeeded', this.#runsFromMs + lengthMs, 'Import Job Completed Successfully.');
    }
  }

  #complete(status: 'Succeeded' | 'Failed' | 'Stopped', atMs: number, message: string): void {
    this.#status = status;
    this.#completedMs = atMs;
    this.#completionMessage = message;
    this.#file = undefined;
  }
}
