import { Command, Option } from 'commander';
import * as values from './option-values.ts';

const OUTPUT = 'Output:';
const AWS = 'AWS:';
const ENCRYPTION = 'Encryption:';
const SIGNATURES = 'Signatures:';

/** A command with the options that all have, and its examples at the end of its help. */
export function command(name: string, description: string, examples: readonly string[]): Command {
  const lines = examples.map((example) => `  $ cognito-backup ${example}`);
  return new Command(name)
    .description(description)
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

export function addOutputOptions(target: Command): Command {
  return target
    .addOption(new Option('--json', 'print one JSON document on stdout').helpGroup(OUTPUT))
    .addOption(new Option('--quiet', 'no progress, only warnings and the result').helpGroup(OUTPUT))
    .addOption(new Option('--no-color', 'no colours (NO_COLOR and FORCE_COLOR are respected too)').helpGroup(OUTPUT));
}

export function detailsOption(description: string): Option {
  return new Option('--details', description).helpGroup(OUTPUT);
}

export function subAttributeOption(): Option {
  return new Option(
    '--sub-attribute <name>',
    'custom attribute that holds the sub of the source, for example custom:legacy_sub',
  )
    .argParser(values.text)
    .helpGroup('Attributes:');
}

export function exitCodeOption(): Option {
  return new Option('--exit-code', 'exit 6 when there are differences').helpGroup(OUTPUT);
}

/** Whether configurations are compared: `--config`, `--no-config`, or where both are the same pool. */
export function addConfigOptions(target: Command): Command {
  return target
    .addOption(
      new Option('--config', 'compare the configuration too (default: where both are the same pool)').helpGroup(OUTPUT),
    )
    .addOption(new Option('--no-config', 'compare users and groups alone').helpGroup(OUTPUT));
}

export function vaultOption(): Option {
  return new Option('--vault <location>', 'a folder, or s3://bucket/prefix').env('COGNITO_BACKUP_VAULT');
}

/** What opens encrypted snapshots, and whose signature they must have. */
export function addReadingOptions(target: Command): Command {
  const option = (flags: string, description: string): Option => new Option(flags, description).helpGroup(ENCRYPTION);
  target
    .addOption(
      option('--identity <file>', 'private key of age that opens encrypted snapshots; repeatable')
        .env('COGNITO_BACKUP_IDENTITY')
        .argParser(values.repeated(values.text)),
    )
    .addOption(
      option('--passphrase-file <file>', 'file whose first line is the passphrase')
        .env('COGNITO_BACKUP_PASSPHRASE_FILE')
        .argParser(values.text),
    );
  return addTrustOptions(target);
}

/** Whose signature a snapshot must have. */
export function addTrustOptions(target: Command): Command {
  const option = (flags: string, description: string): Option => new Option(flags, description).helpGroup(SIGNATURES);
  return target
    .addOption(
      option('--verify-key <file>', 'public keys that are trusted: a snapshot that none of them signed is refused')
        .env('COGNITO_BACKUP_VERIFY_KEY')
        .argParser(values.text),
    )
    .addOption(
      option(
        '--seen-file <file>',
        'where the newest snapshots seen are remembered, with --verify-key (default: in the state folder of this user)',
      )
        .env('COGNITO_BACKUP_SEEN_FILE')
        .argParser(values.text),
    );
}

export function signKeyOption(): Option {
  return new Option('--sign-key <file>', 'private key that signs what is written; keygen makes one')
    .helpGroup(SIGNATURES)
    .env('COGNITO_BACKUP_SIGN_KEY')
    .argParser(values.text);
}

/** For whom a command that writes into a vault encrypts, and what opens an encrypted snapshot. */
export function addEncryptionOptions(target: Command): Command {
  const option = (flags: string, description: string): Option => new Option(flags, description).helpGroup(ENCRYPTION);
  target
    .addOption(
      option('--encrypt-to <key>', 'encrypt for this public key of age (age1…), or for those in @FILE; repeatable')
        .env('COGNITO_BACKUP_ENCRYPT_TO')
        .argParser(values.keys),
    )
    .addOption(
      option('--kms-key <arn>', 'encrypt under this KMS key; name a second recipient that works without AWS')
        .env('COGNITO_BACKUP_KMS_KEY')
        .argParser(values.kmsKey),
    );
  return addReadingOptions(target).addOption(
    option('--unencrypted', 'do not encrypt, although the newest snapshot of the pool is encrypted'),
  );
}

export function includeSecretsOption(): Option {
  return new Option(
    '--include-secrets',
    'capture client secrets and those of identity providers too; refused unless encrypted',
  ).helpGroup(ENCRYPTION);
}

/** What every command that talks to AWS takes. */
export function addAwsOptions(target: Command): Command {
  const option = (flags: string, description: string): Option => new Option(flags, description).helpGroup(AWS);
  return target
    .addOption(option('--region <name>', "Region of Cognito and S3 (default: the pool's own)").argParser(values.region))
    .addOption(option('--profile <name>', 'profile of the AWS configuration files'))
    .addOption(option('--vault-profile <name>', 'profile for an S3 vault (default: that of --profile)'))
    .addOption(option('--endpoint-url <url>', "Cognito's endpoint; S3's is AWS_ENDPOINT_URL_S3").argParser(values.url))
    .addOption(option('--ca-bundle <file>', 'certificates to trust, as AWS_CA_BUNDLE'));
}

/** Pacing, for commands that send many requests. */
export function addPaceOptions(target: Command): Command {
  const option = (flags: string, description: string): Option => new Option(flags, description).helpGroup(AWS);
  return target
    .addOption(
      option(
        '--max-rps <number>',
        "requests a second in every quota category, instead of the account's quotas",
      ).argParser(values.positiveNumber),
    )
    .addOption(
      option(
        '--quota-share <share>',
        'part of each quota to take, up to 1 (default: 0.98 for listings, 0.5 for writes to users)',
      ).argParser(values.share),
    )
    .addOption(
      option('--patience <seconds>', 'how long throttling is borne without one success (default: 600)').argParser(
        values.positiveNumber,
      ),
    );
}
