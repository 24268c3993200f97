import { CommanderError } from 'commander';
import { BackupError } from '../model/errors.ts';
import { EXIT } from './exit-codes.ts';
import { createProgram, forEachCommand } from './program.ts';
import { exitCodeOfError, printError, runCommand } from './run-command.ts';
import { suggestWith } from './suggestion.ts';
import { createTerminal } from './terminal.ts';

/** Carries out a command line; answers the exit code. */
export async function runCli(args: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.done;
  const program = createProgram(async (name, output, work) => {
    exitCode = await runCommand(name, output, { work, suggest: suggestWith(program, output) });
  });
  const terminal = createTerminal({ color: !args.includes('--no-color') });
  const help: string[] = [];
  forEachCommand(program, (command) => {
    command.exitOverride().configureOutput({
      writeOut: (text) => terminal.data(text.trimEnd()),
      // Told by `printError` in our own words, once.
      writeErr: (text) => help.push(text),
      outputError: () => {},
      getOutHelpWidth: () => terminal.columns,
      getErrHelpWidth: () => terminal.columns,
    });
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (isHelp(error)) return EXIT.done;
    if (error instanceof CommanderError && error.code === 'commander.help') {
      terminal.log(help.join('').trimEnd());
      return EXIT.usage;
    }
    const failure = error instanceof CommanderError ? usageError(error, args) : error;
    printError(failure, { ...(args.includes('--json') && { json: true }) }, terminal);
    return exitCodeOfError(failure);
  } finally {
    await terminal.flush();
  }
}

function isHelp(error: unknown): boolean {
  return error instanceof CommanderError && ['commander.helpDisplayed', 'commander.version'].includes(error.code);
}

/** Commander says `error: unknown option '--foo'` and adds a suggestion on a line of its own. */
function usageError(error: CommanderError, args: readonly string[]): BackupError {
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const message = `${first.charAt(0).toUpperCase()}${first.slice(1)}`.replace(/\.$/, '');
  const suggestion = rest
    .join(' ')
    .trim()
    .replace(/^\((.*)\)$/, '$1');
  const name = args.find((arg) => !arg.startsWith('-'));
  const help = `See: cognito-backup ${error.code === 'commander.unknownCommand' || name === undefined ? '' : `${name} `}--help`;
  return new BackupError('usage', message, { hint: suggestion === '' ? help : `${suggestion} ${help}` });
}
