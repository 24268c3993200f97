import { type Command, Option } from 'commander';
import { POLICY_NAMES } from '../../operations/doctor/command-needs.ts';
import type { Run } from '../command.ts';
import type { DoctorArguments } from '../commands/doctor.ts';
import * as values from './option-values.ts';
import { addAwsOptions, addOutputOptions, addPaceOptions, addTrustOptions, command, vaultOption } from './options.ts';

const MAX_AGE = '7d';

/** What is done before anything happens. */
export function doctorCommands(run: Run): readonly Command[] {
  const doctor = command(
    'doctor',
    'look a pool and its backups over: what may be done, what it takes, what is at risk',
    [
      'doctor --pool eu-central-1_AbCdEfGhI --vault s3://my-bucket/cognito',
      'doctor --pool eu-central-1_AbCdEfGhI --target eu-central-1_StandbyXY --strict --json',
      "doctor --pool eu-central-1_AbCdEfGhI --policy backup --policy 'restore --new-pool'",
      'doctor --pool eu-central-1_AbCdEfGhI --probe --yes',
    ],
  )
    .addOption(new Option('--pool <id>', 'the pool to look over').makeOptionMandatory().argParser(values.poolId))
    .addOption(vaultOption())
    .addOption(
      new Option('--target <id>', 'a pool that would be restored or mirrored to: does everything fit there?').argParser(
        values.poolId,
      ),
    )
    .addOption(
      new Option('--max-age <span>', 'a newest snapshot older than this is a problem')
        .argParser(values.duration)
        .default(values.duration(MAX_AGE), MAX_AGE),
    )
    .addOption(new Option('--strict', 'exit 3 for warnings too'))
    .addOption(
      new Option('--policy <command>', 'print the IAM policy that a command needs; repeatable')
        .choices(POLICY_NAMES)
        .argParser(values.repeated(values.policyName)),
    )
    .addOption(
      new Option('--probe', 'also ask the service what is not documented, on a scratch pool that is made and deleted'),
    )
    .addOption(new Option('--yes', 'confirm --probe'))
    .addOption(
      new Option('--import-role <arn>', 'with --probe: a role for import jobs, to try one').argParser(values.text),
    )
    .addHelpText('after', NOTE);
  addTrustOptions(doctor);
  addAwsOptions(addOutputOptions(doctor)).addOption(
    new Option('--target-profile <name>', "profile for the target's account, where it is another").helpGroup('AWS:'),
  );
  return [
    addPaceOptions(doctor).action((options: DoctorArguments) =>
      run('doctor', options, async (context) => (await import('../commands/doctor.ts')).doctor(context, options)),
    ),
  ];
}

const NOTE = `
It reads, and writes nothing; --probe alone makes a pool, one of its own, and deletes it. Which writes a role
may make is not tried: --policy prints what they need. Exits 3 where it finds a problem, with --strict also for a warning.`;
