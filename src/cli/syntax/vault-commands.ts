import { type Command, Option } from 'commander';
import type { Run } from '../command.ts';
import type { PruneArguments } from '../commands/prune.ts';
import * as values from './option-values.ts';
import { addAwsOptions, addOutputOptions, addTrustOptions, command, vaultOption } from './options.ts';

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
  return [prune];
}

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
