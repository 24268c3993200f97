import { readFile } from 'node:fs/promises';
import { BackupError } from '../../model/errors.ts';
import { asSub, type PoolId } from '../../model/ids.ts';
import { eraseUsers } from '../../operations/erase/erase.ts';
import type { CommandContext, CommandResult, OutputOptions } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { openVaultOf, type AwsOptions, type VaultOptions } from '../surroundings.ts';
import { eraseLines } from '../views/erase-view.ts';

export interface EraseArguments extends OutputOptions, AwsOptions, VaultOptions {
  readonly sub?: readonly string[];
  readonly subsFrom?: string;
  readonly again?: true;
  readonly pool?: PoolId;
  readonly apply?: true;
}

/** Erases users from a vault, for good; without `--apply` it only says what that takes. */
export async function erase(context: CommandContext, options: EraseArguments): Promise<CommandResult> {
  const { signal, runtime, observer, terminal } = context;
  const subs = await subsOf(options);
  const vault = await openVaultOf(context, options, { poolId: options.pool });
  const result = await eraseUsers(
    { vault, runtime, observer },
    {
      subs,
      apply: options.apply === true,
      signal,
      ...(options.pool !== undefined && { poolId: options.pool }),
    },
  );
  return {
    exitCode: result.applied && !result.complete ? EXIT.partial : EXIT.done,
    document: { vault: vault.storage.location, again: options.again === true, pool: options.pool ?? null, ...result },
    lines: eraseLines(result, {
      location: vault.storage.location,
      pool: options.pool,
      width: terminal.outWidth,
      out: terminal.out,
      suggest: context.suggest,
    }),
  };
}

async function subsOf({ sub = [], subsFrom, again }: EraseArguments): Promise<readonly string[]> {
  const lines = subsFrom === undefined ? [] : await linesOf(subsFrom);
  const isNamed = sub.length > 0 || subsFrom !== undefined;
  if (isNamed === (again === true)) {
    throw new BackupError('usage', isNamed ? 'Both users and --again are given' : 'Nobody is named', {
      hint: 'Pass --sub SUB or --subs-from FILE; or --again alone, for those who were erased before',
    });
  }
  if (isNamed && sub.length + lines.length === 0) {
    throw new BackupError('bad-input', `The file ${subsFrom} names nobody`, { hint: 'Write one sub a line' });
  }
  return [...sub, ...lines].map((text) => text.trim());
}

/** Blank lines say nothing. No message holds what stands in a line. */
async function linesOf(path: string): Promise<readonly string[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new BackupError('file-not-found', `Cannot read ${path}: ${code}`, {
      hint: 'Check the path and who may read it',
    });
  }
  const subs: string[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    if (asSub(line) === undefined) {
      throw new BackupError('bad-input', `Line ${index + 1} of ${path} is not a sub`, {
        hint: 'Write one sub a line, a UUID',
      });
    }
    subs.push(line);
  }
  return subs;
}
