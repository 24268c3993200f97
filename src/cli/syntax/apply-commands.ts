import { type Command, Option } from 'commander';
import type { ApplyArguments } from '../apply-arguments.ts';
import type { CleanArguments } from '../commands/clean.ts';
import type { ImportArguments } from '../commands/import.ts';
import type { RestoreArguments } from '../new-pool-arguments.ts';
import type { Run } from '../command.ts';
import * as values from './option-values.ts';
import {
  addAwsOptions,
  addEncryptionOptions,
  addOutputOptions,
  addPaceOptions,
  command,
  detailsOption,
  signKeyOption,
  subAttributeOption,
  vaultOption,
} from './options.ts';

const NEW_POOL = 'A new pool:';
const USERS = 'How users are written:';
const SCOPE = 'What is in scope:';
const SCHEMA = 'Attributes:';
const SAFETY = 'Safety:';

/** Commands that write to a pool: all of them plan, ask, apply and verify. */
export function applyCommands(run: Run): readonly Command[] {
  return [restoreCommand(run), importCommand(run), cleanCommand(run), mirrorCommand(run)];
}

function restoreCommand(run: Run): Command {
  const restore = command('restore', 'bring back what a pool lacks of a snapshot; nothing is deleted', [
    'restore latest --pool eu-central-1_AbCdEfGhI --dry-run',
    'restore latest --pool eu-central-1_AbCdEfGhI --confirm eu-central-1_AbCdEfGhI',
    'restore eu-central-1_AbCdEfGhI@latest --new-pool customers --write-env pool.env --dry-run',
    'restore latest --pool eu-central-1_AbCdEfGhI --only-user ada@example.com --existing update',
    'restore latest --pool eu-central-1_NewPoolXY --hashes hashes.csv --import-role arn:aws:iam::123456789012:role/cognito-import',
  ]).argument('<snapshot>', 'an id or its beginning, latest, POOL@latest or POOL@ID');
  restore
    .addOption(new Option('--pool <id>', 'the pool to write to').argParser(values.poolId))
    .addOption(new Option('--new-pool <name>', 'make a new pool from the snapshot instead').argParser(values.text))
    .addOption(vaultOption());
  addNewPoolOptions(restore);
  restore.addOption(existingOption("snapshot's"));
  addUserOptions(restore);
  restore.addOption(
    new Option(
      '--hashes <file>',
      'password hashes (CSV username,hash or JSON lines), here or in S3; needs --import-role',
    )
      .argParser(values.text)
      .helpGroup(USERS),
  );
  restore.addOption(subAttributeOption());
  addScopeOptions(restore);
  addSchemaOptions(restore);
  return finish(restore).action((name: string, options: RestoreArguments) =>
    run('restore', options, async (context) =>
      (await import('../commands/restore.ts')).restore(context, name, options),
    ),
  );
}

function addNewPoolOptions(target: Command): void {
  const option = (flags: string, description: string): Option => new Option(flags, description).helpGroup(NEW_POOL);
  target
    .addOption(
      option(
        '--map-arn <old=new>',
        'in another account or Region, what takes the place of an ARN; repeatable',
      ).argParser(values.repeated(values.arnMapping)),
    )
    .addOption(option('--domain <prefix>', "another prefix domain than the snapshot's").argParser(values.text))
    .addOption(option('--no-domain', 'no domain: neither prefix nor custom'))
    .addOption(option('--no-custom-domain', 'no custom domain'))
    .addOption(option('--no-triggers', 'leave the Lambda triggers detached'))
    .addOption(
      option('--provider-secrets <file>', 'secrets of identity providers that the snapshot lacks (JSON)').argParser(
        values.text,
      ),
    )
    .addOption(option('--config-only', 'no groups and users'))
    .addOption(option('--users-only', 'only what users need: no clients, providers, domains, pages'))
    .addOption(
      option('--write-env <file>', 'write ids and client secrets for applications (0600, NAME=value)').argParser(
        values.text,
      ),
    );
}

function importCommand(run: Run): Command {
  const importing = command('import', 'bring CSV files into a pool; nothing is deleted', [
    'import users-0001.csv --pool eu-central-1_StandbyXY --import-role arn:aws:iam::123456789012:role/cognito-import',
    'import users-*.csv --groups groups.csv --memberships memberships.csv --pool eu-central-1_StandbyXY',
    'import s3://my-bucket/export/users-0001.csv --pool eu-central-1_StandbyXY --dry-run',
  ]).argument('<file...>', "files in Cognito's import dialect, here or at s3://bucket/key");
  addTarget(importing);
  importing
    .addOption(new Option('--groups <file>', 'groups.csv of the export').argParser(values.text))
    .addOption(new Option('--memberships <file>', 'memberships.csv of the export').argParser(values.text))
    .addOption(existingOption("file's"));
  addUserOptions(importing);
  importing.addOption(
    new Option('--password-hashes <algorithm>', 'what the column password_hash holds; needs --import-role')
      .choices(['bcrypt', 'scrypt', 'argon2id', 'pbkdf2-sha256'])
      .helpGroup(USERS),
  );
  addScopeOptions(importing);
  addSchemaOptions(importing);
  return finish(importing).action((files: readonly string[], options: ImportArguments) =>
    run('import', options, async (context) =>
      (await import('../commands/import.ts')).importFiles(context, files, options),
    ),
  );
}

