import { type Command, Option } from 'commander';
import type { Run } from '../command.ts';
import type { EraseArguments } from '../commands/erase.ts';
import type { PruneArguments } from '../commands/prune.ts';
import * as values from './option-values.ts';
import {
  addAwsOptions,
  addOutputOptions,
  addReadingOptions,
  addTrustOptions,
  command,
  signKeyOption,
  vaultOption,
} from './options.ts';

const KEEP = 'What to keep:';
const GRACE = '7d';

/** Commands that remove something from a vault. */
export function vaultCommands(run: Run): readonly Command[] {
  const prune = command('prune', 'let old snapshots go: mark them, and remove them when their grace period is over', [
    'prune --vault ./vault --keep-daily 7 --keep-weekly 4 --keep-monthly 12',
    'prune --vault s3://my-bucket/cognito --keep-within 30d --apply',
    'prune --pool eu-central-1_AbCdEfGhI --keep-last 5 --grace 2w --apply --json',
  ])
    .addOption(vaultOption())
    .addOption(new Option('--pool <id>', 'only the snapshots of this pool').argParser(values.poolId));
  addPolicy(prune)
    .addOption(
      new Option('--grace <span>', 'how long a snapshot stays marked before it is removed; 0s removes it at once')
        .argParser(values.duration)
        .default(values.duration(GRACE), GRACE),
    )
    .addOption(new Option('--apply', 'do it; without this nothing is written'));
  addTrustOptions(prune);
  addAwsOptions(addOutputOptions(prune)).action((options: PruneArguments) =>
    run('prune', options, async (context) => (await import('../commands/prune.ts')).prune(context, options)),
  );
  return [prune, eraseCommand(run)];
}

function eraseCommand(run: Run): Command {
  const erase = command('erase', 'erase users from the vault: restores leave them out, snapshots are written anew', [
    'erase --sub 0a1b2c3d-0000-4000-8000-000000000000 --vault ./vault',
    'erase --subs-from erased.txt --vault s3://my-bucket/cognito --identity offline.txt --apply',
    'erase --again --vault ./vault --apply',
  ])
    .addOption(vaultOption())
    .addOption(
      new Option('--sub <sub>', 'the sub of a user to erase; repeatable').argParser(values.repeated(values.text)),
    )
    .addOption(new Option('--subs-from <file>', 'a file with one sub a line').argParser(values.text))
    .addOption(new Option('--again', 'once more for those erased before: what was locked or unreadable then'))
    .addOption(new Option('--pool <id>', 'only the snapshots and runs of this pool').argParser(values.poolId))
    .addOption(new Option('--apply', 'do it; without this nothing is written'))
    .addOption(signKeyOption())
    .addHelpText('after', ERASE_NOTE);
  addReadingOptions(erase);
  return addAwsOptions(addOutputOptions(erase)).action((options: EraseArguments) =>
    run('erase', options, async (context) => (await import('../commands/erase.ts')).erase(context, options)),
  );
}

const ERASE_NOTE = `
Delete the user in the pool first: a pool that still has them puts them into its next snapshot, although no
restore brings them back. Files that export wrote, and copies of the vault, are not reached.`;

function addPolicy(prune: Command): Command {
  const keep = (name: string, description: string): Option => new Option(name, description).helpGroup(KEEP);
  const count = (name: string, description: string): Option =>
    keep(`--keep-${name} <count>`, description).argParser(values.wholeNumber);
  return prune
    .addOption(count('last', 'the newest ones'))
    .addOption(count('daily', 'the newest of each of so many days that have one (UTC)'))
    .addOption(count('weekly', 'the newest of each of so many weeks (from Monday)'))
    .addOption(count('monthly', 'the newest of each of so many months'))
    .addOption(keep('--keep-within <span>', 'all younger than this: 12h, 30d, 2w').argParser(values.duration));
}
