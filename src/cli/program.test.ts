import { CommanderError, type Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isBackupError } from '../model/errors.ts';
import { createProgram } from './program.ts';

const POOL = 'eu-central-1_AbCdEfGhI';
const OTHER = 'eu-central-1_StandbyXY';

/** What a command line is understood as. */
async function parse(...args: string[]): Promise<{ name: string; options: Record<string, unknown> }> {
  let parsed: { name: string; options: Record<string, unknown> } | undefined;
  const program = createProgram(async (name, output) => {
    parsed = { name, options: { ...output } };
  });
  silence(program);
  await program.parseAsync(args, { from: 'user' });
  if (!parsed) throw new Error('No command ran');
  return parsed;
}

function silence(command: Command): void {
  command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
  for (const child of command.commands) silence(child);
}

async function failure(...args: string[]): Promise<string> {
  try {
    await parse(...args);
  } catch (error) {
    if (error instanceof CommanderError || isBackupError(error)) return error.code;
    throw error;
  }
  return 'none';
}

function commands(): readonly Command[] {
  const all: Command[] = [];
  const visit = (command: Command): void => {
    for (const child of command.commands) {
      all.push(child);
      visit(child);
    }
  };
  visit(createProgram(async () => {}));
  return all;
}

describe('the command line', () => {
  const env = process.env['COGNITO_BACKUP_VAULT'];
  beforeEach(() => delete process.env['COGNITO_BACKUP_VAULT']);
  afterEach(() => {
    if (env !== undefined) process.env['COGNITO_BACKUP_VAULT'] = env;
    else delete process.env['COGNITO_BACKUP_VAULT'];
  });

  it('gathers what may be given more than once', async () => {
    const { options } = await parse('backup', '--pool', POOL, '--pool', OTHER, '--vault', 'v');
    expect(options).toEqual({ pool: [POOL, OTHER], vault: 'v', listing: 'auto', color: true });
  });

  it('takes the same value twice, and one of its own where the environment names another', async () => {
    process.env['COGNITO_BACKUP_VAULT'] = 'elsewhere';
    const { options } = await parse('prune', '--vault', 'v', '--vault', 'v', '--keep-last', '1');
    expect(options).toMatchObject({ vault: 'v', keepLast: 1 });
  });

  it('takes the vault from the environment unless it is named', async () => {
    process.env['COGNITO_BACKUP_VAULT'] = 's3://bucket/vault';
    expect((await parse('snapshots')).options['vault']).toBe('s3://bucket/vault');
    expect((await parse('snapshots', '--vault', 'here')).options['vault']).toBe('here');
  });

  it('has the safe choice for everything that is not said of a restore', async () => {
    const { name, options } = await parse('restore', 'latest', '--pool', POOL);
    expect(name).toBe('restore');
    expect(options).toEqual({
      pool: POOL,
      existing: 'skip',
      engine: 'auto',
      passwords: 'random',
      color: true,
      customDomain: true,
      triggers: true,
    });
  });

  it('reads the choices of an apply', async () => {
    const args = [
      '--drop-attribute',
      'custom:a',
      '--map-attribute',
      'custom:b=custom:c',
      '--only-user',
      'ada',
      '--only-user',
      '@bob',
    ];
    const { options } = await parse('mirror', `pool:${POOL}`, '--pool', OTHER, '--max-deletes', '7', ...args);
    expect(options).toMatchObject({
      maxDeletes: 7,
      dropAttribute: ['custom:a'],
      mapAttribute: [['custom:b', 'custom:c']],
      onlyUser: ['ada', '@bob'],
    });
  });

  it('backs up before a clean unless told not to', async () => {
    expect((await parse('clean', '--pool', POOL)).options['backup']).toBe(true);
    expect((await parse('clean', '--pool', POOL, '--no-backup')).options['backup']).toBe(false);
  });

  it('tells snapshots from snapshots accept', async () => {
    expect((await parse('snapshots', '--pool', POOL)).name).toBe('snapshots');
    const { name, options } = await parse('snapshots', 'accept', '20261122', '--vault', 'v');
    expect([name, options['vault']]).toEqual(['snapshots-accept', 'v']);
  });

  it.each([
    [['frobnicate'], 'commander.unknownCommand'],
    [['backup', '--frobnicate'], 'commander.unknownOption'],
    [['mirror', 'latest'], 'commander.missingMandatoryOptionValue'],
    [['restore', '--pool', POOL], 'commander.missingArgument'],
    [['verify', 'a', 'b'], 'commander.excessArguments'],
    [['restore', 'latest', '--pool', POOL, '--engine', 'magic'], 'commander.invalidArgument'],
    [['restore', 'latest', '--pool', 'nonsense'], 'usage'],
    [['restore', 'latest', '--pool', POOL, '--pool', OTHER], 'usage'],
    [['restore', 'latest', '--pool', POOL, '--engine', 'api', '--engine=auto'], 'usage'],
    [['prune', '--keep-last', '1', '--keep-last', '2'], 'usage'],
    [['snapshots', 'accept', 'latest', '--vault', 'a', '--vault', 'b'], 'usage'],
    [['show', 'latest', '--config', 'client', '--config'], 'usage'],
    [['mirror', 'latest', '--pool', POOL, '--max-deletes', '-1'], 'commander.invalidArgument'],
    [['backup', '--region', 'eu-central-1 '], 'commander.invalidArgument'],
    [['backup', '--region', ''], 'commander.invalidArgument'],
    [['backup', '--max-rps', '0'], 'commander.invalidArgument'],
    [['backup', '--quota-share', '1.5'], 'commander.invalidArgument'],
    [['backup', '--endpoint-url', 'localhost:9229'], 'commander.invalidArgument'],
    [['restore', 'latest', '--pool', POOL, '--map-attribute', 'a'], 'commander.invalidArgument'],
    [['restore', 'latest', '--pool', POOL, '--only-user', ''], 'commander.invalidArgument'],
  ])('refuses %j', async (args, code) => {
    expect(await failure(...args)).toBe(code);
  });

  it.each(commands().map((command) => [command.name(), command] as const))(
    'explains %s with examples',
    (_name, command) => {
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      expect(help).toContain('--json');
      expect(help).toMatch(/Examples:\n {2}\$ cognito-backup /);
    },
  );
});
