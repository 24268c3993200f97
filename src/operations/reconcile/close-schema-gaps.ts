import { BackupError } from '../../model/errors.ts';
import type { ReconcileDependencies } from './dependencies.ts';
import type { ReconcileRequest } from './requests.ts';
import type { Target } from './target.ts';

/** AddCustomAttributes takes 25 a call, and a pool holds 50 custom attributes. COGNITO-FACTS §5 [D]. */
const ATTRIBUTES_PER_CALL = 25;
const MAX_CUSTOM_ATTRIBUTES = 50;

/** Adds the attributes that the target lacks, as the source defines them. They cannot be removed again. */
export async function closeSchemaGaps(
  { gateway }: ReconcileDependencies,
  request: ReconcileRequest,
  target: Target,
  names: readonly string[],
): Promise<void> {
  const definitions = (request.desired.source?.schema ?? []).filter(({ name }) => names.includes(name));
  const missing = names.filter((name) => !definitions.some((definition) => definition.name === name));
  if (missing.length > 0) {
    throw new BackupError('schema-gap', `The source does not say how to create: ${missing.join(', ')}`, {
      hint: 'Create them in the target pool by hand, or use --drop-attribute or --map-attribute',
    });
  }
  const present = target.pool.schema.filter(({ name }) => name.startsWith('custom:')).length;
  if (present + definitions.length > MAX_CUSTOM_ATTRIBUTES) {
    throw new BackupError('schema-gap', `Pool ${request.target} has no room for ${definitions.length} more attributes`, {
      hint: `A pool holds ${MAX_CUSTOM_ATTRIBUTES} custom attributes; use --drop-attribute or --map-attribute`,
    });
  }
  for (let first = 0; first < definitions.length; first += ATTRIBUTES_PER_CALL) {
    const attributes = definitions.slice(first, first + ATTRIBUTES_PER_CALL);
    await gateway.send('AddCustomAttributes', { poolId: request.target, attributes }, request.signal);
  }
}
