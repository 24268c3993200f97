import { type Command, Option } from 'commander';
import type { DemoArguments } from '../commands/demo.ts';
import type { SimulateArguments } from '../commands/simulate.ts';
import type { Run } from '../command.ts';
import * as values from './option-values.ts';
import { addOutputOptions, command } from './options.ts';

/** Commands that run without AWS. Only they load the simulator. */
export function simulatorCommands(run: Run): readonly Command[] {
  return [simulateCommand(run), demoCommand(run)];
}

function simulateCommand(run: Run): Command {
  const simulate = command('simulate', 'run a simulated Cognito and S3 on this machine', [
    'simulate',
    'simulate --port 9229 --users 100000 --seed email',
    'simulate --quota-scale 40 --lag 5 --latency 30',
  ])
    .addOption(new Option('--port <number>', 'port of 127.0.0.1').argParser(values.port).default(0, 'any free one'))
    .addOption(
      new Option('--seed <kind>', 'pools to begin with; repeatable; mixed where none is named')
        .choices(['mixed', 'hostile', 'username', 'email', 'phone', 'alias'])
        .argParser(values.repeated(values.poolKind)),
    )
    .addOption(new Option('--users <number>', 'users of each pool').argParser(values.wholeNumber).default(2_000))
    .addOption(new Option('--groups <number>', 'groups of each pool').argParser(values.wholeNumber).default(20))
    .addOption(
      new Option('--quota-scale <factor>', "how much more than AWS's default quotas is allowed")
        .argParser(values.positiveNumber)
        .default(1),
    )
    .addOption(
      new Option('--lag <seconds>', 'how far listings lag behind writes, at most').argParser(values.number).default(0),
    )
    .addOption(new Option('--latency <ms>', 'wait before every answer').argParser(values.number).default(0));
  return addOutputOptions(simulate).action((options: SimulateArguments) =>
    run('simulate', options, async (context) => (await import('../commands/simulate.ts')).simulate(context, options)),
  );
}

function demoCommand(run: Run): Command {
  const demo = command('demo', 'the whole job on simulated pools: back up, clean, import, restore, mirror, prove', [
    'demo',
    'demo --users 10000 --keep',
  ])
    .addOption(new Option('--users <number>', 'users of the source pool').argParser(values.wholeNumber).default(2_400))
    .addOption(new Option('--groups <number>', 'groups of the source pool').argParser(values.wholeNumber).default(24))
    .addOption(
      new Option('--quota-scale <factor>', "how much more than AWS's default quotas the simulator allows")
        .argParser(values.positiveNumber)
        .default(40),
    )
    .addOption(new Option('--keep', 'keep the folder with the vault and the exported files'));
  return addOutputOptions(demo).action((options: DemoArguments) =>
    run('demo', options, async (context) => (await import('../commands/demo.ts')).demo(context, options)),
  );
}
