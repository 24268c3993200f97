import { composeGateways } from '../../compose.ts';
import { BackupError } from '../../model/errors.ts';
import type { PoolId } from '../../model/ids.ts';
import type { UserDifference } from '../../operations/diff/diff.ts';
import type { GroupDifference } from '../../operations/diff/diff-groups.ts';
import { quickVerifySnapshot } from '../../operations/verify/quick-verify.ts';
import { verifyPool } from '../../operations/verify/verify-pool.ts';
import { verifySnapshot } from '../../operations/verify/verify-snapshot.ts';
import { knownPairs } from '../../runs/known-pairs.ts';
import type { SnapshotRef } from '../../snapshot/keys.ts';
import { resolveSnapshot } from '../../snapshot/resolve-snapshot.ts';
import { openSnapshot } from '../../snapshot/snapshot-reader.ts';
import type { Vault } from '../../snapshot/vault.ts';
import type { CommandContext, CommandResult, OutputOptions } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { poolOfName } from '../snapshot-source.ts';
import { openVaultOf, surroundingsOf, type AwsOptions, type VaultOptions } from '../surroundings.ts';
import { poolLines, snapshotLines, type FoundDifferences } from '../views/verify-view.ts';

export interface VerifyArguments extends OutputOptions, AwsOptions, VaultOptions {
  readonly pool?: PoolId;
  readonly quick?: true;
  readonly subAttribute?: string;
  readonly exitCode?: true;
  readonly details?: true;
  readonly config?: boolean;
}

/** Proves that a snapshot can be read whole, and with `--pool` that a live pool holds what it holds; or its bytes alone. */
export async function verify(context: CommandContext, name: string, options: VerifyArguments): Promise<CommandResult> {
  const { observer, signal, terminal, suggest } = context;
  if (options.subAttribute !== undefined && options.pool === undefined) {
    throw new BackupError('usage', '--sub-attribute is about a live pool, and none is named', {
      hint: 'Add --pool ID',
    });
  }
  const poolId = options.pool ?? poolOfName(name);
  const vault = await openVaultOf(context, options, { poolId });
  const ref = await resolveSnapshot(vault, name, { signal });
  if (options.quick) return quick(vault, ref, context);
  const checked = await verifySnapshot(vault, ref, { observer, signal });
  const document = { ...checked, snapshot: { id: ref.id, poolId: ref.poolId } };
  const lines = snapshotLines(checked, ref, { out: terminal.out, suggest });
  if (!checked.ok) return { exitCode: EXIT.damaged, document, lines };
  if (options.pool === undefined) return { exitCode: EXIT.done, document, lines };
  const found = await compare(context, vault, { ref, poolId: options.pool, options });
  const { differences, configuration } = found.result;
  const isConfiguredAlike = (configuration?.differences ?? []).length === 0;
  const isSame = isConfiguredAlike && Object.values(differences).every((count) => count === 0);
  return {
    exitCode: options.exitCode && !isSame ? EXIT.different : EXIT.done,
    document: {
      ...document,
      pool: { id: options.pool },
      ...found.result,
      ...(options.details && { users: found.users, groups: found.groups }),
    },
    lines: [
      ...lines,
      '',
      ...poolLines(found, { poolId: options.pool, ref, details: options.details === true, suggest }, terminal.out),
    ],
  };
}

/** Opens no part, so it needs no key. */
async function quick(
  vault: Vault,
  ref: SnapshotRef,
  { observer, signal, terminal, suggest }: CommandContext,
): Promise<CommandResult> {
  const checked = await quickVerifySnapshot(vault, ref, { observer, signal });
  return {
    exitCode: checked.ok ? EXIT.done : EXIT.damaged,
    document: { ...checked, snapshot: { id: ref.id, poolId: ref.poolId } },
    lines: snapshotLines(checked, ref, { out: terminal.out, suggest }),
  };
}

async function compare(
  context: CommandContext,
  vault: Vault,
  { ref, poolId, options }: { readonly ref: SnapshotRef; readonly poolId: PoolId; readonly options: VerifyArguments },
): Promise<FoundDifferences> {
  const { runtime, observer, signal } = context;
  const gateway = composeGateways(surroundingsOf(context, options)).forPool(poolId);
  const users: UserDifference[] = [];
  const groups: GroupDifference[] = [];
  observer({ kind: 'phase', phase: 'verify-target', poolId });
  const result = await verifyPool({ gateway, runtime }, await openSnapshot(vault, ref, { signal }), {
    poolId,
    signal,
    ...(options.subAttribute !== undefined && { subAttribute: options.subAttribute }),
    ...(options.config !== undefined && { configuration: options.config }),
    knownPairs: () => knownPairs(vault.storage, ref.poolId, poolId, { signal, vault }),
    ...(options.details && {
      onUser: (difference) => void users.push(difference),
      onGroup: (difference) => void groups.push(difference),
    }),
  });
  if (result.erasedUsers > 0) observer({ kind: 'left-out', reason: 'erased', users: result.erasedUsers });
  return { result, users, groups };
}
