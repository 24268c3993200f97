/** What an import job needs of a user pool; the core of the simulator implements it. */
export interface ImportPool {
  readonly id: string;
  /** The answer of GetCSVHeader, in its order. */
  csvHeader(): string[];
  readonly autoVerifiedAttributes: readonly string[];
  readonly usernameAttributes: readonly string[];
  readonly mfa: 'ON' | 'OFF' | 'OPTIONAL';
  /**
   * Creates the user of one valid row, by the pool's schema and sign-in rules. The status is CONFIRMED with a password hash
   * and RESET_REQUIRED without; no message is sent, no MAU is counted. `skipped`: the user already exists.
   */
  importUser(row: ImportRow): ImportOutcome;
}

export type ImportOutcome = 'imported' | 'skipped' | { readonly failed: string };

/** One row whose dialect, booleans, dates and hash have been checked. Blank cells are left out. */
export interface ImportRow {
  readonly username: string;
  readonly attributes: [name: string, value: string][];
  readonly mfaEnabled?: boolean;
  readonly passwordHash?: string;
}
