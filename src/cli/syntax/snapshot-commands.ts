import { Argument, type Command, Option } from 'commander';
import type { BackupArguments } from '../commands/backup.ts';
import type { DiffArguments } from '../commands/diff.ts';
import type { ExportArguments } from '../commands/export.ts';
import type { ShowArguments } from '../commands/show.ts';
import type { SnapshotsArguments } from '../commands/snapshots.ts';
import type { VerifyArguments } from '../commands/verify.ts';
import type { Run } from '../command.ts';
import * as values from './option-values.ts';
import {
  addAwsOptions,
  addConfigOptions,
  addEncryptionOptions,
  addReadingOptions,
  addTrustOptions,
  addOutputOptions,
  addPaceOptions,
  command,
  detailsOption,
  exitCodeOption,
  includeSecretsOption,
  signKeyOption,
  subAttributeOption,
  vaultOption,
} from './options.ts';

const SNAPSHOT = 'an id or its beginning, latest, POOL@latest or POOL@ID';

/** Commands that read pools and snapshots. Each loads its code when it runs. */
export function snapshotCommands(run: Run): readonly Command[] {
  return [
    backupCommand(run),
    verifyCommand(run),
    snapshotsCommand(run),
    showCommand(run),
    diffCommand(run),
    exportCommand(run),
  ];
}

function backupCommand(run: Run): Command {
  const backup = command('backup', 'read a user pool into a snapshot', [
    'backup --pool eu-central-1_AbCdEfGhI --vault ./vault',
    'backup --pool eu-central-1_AbCdEfGhI --vault s3://my-bucket/cognito --json',
    'backup --pool eu-central-1_AbCdEfGhI --deep --yes',
    'backup --all-pools --region eu-central-1 --vault s3://my-bucket/cognito',
  ])
    .addOption(
      new Option('--pool <id>', 'the pool; more than once for several').argParser(values.repeated(values.poolId)),
    )
    .addOption(new Option('--all-pools', 'every pool of the account and Region'))
    .addOption(vaultOption())
    .addOption(
      new Option('--listing <how>', 'one chain of pages, or sixteen side by side')
        .choices(['auto', 'single', 'sharded'])
        .default('auto'),
    )
    .addOption(
      new Option('--second-pass', 'after sixteen listings, list once more in one chain and compare who is in them'),
    )
    .addOption(
      new Option(
        '--deep',
        'ask every user for MFA preferences and factors: a call a user, perhaps billed; the price is stated first',
      ),
    )
    .addOption(new Option('--yes', 'accept the price of --deep, where nobody can be asked'));
  addEncryptionOptions(backup).addOption(includeSecretsOption()).addOption(signKeyOption());
  return finish(backup, { pace: true }).action((options: BackupArguments) =>
    run('backup', options, async (context) => (await import('../commands/backup.ts')).backup(context, options)),
  );
}

function verifyCommand(run: Run): Command {
  const verify = command('verify', 'prove that a snapshot is sound, or that a pool holds what it holds', [
    'verify latest --vault ./vault',
    'verify latest --quick --vault s3://my-bucket/cognito',
    'verify eu-central-1_AbCdEfGhI@latest --pool eu-central-1_StandbyXY --exit-code',
  ])
    .argument('<snapshot>', SNAPSHOT)
    .addOption(vaultOption())
    .addOption(
      new Option(
        '--quick',
        'read every byte but no record: manifest, size and SHA-256 of every file; needs no key',
      ).conflicts(['pool', 'details', 'exitCode', 'subAttribute']),
    )
    .addOption(new Option('--pool <id>', 'also compare with this live pool').argParser(values.poolId))
    .addOption(subAttributeOption())
    .addOption(detailsOption('name the users who differ (personal data)'))
    .addOption(exitCodeOption());
  addReadingOptions(addConfigOptions(verify));
  return finish(verify, { pace: true }).action((name: string, options: VerifyArguments) =>
    run('verify', options, async (context) => (await import('../commands/verify.ts')).verify(context, name, options)),
  );
}

