import { composeGateways } from '../../compose.ts';
import type { PoolId } from '../../model/ids.ts';
import { diff as compare, type DiffResult, type UserDifference } from '../../operations/diff/diff.ts';
import type { GroupDifference } from '../../operations/diff/diff-groups.ts';
import { liveSide, snapshotSide, type DiffSide } from '../../operations/values/diff-side.ts';
import type { KnownPair } from '../../plan/match-users.ts';
import { knownPairs } from '../../runs/known-pairs.ts';
import { resolveSnapshot } from '../../snapshot/resolve-snapshot.ts';
import { openSnapshot } from '../../snapshot/snapshot-reader.ts';
import type { Vault } from '../../snapshot/vault.ts';
import type { CommandContext, CommandResult, OutputOptions } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { parseSource, poolOfName, type Source } from '../snapshot-source.ts';
import { openVaultOf, surroundingsOf, type AwsOptions, type VaultOptions } from '../surroundings.ts';
import { diffLines } from '../views/diff-view.ts';

export interface DiffArguments extends OutputOptions, AwsOptions, VaultOptions {
  readonly exitCode?: true;
  readonly details?: true;
  readonly config?: boolean;
}

/** What has to happen to the first to become the second; each is a snapshot or `pool:ID`. */
export async function diff(
  context: CommandContext,
  [from, to]: readonly [from: string, to: string],
  options: DiffArguments,
): Promise<CommandResult> {
  const sources = [parseSource(from), parseSource(to)] as const;
  const vault = await vaultFor(context, sources, options);
  const gateways = composeGateways(surroundingsOf(context, options));
  const sideOf = async (source: Source): Promise<DiffSide> => {
    const { signal } = context;
    if (source.kind === 'pool') return liveSide(gateways.forPool(source.poolId), source.poolId, signal);
    if (!vault) return Promise.reject(new Error('A snapshot is compared without a vault'));
    const ref = await resolveSnapshot(vault, source.name, { signal });
    return snapshotSide(await openSnapshot(vault, ref, { signal }));
  };
  const before = await sideOf(sources[0]);
  const after = await sideOf(sources[1]);
  const users: UserDifference[] = [];
  const groups: GroupDifference[] = [];
  context.observer({ kind: 'phase', phase: 'plan', total: before.expectedUsers + after.expectedUsers });
  const result = await compare(context.runtime, before, after, {
    ...(options.config !== undefined && { configuration: options.config }),
    ...(vault && { knownPairs: () => pairsOf(vault, before.pool.id, after.pool.id, context.signal) }),
    ...(options.details && {
      onUser: (difference) => void users.push(difference),
      onGroup: (difference) => void groups.push(difference),
    }),
  });
  for (const { erasedUsers } of [before, after]) {
    const leftOut = erasedUsers?.() ?? 0;
    if (leftOut > 0) context.observer({ kind: 'left-out', reason: 'erased', users: leftOut });
  }
  return {
    exitCode: options.exitCode && !result.same ? EXIT.different : EXIT.done,
    document: documentOf(result, { before, after, details: options.details && { users, groupChanges: groups } }),
    lines: diffLines(result, { from, to, users, groups }, context.terminal.out),
  };
}

async function vaultFor(
  context: CommandContext,
  sources: readonly Source[],
  options: DiffArguments,
): Promise<Vault | undefined> {
  const named = sources.find((source) => source.kind === 'snapshot');
  if (!named && options.vault === undefined) return undefined;
  const pool = sources.find((source) => source.kind === 'pool');
  return openVaultOf(context, options, { poolId: (named && poolOfName(named.name)) ?? pool?.poolId });
}

/** Who is who in two pools, from the map of the newest restore between them, whichever way it went. */
async function* pairsOf(vault: Vault, from: PoolId, to: PoolId, signal: AbortSignal): AsyncIterable<KnownPair> {
  if (from === to) return;
  let hasMap = false;
  for await (const pair of knownPairs(vault.storage, from, to, { signal, vault })) {
    hasMap = true;
    yield pair;
  }
  if (hasMap) return;
  for await (const { sourceSub, targetSub } of knownPairs(vault.storage, to, from, { signal, vault })) {
    yield { sourceSub: targetSub, targetSub: sourceSub };
  }
}

function documentOf(
  { added, removed, changed, changedBy, groups, factors, configuration, same }: DiffResult,
  { before, after, details }: { before: DiffSide; after: DiffSide; details: object | undefined },
) {
  return {
    from: { poolId: before.pool.id, erasedUsers: before.erasedUsers?.() ?? 0 },
    to: { poolId: after.pool.id, erasedUsers: after.erasedUsers?.() ?? 0 },
    added,
    removed,
    changed,
    changedBy,
    groups,
    factors,
    configuration,
    same,
    ...details,
  };
}
