import { join } from 'node:path';
import { throwIfInterrupted } from '../../runtime/interruption.ts';
import { OLD_BCRYPT_HASHES, OLD_PASSWORD } from '../../simulator/seeds/hostile-users.ts';
import type { CommandContext, CommandResult, OutputOptions } from '../command.ts';
import { addHashes } from '../demo/add-hashes.ts';
import { changeSource, openApplication } from '../demo/application.ts';
import { CheckList } from '../demo/checks.ts';
import { createWorld, LAG_MS, type DemoWorld } from '../demo/demo-world.ts';
import { runTyped } from '../demo/typed-command.ts';
import { EXIT } from '../exit-codes.ts';
import { counted, formatCount } from '../figures.ts';
import type { SeedSize } from '../seeds.ts';
import { demoLines } from '../views/demo-view.ts';

export interface DemoArguments extends OutputOptions, SeedSize {
  readonly quotaScale: number;
  readonly keep?: true;
}

const IMPORT_ROLE = 'arn:aws:iam::123456789012:role/cognito-import';
const NEW_PASSWORD = 'A-brand-new-Passw0rd!';

/** The whole job on simulated pools, typed command by command. Anything that is not as it should be fails it. */
export async function demo(context: CommandContext, options: DemoArguments): Promise<CommandResult> {
  const startedMs = context.runtime.monotonicMs();
  const world = await createWorld(options);
  const checks = new CheckList();
  const tell = new Story(context, world, checks);
  try {
    tell.opening(options);
    await tellAll(tell, world);
    checkMessages(world, checks);
  } catch (error) {
    // What comes after a failed step would only fail in stranger ways: the summary names the step.
    if (!(error instanceof StepFailed)) throw error;
  } finally {
    await world.close(options.keep === true);
  }
  const durationMs = Math.round(context.runtime.monotonicMs() - startedMs);
  const { messages, maus, throttles, calls } = world.simulator.counters;
  return {
    exitCode: checks.ok ? EXIT.done : EXIT.failed,
    document: {
      ok: checks.ok,
      checks: checks.all,
      quotaScale: options.quotaScale,
      messages,
      maus,
      throttles,
      calls,
      durationMs,
      folder: options.keep ? world.folder : null,
    },
    lines: demoLines(
      { checks: checks.all, durationMs, quotaScale: options.quotaScale, folder: options.keep && world.folder },
      context.terminal.out,
    ),
  };
}

async function tellAll(tell: Story, world: DemoWorld): Promise<void> {
  await backUpAndProve(tell, world);
  await emptyStandby(tell, world);
  await refillStandby(tell, world);
  await signUsersIn(tell, world);
  await followSource(tell, world);
}

async function backUpAndProve(tell: Story, { source }: DemoWorld): Promise<void> {
  tell.chapter('Back the source pool up, and prove that the snapshot is sound');
  await tell.type('The source is backed up', 'backup', '--pool', source);
  await tell.type('The snapshot is sound', 'verify', `${source}@latest`);
}

async function emptyStandby(tell: Story, { simulator, standby }: DemoWorld): Promise<void> {
  tell.chapter(`Empty the standby pool: ${counted(simulator.pool(standby).size, 'user')} of somebody else are in it`);
  await tell.type('The standby is emptied, after a snapshot of it', 'clean', '--pool', standby, '--yes');
  const { size } = simulator.pool(standby);
  tell.check('The standby is empty', size === 0, `${counted(size, 'user')} left`);
}

async function refillStandby(tell: Story, { source, standby, folder }: DemoWorld): Promise<void> {
  tell.chapter('Export CSV, add the password hashes we hold ourselves, and import it');
  await tell.type(
    'The snapshot is exported as CSV',
    'export',
    `${source}@latest`,
    '--format',
    'csv',
    '--out',
    'export',
  );
  const hashes = new Map(OLD_BCRYPT_HASHES.map((hash, at) => [`old-bcrypt-${at}`, hash]));
  const { added } = await addHashes(join(folder, 'export/users-0001.csv'), join(folder, 'export/users.csv'), hashes);
  tell.aside(`${counted(added, 'bcrypt hash')} added to export/users.csv`.replace('hashs', 'hashes'));
  await tell.type(
    'The CSV files are imported',
    'import',
    'export/users.csv',
    ...words('--groups export/groups.csv --memberships export/memberships.csv'),
    ...words(`--pool ${standby} --import-role ${IMPORT_ROLE} --password-hashes bcrypt --yes`),
  );
  tell.chapter('Restore whom a CSV file cannot carry: the disabled, the unverified, quotes and line breaks');
  await tell.type(
    'The rest is restored',
    'restore',
    `${source}@latest`,
    '--pool',
    standby,
    '--existing',
    'update',
    '--yes',
  );
  await tell.type(
    `${NO_DIFFERENCES}, after the restore`,
    'verify',
    `${source}@latest`,
    ...words(`--pool ${standby} --exit-code`),
  );
}

function words(line: string): string[] {
  return line.split(' ');
}