function snapshotsCommand(run: Run): Command {
  const accept = command('accept', 'let a suspect snapshot count as good', ['snapshots accept 20261122T225951Z-3f9a1c'])
    .argument('<snapshot>', SNAPSHOT)
    .addOption(vaultOption());
  addTrustOptions(accept).addOption(signKeyOption());
  finish(accept).action((name: string, options: SnapshotsArguments) =>
    run('snapshots-accept', options, async (context) =>
      (await import('../commands/snapshots.ts')).acceptSuspect(context, name, options),
    ),
  );
  const snapshots = command('snapshots', 'list the snapshots of a vault', [
    'snapshots --vault ./vault',
    'snapshots --pool eu-central-1_AbCdEfGhI --json',
    'snapshots accept 20261122T225951Z-3f9a1c',
  ])
    .addOption(vaultOption())
    .addOption(new Option('--pool <id>', 'only those of this pool').argParser(values.poolId))
    .enablePositionalOptions();
  addTrustOptions(snapshots);
  return finish(snapshots)
    .action((options: SnapshotsArguments) =>
      run('snapshots', options, async (context) =>
        (await import('../commands/snapshots.ts')).snapshots(context, options),
      ),
    )
    .addCommand(accept);
}

function showCommand(run: Run): Command {
  const show = command('show', 'show a snapshot, or one user in it', [
    'show --vault ./vault',
    'show 20261122 --user ada@example.com',
    'show latest --config client --json',
  ])
    .addArgument(new Argument('[snapshot]', SNAPSHOT).default(undefined, 'latest'))
    .addOption(vaultOption())
    .addOption(
      new Option(
        '--config [kind]',
        'the configuration of the pool, or one kind of it with every field (no secrets)',
      ).argParser(values.resourceKind),
    )
    .addOption(
      new Option('--user <key>', 'everything of one user, by username, e-mail, phone or sub (personal data)').argParser(
        values.text,
      ),
    );
  addReadingOptions(show);
  return finish(show).action((name: string | undefined, options: ShowArguments) =>
    run('show', options, async (context) => (await import('../commands/show.ts')).show(context, name, options)),
  );
}

function diffCommand(run: Run): Command {
  const diff = command('diff', 'compare two snapshots, two pools, or one with the other', [
    'diff 20261121 20261122 --vault ./vault',
    'diff latest pool:eu-central-1_AbCdEfGhI --details',
    'diff pool:eu-central-1_AbCdEfGhI pool:eu-central-1_StandbyXY --exit-code',
  ])
    .argument('<from>', `a snapshot (${SNAPSHOT}), or pool:ID`)
    .argument('<to>', 'the same')
    .addOption(vaultOption())
    .addOption(detailsOption('name what differs, user by user (personal data)'))
    .addOption(exitCodeOption());
  addReadingOptions(addConfigOptions(diff));
  return finish(diff, { pace: true }).action((from: string, to: string, options: DiffArguments) =>
    run('diff', options, async (context) => (await import('../commands/diff.ts')).diff(context, [from, to], options)),
  );
}

function exportCommand(run: Run): Command {
  const exporting = command('export', 'write a snapshot as CSV or JSON lines', [
    'export latest --format csv --out ./export --vault ./vault',
    'export latest --format csv --out s3://my-bucket/export --for-pool eu-central-1_StandbyXY',
    'export latest --format jsonl --out - | jq .username',
  ])
    .argument('<snapshot>', SNAPSHOT)
    .addOption(vaultOption())
    .addOption(
      new Option('--format <format>', "csv: Cognito's import dialect; spreadsheet: for people; jsonl: for programs")
        .choices(['csv', 'spreadsheet', 'jsonl'])
        .default('csv'),
    )
    .addOption(
      new Option('--out <location>', 'a folder, s3://bucket/prefix, or - for the users alone on stdout')
        .makeOptionMandatory()
        .argParser(values.text),
    )
    .addOption(
      new Option(
        '--for-pool <id>',
        "write the header of this pool's import file (default: the snapshot's pool)",
      ).argParser(values.poolId),
    );
  addReadingOptions(exporting);
  return finish(exporting).action((name: string, options: ExportArguments) =>
    run('export', options, async (context) =>
      (await import('../commands/export.ts')).exportFiles(context, name, options),
    ),
  );
}

function finish(target: Command, { pace = false } = {}): Command {
  addOutputOptions(target);
  addAwsOptions(target);
  return pace ? addPaceOptions(target) : target;
}
