import type { CognitoGateway } from '../../cognito/gateway.ts';
import type { PoolId } from '../../model/ids.ts';
import { isNeverCreated } from '../../plan/desired.ts';
import { schemaByName } from '../../plan/fit-attributes.ts';
import type { Match } from '../../plan/match-users.ts';
import { accountOfArn } from '../../plan/new-pool/map-arns.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { SnapshotReader } from '../../snapshot/snapshot-reader.ts';
import type { ConfigurationDiff } from '../diff/diff-configuration.ts';
import { diff, type DiffOptions, type FieldChange } from '../diff/diff.ts';
import { liveSide, snapshotSide, type DiffSide } from '../values/diff-side.ts';

export interface VerifyPoolResult {
  /** Users and groups of the snapshot that the pool lacks, that it has besides, and that differ. */
  readonly differences: { readonly missing: number; readonly extra: number; readonly changed: number };
  readonly changedBy: { readonly [field: string]: number };
  /** Differences that nobody could avoid in another pool; they are not among `differences`. */
  readonly expectedLosses: number;
  /** Users of the snapshot who were erased from the vault; where the pool still has them, they are `extra`. */
  readonly erasedUsers: number;
  /** `false`: the snapshot knows the users' factors, and the pool was not asked for them. `null`: it does not. */
  readonly factors: boolean | null;
  /** From the snapshot to the pool; `null` where it was not compared. */
  readonly configuration: ConfigurationDiff | null;
}

export interface VerifyPoolOptions extends Pick<DiffOptions, 'configuration' | 'knownPairs' | 'onUser' | 'onGroup'> {
  readonly poolId: PoolId;
  /** The attribute in which the pool's users hold the `sub` of the snapshot, as `restore` and `mirror` have written it. */
  readonly subAttribute?: string;
  /** IAM roles of groups that others were to take the place of, as for `restore`. */
  readonly roles?: ReadonlyMap<string, string>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Compares a snapshot with a live pool. In the snapshot's own pool everything counts. In another one, what no restore can
 * bring is set aside: users who never confirmed or belong to an identity provider, the groups of providers, foreign roles,
 * and a status other than the snapshot's, as long as it is not the lock-out trap FORCE_CHANGE_PASSWORD.
 */
export async function verifyPool(
  deps: { readonly gateway: CognitoGateway; readonly runtime: Runtime },
  reader: SnapshotReader,
  options: VerifyPoolOptions,
): Promise<VerifyPoolResult> {
  const before = await snapshotSide(reader, options.subAttribute);
  const after = await liveSide(deps.gateway, options.poolId, options.signal);
  let expectedLosses = 0;
  const ignore = (match: Match, changes: readonly FieldChange[]): readonly FieldChange[] | 'match' => {
    const kept = unexpected(match, changes, after);
    if (kept === 'match' || kept.length < changes.length) expectedLosses += 1;
    return kept;
  };
  const isOwnPool = before.pool.id === after.pool.id;
  const { added, removed, changed, groups, changedBy, factors, configuration } = await diff(
    deps.runtime,
    isOwnPool ? before : withExpectedRoles(before, after, options.roles),
    after,
    {
      ...pick(options),
      ...(!isOwnPool && { ignore }),
    },
  );
  return {
    differences: { missing: removed + groups.removed, extra: added + groups.added, changed: changed + groups.changed },
    changedBy,
    expectedLosses,
    erasedUsers: reader.erasedUsers(),
    factors,
    configuration,
  };
}

function unexpected(match: Match, changes: readonly FieldChange[], after: DiffSide): readonly FieldChange[] | 'match' {
  if (match.kind === 'missing' && isNeverCreated(match.desired)) return 'match';
  if (match.kind !== 'pair') return changes;
  const schema = schemaByName(after.pool);
  return changes.filter(({ name, after: now }) => {
    if (name === 'status') return now === 'FORCE_CHANGE_PASSWORD';
    return schema.get(name)?.mutable !== false;
  });
}

/** A role that was mapped is expected as it was mapped, any other where the pool could have it or has it. */
function withExpectedRoles(
  before: DiffSide,
  after: DiffSide,
  roles: ReadonlyMap<string, string> = new Map(),
): DiffSide {
  const account = accountOfArn(after.pool.arn);
  const rolesThere = new Map(after.groups.map(({ name, roleArn }) => [name, roleArn]));
  const groups = before.groups.map((group) => {
    const { roleArn, ...rest } = group;
    if (roleArn === undefined) return group;
    const mapped = roles.get(roleArn);
    if (mapped !== undefined) return { ...group, roleArn: mapped };
    return accountOfArn(roleArn) === account || rolesThere.get(group.name) === roleArn ? group : rest;
  });
  return { ...before, groups };
}

function pick({ configuration, knownPairs, onUser, onGroup }: VerifyPoolOptions): DiffOptions {
  return {
    ...(configuration !== undefined && { configuration }),
    ...(knownPairs && { knownPairs }),
    ...(onUser && { onUser }),
    ...(onGroup && { onGroup }),
  };
}