function cleanCommand(run: Run): Command {
  const clean = command('clean', 'delete every user and group of a pool, after a verified snapshot of it', [
    'clean --pool eu-central-1_StandbyXY --dry-run',
    'clean --pool eu-central-1_StandbyXY --confirm eu-central-1_StandbyXY --vault ./vault',
  ]);
  addTarget(clean);
  addScopeOptions(clean);
  clean
    .addOption(new Option('--no-backup', 'take no snapshot of the pool first').helpGroup(SAFETY))
    .addOption(signKeyOption());
  return finish(clean).action((options: CleanArguments) =>
    run('clean', options, async (context) => (await import('../commands/clean.ts')).clean(context, options)),
  );
}

function mirrorCommand(run: Run): Command {
  const mirror = command('mirror', 'make a standby pool equal to a snapshot or a pool, deletes included', [
    'mirror pool:eu-central-1_AbCdEfGhI --pool eu-central-1_StandbyXY --dry-run',
    'mirror pool:eu-central-1_AbCdEfGhI --pool eu-central-1_StandbyXY --yes',
    'mirror eu-central-1_AbCdEfGhI@latest --pool eu-west-1_StandbyXY --target-profile standby',
  ]).argument(
    '<source>',
    'a snapshot (an id or its beginning, latest, POOL@latest), or pool:ID, which is backed up first',
  );
  addTarget(mirror);
  mirror.addOption(signKeyOption());
  addUserOptions(mirror);
  mirror.addOption(subAttributeOption());
  addScopeOptions(mirror);
  addSchemaOptions(mirror);
  mirror.addOption(
    new Option('--max-deletes <number>', 'refuse to delete more users (default: 100 or 5 % of them, if that is more)')
      .argParser(values.wholeNumber)
      .helpGroup(SAFETY),
  );
  return finish(mirror).action((source: string, options: ApplyArguments) =>
    run('mirror', options, async (context) => (await import('../commands/mirror.ts')).mirror(context, source, options)),
  );
}

function addTarget(target: Command): void {
  target
    .addOption(new Option('--pool <id>', 'the pool to write to').makeOptionMandatory().argParser(values.poolId))
    .addOption(vaultOption());
}

function existingOption(whose: string): Option {
  return new Option('--existing <what>', `users who are there: leave them alone, or bring them to the ${whose} state`)
    .choices(['skip', 'update'])
    .default('skip')
    .helpGroup(USERS);
}

function addUserOptions(target: Command): void {
  const option = (flags: string, description: string): Option => new Option(flags, description).helpGroup(USERS);
  target
    .addOption(
      option('--engine <engine>', 'import job (CSV, no bill per user), API, or for each user what keeps most')
        .choices(['auto', 'import-job', 'api'])
        .default('auto'),
    )
    .addOption(
      option('--import-role <arn>', 'role with which Cognito logs import jobs; without it all go by API').argParser(
        values.text,
      ),
    )
    .addOption(
      option('--passwords <kind>', 'for users without a hash: random and forgotten, temporary, or none')
        .choices(['random', 'temporary', 'none'])
        .default('random'),
    )
    .addOption(
      option('--password-file <file>', 'new file (0600, JSON lines) for temporary passwords').argParser(values.text),
    )
    .addOption(option('--adopt', 'take over users of the same name who are others by their sub'))
    .addOption(
      option(
        '--recreate',
        'delete and create users whose immutable attributes differ (restore, import: only with --existing update)',
      ),
    );
}

function addScopeOptions(target: Command): void {
  const option = (flags: string, description: string): Option =>
    new Option(flags, description).argParser(values.repeated(values.text)).helpGroup(SCOPE);
  target
    .addOption(option('--only-user <key>', 'this user alone, by username, e-mail, phone or sub; repeatable'))
    .addOption(option('--only-group <name>', 'this group and its members alone; repeatable'));
}

function addSchemaOptions(target: Command): void {
  const option = (flags: string, description: string): Option => new Option(flags, description).helpGroup(SCHEMA);
  target
    .addOption(option('--create-missing-attributes', 'add the attributes that the target lacks (they stay for good)'))
    .addOption(
      option('--drop-attribute <name>', 'leave this attribute out; repeatable').argParser(values.repeated(values.text)),
    )
    .addOption(
      option('--map-attribute <old=new>', 'write this attribute under another name; repeatable').argParser(
        values.repeated(values.renaming),
      ),
    );
}

function finish(target: Command): Command {
  const option = (flags: string, description: string): Option => new Option(flags, description).helpGroup(SAFETY);
  target
    .addOption(option('--dry-run', 'show the plan and change nothing'))
    .addOption(option('--yes', 'answer the question before the first write with yes'))
    .addOption(
      option(
        '--confirm <pool-id>',
        'repeat the id of the target: needed to delete, and to restore into the source',
      ).argParser(values.text),
    )
    .addOption(option('--allow-triggers', 'write although triggers of the target would fire'))
    .addOption(detailsOption('name the users of whom the plan speaks (personal data)'));
  addEncryptionOptions(target);
  addOutputOptions(target);
  addAwsOptions(target);
  target.addOption(new Option('--target-profile <name>', "profile for the target pool's account").helpGroup('AWS:'));
  return addPaceOptions(target);
}
