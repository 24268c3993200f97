import { composeGateways, composeStorage } from '../../compose.ts';
import { BackupError } from '../../model/errors.ts';
import type { PoolId } from '../../model/ids.ts';
import {
  exportSnapshot,
  type ExportFormat,
  type ExportOptions,
  type ExportResult,
  type ExportStream,
} from '../../operations/export/export.ts';
import type { SnapshotRef } from '../../snapshot/keys.ts';
import { resolveSnapshot } from '../../snapshot/resolve-snapshot.ts';
import { openSnapshot } from '../../snapshot/snapshot-reader.ts';
import type { Vault } from '../../snapshot/vault.ts';
import type { CommandContext, CommandResult, OutputOptions } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { counted, formatCount } from '../figures.ts';
import { poolOfName } from '../snapshot-source.ts';
import {
  openVaultOf,
  storageSurroundings,
  surroundingsOf,
  type AwsOptions,
  type VaultOptions,
} from '../surroundings.ts';
import type { Terminal } from '../terminal.ts';
import { exportLines } from '../views/export-view.ts';

export interface ExportArguments extends OutputOptions, AwsOptions, VaultOptions {
  readonly format: ExportFormat;
  readonly out: string;
  readonly forPool?: PoolId;
}

const STDOUT = '-';

/** Writes a snapshot as files for an import, for people or for programs. */
export async function exportFiles(
  context: CommandContext,
  name: string,
  options: ExportArguments,
): Promise<CommandResult> {
  const { signal, terminal } = context;
  if (options.out === STDOUT && options.json) {
    throw new BackupError('usage', 'Both --json and --out - want stdout', {
      hint: 'Leave --json out, or write to a folder',
    });
  }
  const vault = await openVaultOf(context, options, { poolId: poolOfName(name) ?? options.forPool });
  const ref = await resolveSnapshot(vault, name, { signal });
  if (options.out === STDOUT) return exportToStdout(context, vault, ref, options);
  await checkPool(context, options);
  const out = await composeStorage(options.out, {
    ...storageSurroundings(context, options, ref.poolId),
    create: true,
  });
  const result = await write(context, vault, ref, { options, out, signal });
  const { id, poolId } = ref;
  return {
    exitCode: EXIT.done,
    document: { snapshot: { id, poolId }, format: options.format, location: out.location, ...result },
    lines: exportLines(
      result,
      { format: options.format, location: out.location, ref, forPool: options.forPool, suggest: context.suggest },
      terminal.out,
    ),
  };
}

/** A pool that is not there is found out before a folder is made for its files. */
async function checkPool(context: CommandContext, options: ExportArguments): Promise<void> {
  const { format, forPool: poolId } = options;
  if (format !== 'csv' || poolId === undefined) return;
  const gateway = composeGateways(surroundingsOf(context, options)).forPool(poolId);
  await gateway.send('DescribeUserPool', { poolId }, context.signal);
}

/** Ends quietly where the reader has had enough, as `head` has. */
async function exportToStdout(
  context: CommandContext,
  vault: Vault,
  ref: SnapshotRef,
  options: ExportArguments,
): Promise<CommandResult> {
  const nobodyReads = new AbortController();
  const signal = AbortSignal.any([context.signal, nobodyReads.signal]);
  const quiet = { exitCode: EXIT.done, document: {}, lines: [], aside: true } as const;
  try {
    const out = stdoutStream(context.terminal, () => nobodyReads.abort());
    const { users, carried } = await write(context, vault, ref, { options, out, signal });
    if (carried < users) {
      context.observer({
        kind: 'warning',
        code: 'not-carried',
        message: `${counted(users - carried, 'user')} of ${formatCount(users)} cannot go through an import file and were left out; --out DIR names them`,
      });
    }
    return quiet;
  } catch (error) {
    if (nobodyReads.signal.aborted && !context.signal.aborted) return quiet;
    throw error;
  }
}

function stdoutStream(terminal: Terminal, onClosed: () => void): ExportStream {
  return {
    write: async (text) => {
      if (!(await terminal.stream(text))) onClosed();
    },
  };
}

interface WriteOptions extends Pick<ExportOptions, 'out'> {
  readonly options: ExportArguments;
  readonly signal: AbortSignal;
}

async function write(
  context: CommandContext,
  vault: Vault,
  ref: SnapshotRef,
  { options, out, signal }: WriteOptions,
): Promise<ExportResult> {
  const { runtime, observer } = context;
  const reader = await openSnapshot(vault, ref, { signal });
  const gateways = composeGateways(surroundingsOf(context, options));
  const { format, forPool } = options;
  return exportSnapshot(
    {
      reader,
      runtime,
      observer,
      ...(format === 'csv' && { gateway: gateways.forPool(forPool ?? ref.poolId) }),
    },
    { format, out, signal, ...(forPool !== undefined && { forPool }) },
  );
}
