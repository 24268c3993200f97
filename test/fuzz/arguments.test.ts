import { CommanderError, type Command } from 'commander';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { createProgram } from '../../src/cli/program.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { isBackupError } from '../../src/model/errors.ts';
import { expectNoPollution } from './judge.ts';
import { sweep } from './sweep.ts';

/** Every word that the command line knows, taken from the command line itself. */
function vocabulary(): { readonly commands: readonly string[]; readonly flags: readonly string[] } {
  const commands: string[] = [];
  const flags = new Set<string>(['-h', '--help', '-V', '--version', '--']);
  const visit = (command: Command): void => {
    commands.push(command.name());
    for (const { long } of command.options) if (long) flags.add(long);
    command.commands.forEach(visit);
  };
  createProgram(async () => {}).commands.forEach(visit);
  return { commands: [...commands, 'help'], flags: [...flags] };
}

const { commands, flags } = vocabulary();
const HOSTILE = [
  '',
  '-',
  '--',
  '-x',
  '--=',
  '--pool=',
  '__proto__',
  '--__proto__',
  '--constructor=1',
  'constructor',
  '\0',
  '\u001b[31m',
];
const VALUES = [
  'eu-central-1_AbCdEfGhI',
  'latest',
  './vault',
  's3://bucket/x',
  '1',
  '-1',
  '1e999',
  '0x10',
  'NaN',
  'a=b',
  'http://x',
  ...HOSTILE,
];

const word = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...flags) },
  { weight: 3, arbitrary: fc.constantFrom(...VALUES) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...flags), fc.constantFrom(...VALUES))
      .map(([flag, value]) => `${flag}=${value}`),
  },
  { weight: 1, arbitrary: fc.constantFrom(...commands) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
);
const line = fc
  .tuple(fc.option(fc.constantFrom(...commands), { nil: undefined }), fc.array(word, { maxLength: 7 }))
  .map(([name, words]) => (name === undefined ? words : [name, ...words]));

describe('a command line', () => {
  const env = process.env['COGNITO_BACKUP_VAULT'];
  beforeEach(() => delete process.env['COGNITO_BACKUP_VAULT']);
  afterEach(() => {
    if (env !== undefined) process.env['COGNITO_BACKUP_VAULT'] = env;
    vi.restoreAllMocks();
  });

  it('of any words runs a command, or is refused in words', async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(line, async (args) => {
        const outcome = await understand(args);
        expectNoPollution();
        seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
      }),
      sweep('command lines', { ordinary: 1_000, long: 10_000 }),
    );
    process.stdout.write(`command lines: ${JSON.stringify(Object.fromEntries(seen))}\n`);
    for (const outcome of ['runs', 'commander.unknownOption', 'usage']) expect(seen.get(outcome)).toBeGreaterThan(0);
  });

  it('that runs nothing ends with 0 for help and with 2 for a mistake, said on stderr', async () => {
    const runs = sweep('command lines that run nothing', { ordinary: 100, long: 1_500 });
    vi.spyOn(process.stdout, 'write').mockImplementation(taken);
    const err = vi.spyOn(process.stderr, 'write').mockImplementation(taken);
    await fc.assert(
      fc.asyncProperty(line, async (args) => {
        const outcome = await understand(args);
        if (outcome === 'runs') return;
        err.mockClear();
        const code = await withListenersOf(() => runCli(args));
        const isHelp = ['commander.helpDisplayed', 'commander.version'].includes(outcome);
        expect([outcome, code]).toEqual([outcome, isHelp ? EXIT.done : EXIT.usage]);
        const said = err.mock.calls.map(([text]) => String(text)).join('');
        expect(said === '').toBe(isHelp);
        // A word typed is shown, but never lets through what a terminal would obey.
        for (const sign of ['\u001b[31m', '\0']) expect(said).not.toContain(sign);
      }),
      runs,
    );
  });
});

/** A stream that takes what it is given and shows nothing. */
function taken(...given: readonly unknown[]): boolean {
  for (const done of given) if (typeof done === 'function') (done as () => void)();
  return true;
}

/** What a command line comes to; throws what would be an unexpected failure. */
async function understand(args: readonly string[]): Promise<string> {
  let ran = false;
  const program = createProgram(async () => {
    ran = true;
  });
  silence(program);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return ran ? 'runs' : 'nothing';
  } catch (error) {
    if (error instanceof CommanderError || isBackupError(error, 'usage')) return error.code;
    throw error;
  }
}

function silence(command: Command): void {
  command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
  for (const child of command.commands) silence(child);
}

/** Each run listens to the streams for its errors; a process has one run, this one has many. */
async function withListenersOf<Value>(work: () => Promise<Value>): Promise<Value> {
  const streams = [process.stdout, process.stderr];
  const before = streams.map((stream) => new Set(stream.listeners('error')));
  try {
    return await work();
  } finally {
    for (const [index, stream] of streams.entries()) {
      for (const listener of stream.listeners('error')) {
        if (!before[index]!.has(listener)) stream.off('error', listener as () => void);
      }
    }
  }
}
