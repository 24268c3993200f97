import { type Command, Option } from 'commander';
import type { DrillArguments } from '../drill-arguments.ts';
import type { Run } from '../command.ts';
import * as values from './option-values.ts';
import {
  addAwsOptions,
  addEncryptionOptions,
  addOutputOptions,
  addPaceOptions,
  command,
  signKeyOption,
  vaultOption,
} from './options.ts';

const SAFETY = 'Safety:';

export function drillCommand(run: Run): Command {
  const drill = command('drill', 'prove a restore: into a scratch pool, with a sign-in, measured, and deleted again', [
    'drill latest --vault ./vault --dry-run',
    'drill eu-central-1_AbCdEfGhI@latest --vault s3://my-bucket/cognito --out ./evidence --sign-key signing.pem --yes',
    'drill latest --sample 500 --target-profile sandbox --yes --json',
    'drill --remove-leftovers --region eu-central-1 --vault ./vault',
  ])
    .argument('[snapshot]', 'an id or its beginning, latest, POOL@latest or POOL@ID')
    .addOption(vaultOption())
    .addOption(
      new Option('--out <folder>', 'where the evidence is written: drill-ID.json and .md')
        .argParser(values.text)
        .default('.'),
    )
    .addOption(
      new Option(
        '--sample <number>',
        'restore so many users, drawn by chance, instead of all; the evidence says so',
      ).argParser(values.wholeNumber),
    )
    .addOption(new Option('--keep', 'leave the scratch pool; the next drill deletes it'))
    .addOption(
      new Option(
        '--map-arn <old=new>',
        'in another account or Region, what takes the place of an ARN; repeatable',
      ).argParser(values.repeated(values.arnMapping)),
    )
    .addOption(new Option('--remove-leftovers', 'delete what killed drills have left, and do nothing else'))
    .addOption(new Option('--dry-run', 'show the plan and change nothing').helpGroup(SAFETY))
    .addOption(new Option('--yes', 'answer the question before the first write with yes').helpGroup(SAFETY))
    .addOption(signKeyOption())
    .addHelpText('after', NOTE);
  addEncryptionOptions(drill);
  addOutputOptions(drill);
  addAwsOptions(drill);
  drill.addOption(
    new Option('--target-profile <name>', 'profile for the account of the scratch pool').helpGroup('AWS:'),
  );
  return addPaceOptions(drill).action((name: string | undefined, options: DrillArguments) =>
    run('drill', options, async (context) => (await import('../commands/drill.ts')).drill(context, name, options)),
  );
}

const NOTE = `
Nothing can be sent from the scratch pool: no triggers, no SES or SMS role, no MFA, no domain. Exit codes: 0
passed, 6 something differs that no plan had predicted, 3 passed but the scratch pool could not be deleted.`;
