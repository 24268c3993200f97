import { compareConfiguration, type ConfigurationDifference } from '../../plan/configuration/compare-configuration.ts';
import type { ResourceKind } from '../../model/pool-configuration.ts';
import type { DiffSide } from '../values/diff-side.ts';

export interface ConfigurationDiff {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** Holds no personal data of users, and no secret. */
  readonly differences: readonly ConfigurationDifference[];
  /** Kinds that one side has and the other could not read. */
  readonly notCompared: readonly ResourceKind[];
}

/** What has to happen to the configuration of `before` to become that of `after`. */
export async function diffConfiguration(before: DiffSide, after: DiffSide): Promise<ConfigurationDiff> {
  const old = { pool: before.pool, ...(await before.configuration()) };
  const now = { pool: after.pool, ...(await after.configuration()) };
  const { differences, notCompared } = compareConfiguration(old, now);
  const count = (wanted: ConfigurationDifference['kind']): number =>
    differences.filter(({ kind }) => kind === wanted).length;
  return { added: count('added'), removed: count('removed'), changed: count('changed'), differences, notCompared };
}
