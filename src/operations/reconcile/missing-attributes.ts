import { BackupError, isBackupError } from '../../model/errors.ts';
import type { PoolDescription, SchemaAttribute } from '../../model/pool.ts';
import { legacySubDefinition } from '../../plan/legacy-sub.ts';
import type { ReconcileDependencies } from './dependencies.ts';
import type { ReconcileRequest } from './requests.ts';
import type { Target } from './target.ts';

/** AddCustomAttributes takes 25 a call, and a pool holds 50 custom attributes. COGNITO-FACTS §5 [D]. */
const ATTRIBUTES_PER_CALL = 25;
const MAX_CUSTOM_ATTRIBUTES = 50;

/** Custom attributes of the source that the target lacks, as the source defines them, and the one for the old `sub`. */
export function missingAttributes(
  source: PoolDescription | undefined,
  target: PoolDescription,
  subAttribute?: string,
): SchemaAttribute[] {
  const present = new Set(target.schema.map(({ name }) => name));
  const custom = (source?.schema ?? []).filter(({ name }) => name.startsWith('custom:'));
  const isDefined = subAttribute === undefined || custom.some(({ name }) => name === subAttribute);
  return [...custom, ...(isDefined ? [] : [legacySubDefinition(subAttribute)])].filter(
    ({ name }) => !present.has(name),
  );
}

/** The target as it will be once the attributes are created, so that the plan is made for that. Throws `schema-gap`. */
export function withAttributes(target: Target, added: readonly SchemaAttribute[]): Target {
  if (added.length === 0) return target;
  const schema = [...target.pool.schema, ...added];
  if (schema.filter(({ name }) => name.startsWith('custom:')).length > MAX_CUSTOM_ATTRIBUTES) {
    throw new BackupError('schema-gap', `Pool ${target.pool.id} has no room for ${added.length} more attributes`, {
      hint: `A pool holds ${MAX_CUSTOM_ATTRIBUTES} custom attributes; use --drop-attribute or --map-attribute instead`,
    });
  }
  const importHeader = target.importHeader && [...target.importHeader, ...added.map(({ name }) => name)];
  return { ...target, pool: { ...target.pool, schema }, importHeader };
}

/** Adds the attributes to the target pool. They cannot be removed again. */
export async function createAttributes(
  { gateway }: ReconcileDependencies,
  request: ReconcileRequest,
  added: readonly SchemaAttribute[],
): Promise<void> {
  for (let first = 0; first < added.length; first += ATTRIBUTES_PER_CALL) {
    const attributes = added.slice(first, first + ATTRIBUTES_PER_CALL);
    try {
      await gateway.send('AddCustomAttributes', { poolId: request.target, attributes }, request.signal);
    } catch (error) {
      if (!isBackupError(error, 'rejected') || !error.repeated) throw error;
      // Refused the second time, because the first attempt, whose answer was lost, had created them.
      const { schema } = await gateway.send('DescribeUserPool', { poolId: request.target }, request.signal);
      const present = new Set(schema.map(({ name }) => name));
      if (!attributes.every(({ name }) => present.has(name))) throw error;
    }
  }
}
