import { BackupError, isBackupError } from '../model/errors.ts';
import { escapeJson } from '../model/unsafe-characters.ts';
import { singleWord } from '../model/withheld.ts';
import { realRuntime } from '../runtime/real-runtime.ts';
import { checkProfiles } from './check-profiles.ts';
import type { CommandContext, CommandResult, OutputOptions } from './command.ts';
import { logForDebugging } from './debugging.ts';
import { escapeText } from './escape.ts';
import { EXIT, exitCodeOf, exitCodeOfSignal } from './exit-codes.ts';
import { showProgress } from './progress.ts';
import { listenForStop } from './signals.ts';
import { completeCommands, type Suggest } from './suggestion.ts';
import { createTerminal, type Terminal } from './terminal.ts';

/** Runs one command: progress, signals, its result or its error on the right stream. Answers the exit code. */
export async function runCommand(
  name: string,
  output: OutputOptions,
  { work, suggest }: { readonly work: (context: CommandContext) => Promise<CommandResult>; readonly suggest: Suggest },
): Promise<number> {
  const terminal = createTerminal({ color: output.color });
  const progress = showProgress({ terminal, runtime: realRuntime, quiet: output.quiet === true });
  const stop = listenForStop({
    process,
    onStop: () => terminal.log('Stopping, so that nothing is lost. Once more stops at once'),
  });
  const { observer } = progress;
  const { signal } = stop;
  try {
    await checkProfiles(output);
    const result = await work({ terminal, runtime: realRuntime, observer, progress, stop, signal, output, suggest });
    progress.stop('done');
    printResult(name, result, output, terminal);
    for (const line of (await result.serve?.()) ?? []) terminal.log(line);
    return result.exitCode;
  } catch (error) {
    progress.stop('failed');
    const received = stop.received();
    const failure = isAbort(error) && received ? signal.reason : error;
    printError(failure, { ...output, suggest }, terminal);
    return isBackupError(failure, 'interrupted') && received ? exitCodeOfSignal(received) : exitCodeOfError(failure);
  } finally {
    stop.release();
    await terminal.flush();
  }
}

function printResult(name: string, result: CommandResult, output: OutputOptions, terminal: Terminal): void {
  if (output.json) terminal.data(toJson({ schema: `cognito-backup/${result.schema ?? name}/v1`, ...result.document }));
  else for (const line of result.lines) (result.aside ? terminal.log : terminal.data)(line);
}

interface ErrorOptions extends Pick<OutputOptions, 'json'> {
  readonly suggest?: Suggest;
}

/** Message and hint on stderr, and under `--json` the error as the one document on stdout. */
export function printError(error: unknown, { json, suggest }: ErrorOptions, terminal: Terminal): void {
  const { code, message, hint: plain } = asBackupError(error);
  const hint = plain !== undefined && suggest ? completeCommands(plain, suggest) : plain;
  const { err } = terminal;
  terminal.log(`${err.red('Error:')} ${escapeText(message)}`);
  if (hint !== undefined) terminal.log(`${err.cyan('Hint:')} ${escapeText(hint)}`);
  if (error instanceof Error) logForDebugging([error], terminal);
  if (json) {
    terminal.data(toJson({ schema: 'cognito-backup/error/v1', code, message, hint: hint ?? null }));
  }
}

export function exitCodeOfError(error: unknown): number {
  return isBackupError(error) ? exitCodeOf(error.code) : EXIT.failed;
}

/** Node's own streams end with this one when a signal stops them. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** Anything else is a mistake of ours, and its text could hold anything: it is named, not shown. */
function asBackupError(error: unknown): BackupError {
  if (isBackupError(error)) return error;
  const name = (error instanceof Error ? singleWord(error.name) : undefined) ?? typeof error;
  return new BackupError('internal', `Unexpected failure (${name})`, {
    hint: 'This is a mistake in cognito-backup: please report it, with what COGNITO_BACKUP_DEBUG=1 shows',
  });
}

function toJson(document: Readonly<Record<string, unknown>>): string {
  return escapeJson(JSON.stringify(document, undefined, 2));
}
