import { type Command, Option } from 'commander';
import type { KeygenArguments } from '../commands/keygen.ts';
import type { Run } from '../command.ts';
import * as values from './option-values.ts';
import { addOutputOptions, command } from './options.ts';

/** Commands that make keys. */
export function keyCommands(run: Run): readonly Command[] {
  const keygen = command('keygen', 'make a pair of Ed25519 keys that sign snapshots and prove who made them', [
    'keygen --out signing.pem',
    'backup --pool eu-central-1_AbCdEfGhI --vault ./vault --sign-key signing.pem',
    'verify latest --vault ./vault --verify-key signing.pem.pub',
  ]).addOption(
    new Option('--out <file>', 'a new file for the private key; the public one gets .pub at its end')
      .makeOptionMandatory()
      .argParser(values.text),
  );
  addOutputOptions(keygen).action((options: KeygenArguments) =>
    run('keygen', options, async (context) => (await import('../commands/keygen.ts')).keygen(context, options)),
  );
  return [keygen];
}
