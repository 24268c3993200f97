import type { Table } from './table.ts';

/** How much is measured. */
export interface BenchOptions {
  /** A smoke run: small pools, short runs; its figures mean little. */
  readonly quick: boolean;
  /** Instead of the sizes a bench has by itself. */
  readonly users: readonly number[] | undefined;
  /** One line about what is going on. */
  readonly say: (line: string) => void;
}

export interface BenchResult {
  readonly tables: readonly Table[];
  /** What limits the figures, and how they were taken. */
  readonly notes: readonly string[];
}

export interface Bench {
  readonly name: string;
  readonly title: string;
  readonly run: (options: BenchOptions) => Promise<BenchResult>;
}
