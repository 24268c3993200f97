/** One row of a table in docs/CLI.md, "What refuses what"; of several that apply the first decides. */
export interface Refusal<Case> {
  readonly name: string;
  readonly when: (one: Case) => boolean;
  readonly exitCode: number;
  readonly code: string;
  readonly message: RegExp;
}
