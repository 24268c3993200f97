import { generateSigningKey } from '../../signing/signing-key.ts';
import type { CommandContext, CommandResult, OutputOptions } from '../command.ts';
import { escapeText } from '../escape.ts';
import { EXIT } from '../exit-codes.ts';
import { alignRows } from '../layout.ts';
import { createPrivateFile } from '../private-file.ts';

export interface KeygenArguments extends OutputOptions {
  readonly out: string;
}

/** Makes a pair of keys: one signs snapshots, the other one is given to whoever reads them. */
export async function keygen({ terminal }: CommandContext, { out }: KeygenArguments): Promise<CommandResult> {
  const { privateKey, publicKey } = generateSigningKey();
  const files = { privateKey: out, publicKey: `${out}.pub` };
  await writeNew(files.privateKey, privateKey);
  await writeNew(files.publicKey, publicKey);
  const { green, dim } = terminal.out;
  return {
    exitCode: EXIT.done,
    document: { ...files, algorithm: 'ed25519' },
    lines: [
      `${green('✔')} Made a pair of signing keys`,
      ...alignRows(
        [
          ['Private key', `${escapeText(files.privateKey)}  ${dim('for --sign-key, where snapshots are made')}`],
          ['Public key', `${escapeText(files.publicKey)}  ${dim('for --verify-key, wherever they are read')}`],
        ],
        dim,
      ),
    ],
  };
}

async function writeNew(path: string, text: string): Promise<void> {
  const file = await createPrivateFile(path, 'key file');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
