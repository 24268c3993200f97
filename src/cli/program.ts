import { Command } from 'commander';
import { BackupError } from '../model/errors.ts';
import { TOOL_VERSION } from '../snapshot/tool-version.ts';
import type { Run } from './command.ts';
import { applyCommands } from './syntax/apply-commands.ts';
import { doctorCommands } from './syntax/doctor-commands.ts';
import { drillCommand } from './syntax/drill-command.ts';
import { keyCommands } from './syntax/key-commands.ts';
import { isRepeatable } from './syntax/option-values.ts';
import { simulatorCommands } from './syntax/simulator-commands.ts';
import { snapshotCommands } from './syntax/snapshot-commands.ts';
import { vaultCommands } from './syntax/vault-commands.ts';

/** Everything that can be typed. Light: the commands' own code is loaded when one runs. */
export function createProgram(run: Run): Command {
  const program = new Command('cognito-backup')
    .description('Back up, restore, clean and mirror Amazon Cognito user pools, with proof')
    .version(TOOL_VERSION, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .showSuggestionAfterError()
    // `snapshots accept` takes options that `snapshots` has too: whose they are is said by where they stand.
    .enablePositionalOptions()
    .addHelpText('after', HELP_END);
  addGroup(program, 'Read and prove:', snapshotCommands(run));
  addGroup(program, 'Be ready for the day:', [...doctorCommands(run), drillCommand(run)]);
  addGroup(program, 'Write to a pool:', applyCommands(run));
  addGroup(program, 'Look after a vault:', vaultCommands(run));
  addGroup(program, 'Keys:', keyCommands(run));
  addGroup(program, 'Try it without AWS:', simulatorCommands(run));
  forEachCommand(program, refuseSecondValues);
  return program;
}

export function forEachCommand(command: Command, work: (command: Command) => void): void {
  work(command);
  for (const child of command.commands) forEachCommand(child, work);
}

function addGroup(program: Command, heading: string, commands: readonly Command[]): void {
  for (const command of commands) program.addCommand(command.helpGroup(heading));
}

/** Commander lets the last of several win: with `--pool A --pool B` nobody would notice which pool is written to. */
function refuseSecondValues(command: Command): void {
  for (const option of command.options) {
    if (isRepeatable(option) || !(option.required || option.optional)) continue;
    const given = new Set<unknown>();
    command.on(`option:${option.name()}`, (value: unknown) => {
      if (given.add(value).size === 1) return;
      throw new BackupError('usage', `${option.long} is given twice, with different values`, {
        hint: 'Leave one of them out',
      });
    });
  }
}

const HELP_END = `
Examples:
  $ cognito-backup demo
  $ cognito-backup backup --pool eu-central-1_AbCdEfGhI --vault ./vault
  $ cognito-backup restore latest --pool eu-central-1_AbCdEfGhI --vault ./vault --dry-run

Exit codes:
  0 done                  3 done in part, suspect    6 differences found
  1 failed                4 not authorised           7 not found
  2 usage or refused:     5 damaged                  8 locked
    nothing was changed
  75 run the same command again    130, 143 interrupted`;
