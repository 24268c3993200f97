import type { ImportFile } from './import-file.ts';
import type { ImportOutcome } from './import-pool.ts';
import { parseRow, type RowRules } from './import-row.ts';

/** One entry of the job's CloudWatch log: by line number, never with user data. Line 1 is the header (*unproven*). */
export interface RowResult {
  readonly lineNumber: number;
  readonly result: 'SUCCEEDED' | 'SKIPPED' | 'FAILED';
  readonly message: string;
}

/**
 * A job fails when most rows do: "Too many users have failed or been skipped" [C].
 * The threshold is a guess, *unproven*: more than half of at least 100 rows looked at.
 */
const TOO_MANY_SHARE = 0.5;
const TOO_MANY_FROM_ROWS = 100;

/** The rows of one started job: worked through piece by piece, logged by line number. */
export class ImportRun {
  readonly log: RowResult[] = [];
  imported = 0;
  skipped = 0;
  failed = 0;
  readonly #lines: readonly string[];
  readonly #rules: RowRules;

  constructor(file: Extract<ImportFile, { lines: readonly string[] }>, rules: Omit<RowRules, 'columns'>) {
    this.#lines = file.lines;
    this.#rules = { ...rules, columns: file.columns };
  }

  get rows(): number {
    return this.#lines.length;
  }

  get hasTooManyFailures(): boolean {
    const seen = this.log.length;
    return seen >= TOO_MANY_FROM_ROWS && this.failed + this.skipped > seen * TOO_MANY_SHARE;
  }

  /** Works through the rows up to that many; stops early once too many have failed. */
  advanceTo(rows: number): void {
    while (this.log.length < Math.min(rows, this.rows) && !this.hasTooManyFailures) this.#next();
  }

  #next(): void {
    const row = parseRow(this.#lines[this.log.length] ?? '', this.#rules);
    const outcome: ImportOutcome = 'failed' in row ? row : this.#rules.pool.importUser(row);
    const lineNumber = this.log.length + 2;
    if (outcome === 'imported') {
      this.imported += 1;
      this.log.push({ lineNumber, result: 'SUCCEEDED', message: 'The import succeeded.' });
    } else if (outcome === 'skipped') {
      this.skipped += 1;
      this.log.push({ lineNumber, result: 'SKIPPED', message: 'The user already exists.' });
    } else {
      this.failed += 1;
      this.log.push({ lineNumber, result: 'FAILED', message: outcome.failed });
    }
  }
}
