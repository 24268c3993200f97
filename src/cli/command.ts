import type { Observer } from '../model/events.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Progress } from './progress.ts';
import type { Stop } from './signals.ts';
import type { Suggest } from './suggestion.ts';
import type { Terminal } from './terminal.ts';

/** Options that every command takes. */
export interface OutputOptions {
  readonly json?: true;
  readonly quiet?: true;
  /** False for `--no-color`. */
  readonly color: boolean;
}

/** What a command is given to run with. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly runtime: Runtime;
  readonly observer: Observer;
  readonly progress: Progress;
  readonly stop: Stop;
  readonly signal: AbortSignal;
  readonly output: OutputOptions;
  /** For commands that the result suggests. */
  readonly suggest: Suggest;
}

/** What a command has to say at its end. */
export interface CommandResult {
  readonly exitCode: number;
  /** What `schema` names, where it is not the command. */
  readonly schema?: string;
  /** Printed under `--json`, with `schema` put in front. */
  readonly document: Readonly<Record<string, unknown>>;
  /** Printed otherwise, on stdout. */
  readonly lines: readonly string[];
  /** For commands whose data went to stdout: the lines go to stderr instead. */
  readonly aside?: true;
  /** For commands that serve: awaited once the rest is printed. Answers what to say on stderr at the end. */
  readonly serve?: () => Promise<readonly string[]>;
}

/** Runs a command that was parsed. */
export type Run = (
  name: string,
  output: OutputOptions,
  work: (context: CommandContext) => Promise<CommandResult>,
) => Promise<void>;