const NO_DIFFERENCES = '0 differences beyond the predicted losses';

async function signUsersIn(tell: Story, world: DemoWorld): Promise<void> {
  tell.chapter('Users come back');
  const application = await openApplication(world, world.standby);
  const refusal = await application.signIn('old-bcrypt-0', OLD_PASSWORD);
  tell.check('A user with a bcrypt hash signs in with the old password', refusal === undefined, refusal ?? 'signed in');
  const users = [...world.simulator.pool(world.standby).users()];
  for (const [status, who] of [
    ['CONFIRMED', 'A user restored with a random password'],
    ['RESET_REQUIRED', 'A user brought by the import job'],
  ] as const) {
    const user = users.find(
      (candidate) =>
        candidate.status === status &&
        candidate.enabled &&
        !candidate.smsMfa &&
        !candidate.username.startsWith('old-bcrypt') &&
        candidate.attributes.some(([name, value]) => name === 'email_verified' && value === 'true'),
    );
    const isBack = user !== undefined && (await application.resetPassword(user.username, NEW_PASSWORD));
    tell.check(`${who} gets back in by "forgot password"`, isBack, isBack ? 'signed in' : 'could not sign in');
  }
}

async function followSource(tell: Story, world: DemoWorld): Promise<void> {
  const { source, standby } = world;
  const { created, edited, moved, disabled, deleted } = await changeSource(world);
  await tell.waitForListings();
  tell.chapter(
    `A day passes in the source: ${created} users come, ${deleted} go, ${edited} change their address, ${moved} join a new group, ${disabled} are disabled, a group is gone`,
  );
  await tell.type(
    'The standby follows by the differences alone',
    'mirror',
    `pool:${source}`,
    '--pool',
    standby,
    '--yes',
  );
  await tell.type(
    `${NO_DIFFERENCES}, after the mirror`,
    'verify',
    `${source}@latest`,
    ...words(`--pool ${standby} --exit-code`),
  );
}

function checkMessages({ simulator }: DemoWorld, checks: CheckList): void {
  const { causedByAdmin } = simulator.counters.messages;
  checks.add('Messages sent by us: 0', causedByAdmin === 0, counted(causedByAdmin, 'message'));
}

/** A command of the demo ended with another code than 0; it is on the list of checks. */
class StepFailed extends Error {}

/** Tells the demo as it goes, and runs its commands. */
class Story {
  readonly #context: CommandContext;
  readonly #world: DemoWorld;
  readonly #checks: CheckList;
  #chapter = 0;

  constructor(context: CommandContext, world: DemoWorld, checks: CheckList) {
    this.#context = context;
    this.#world = world;
    this.#checks = checks;
  }

  opening({ quotaScale }: DemoArguments): void {
    const { simulator, source, standby } = this.#world;
    const { out } = this.#context.terminal;
    this.#say(out.bold('cognito-backup, the whole job on simulated pools'));
    this.#say(
      `  A simulated Cognito runs in this process; its quotas are ${formatCount(quotaScale)} times AWS's defaults (--quota-scale).`,
    );
    this.#say(`  Source ${source}: ${counted(simulator.pool(source).size, 'user')}, the hostile set among them.`);
    this.#say(`  Standby ${standby}: tagged cognito-backup:role=standby. Vault: COGNITO_BACKUP_VAULT=./vault`);
  }

  chapter(title: string): void {
    const { out } = this.#context.terminal;
    this.#chapter += 1;
    this.#say('');
    this.#say(`${out.cyan(out.bold(`${this.#chapter}.`))} ${out.bold(title)}`);
  }

  aside(text: string): void {
    this.#say(this.#context.terminal.out.dim(`  ${text}`));
  }

  /** Prints a command as it is typed and runs it; it has to end with 0. */
  async type(what: string, ...args: string[]): Promise<void> {
    const { terminal, output, signal } = this.#context;
    throwIfInterrupted(signal);
    this.#say('');
    this.#say(`${terminal.out.green('$')} ${terminal.out.bold(['cognito-backup', ...args].join(' '))}`);
    const flags = output.color ? [] : ['--no-color'];
    const all = [...args, ...flags, ...(output.quiet ? ['--quiet'] : [])];
    const exitCode = await runTyped(all, { world: this.#world, aside: output.json === true });
    throwIfInterrupted(signal);
    this.#checks.add(what, exitCode === 0, `exit code ${exitCode}`);
    if (exitCode !== 0) throw new StepFailed(what);
  }

  /** The day is over when everybody can see it. */
  async waitForListings(): Promise<void> {
    await this.#context.runtime.sleep(LAG_MS, this.#context.signal);
  }

  check(name: string, ok: boolean, detail: string): void {
    const { out } = this.#context.terminal;
    this.#say(`  ${ok ? out.green('✔') : out.red('✘')} ${name}: ${detail}`);
    this.#checks.add(name, ok, detail);
  }

  #say(text: string): void {
    const { terminal, output } = this.#context;
    if (output.json) terminal.log(text);
    else terminal.data(text);
  }
}
