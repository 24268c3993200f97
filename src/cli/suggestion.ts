import type { Command, Option } from 'commander';
import { shellWord } from '../model/shell-word.ts';
import { escapeText } from './escape.ts';

/** Adds to `cognito-backup …` what leads it to the same vault, keys and account; anything else stays as it is. */
export type Suggest = (command: string) => string;

/** In the order in which they are added. */
const CARRIED = [
  'vault',
  'identity',
  'passphraseFile',
  'signKey',
  'verifyKey',
  'seenFile',
  'region',
  'profile',
  'vaultProfile',
  'targetProfile',
  'endpointUrl',
  'caBundle',
];

type Environment = Readonly<Record<string, string | undefined>>;

/** Repeats those of the options given that the suggested command takes; the environment speaks for itself. */
export function suggestWith(program: Command, options: object, env: Environment = process.env): Suggest {
  const given = new Map(Object.entries(options));
  return (command) => {
    const known = commandOf(program, command);
    const flags = CARRIED.flatMap((name) => {
      const option = known?.options.find((one) => one.attributeName() === name);
      if (option === undefined || command.includes(` ${option.long} `)) return [];
      return flagsOf(option, [given.get(name) ?? []].flat() as readonly string[], env);
    });
    return [command, ...flags].join(' ');
  };
}

/** Completes the commands in a hint: they follow a colon, and end with it or at the next `;` or `,`. */
export function completeCommands(text: string, suggest: Suggest): string {
  return text.replace(/(?<=: )cognito-backup [^;,]+/g, suggest);
}

function commandOf(root: Command, text: string): Command | undefined {
  const [program, name, child] = text.split(' ');
  if (program !== root.name()) return undefined;
  const command = root.commands.find((one) => one.name() === name);
  return command?.commands.find((one) => one.name() === child) ?? command;
}

function flagsOf({ long, envVar }: Option, values: readonly string[], env: Environment): readonly string[] {
  const fromEnvironment = envVar === undefined ? undefined : env[envVar];
  return values
    .filter((value) => value !== '' && value !== fromEnvironment)
    .map((value) => `${long} ${shellWord(escapeText(value))}`);
}
