import type { CognitoGateway } from '../../cognito/gateway.ts';
import { readConfiguration } from '../../cognito/read-configuration.ts';
import type { PoolId } from '../../model/ids.ts';
import type { ConfigurationResource, ResourceKind } from '../../model/pool-configuration.ts';
import type { PoolDescription } from '../../model/pool.ts';
import {
  compareConfiguration,
  type ComparedPool,
  type ConfigurationComparison,
  type ConfigurationDifference,
} from '../../plan/configuration/compare-configuration.ts';
import { isManaged } from '../../plan/new-pool/guard-requests.ts';
import type { NewPoolOptions, NewPoolPlan } from '../../plan/new-pool/new-pool-plan.ts';

export interface NewPoolComparison extends ConfigurationComparison {
  readonly pool: PoolDescription;
  readonly resources: readonly ConfigurationResource[];
}

/** What the plan never promised to make. */
const NOT_MADE: ReadonlySet<ResourceKind> = new Set(['replica', 'web-acl', 'trigger-permission']);

/** Reads the new pool back and compares it with what the plan expects: what is left is what nobody predicted. */
export async function compareNewPool(
  gateway: CognitoGateway,
  plan: NewPoolPlan,
  made: {
    readonly poolId: PoolId;
    readonly clients: ReadonlyMap<string, string>;
    readonly scope: NewPoolOptions['scope'];
    /** An attribute that the new pool got besides the source's. */
    readonly addedAttribute?: string | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<NewPoolComparison> {
  const { poolId, signal } = made;
  const pool = await gateway.send('DescribeUserPool', { poolId }, signal);
  const { resources, notCaptured } = await readConfiguration(gateway, pool, {
    includeSecrets: true,
    signal,
  });
  const isCompared = ({ kind }: ConfigurationResource): boolean =>
    made.scope === 'users' ? kind === 'mfa' : !NOT_MADE.has(kind);
  const after: ComparedPool = {
    pool,
    resources: resources.filter((resource) => isCompared(resource) && !isManaged(resource)),
    notCaptured,
  };
  const before: ComparedPool = {
    ...plan.expected,
    resources: plan.expected.resources.map((resource) => underNewId(resource, made.clients)),
  };
  const { differences, notCompared } = compareConfiguration(before, after);
  return { differences: differences.flatMap((one) => withoutAttribute(one, made)), notCompared, pool, resources };
}

function withoutAttribute(
  difference: ConfigurationDifference,
  { addedAttribute }: { readonly addedAttribute?: string | undefined },
): ConfigurationDifference[] {
  if (addedAttribute === undefined || difference.resource !== 'pool') return [difference];
  const changes = difference.changes.filter(({ path }) => !path.startsWith(`SchemaAttributes[${addedAttribute}]`));
  return changes.length > 0 ? [{ ...difference, changes }] : [];
}

function underNewId(resource: ConfigurationResource, clients: ReadonlyMap<string, string>): ConfigurationResource {
  const { kind, key } = resource;
  if (kind === 'identity-provider' || kind === 'resource-server' || kind === 'domain') return resource;
  const [id = '', ...rest] = key.split(' ');
  return { ...resource, key: [clients.get(id) ?? id, ...rest].join(' ') };
}
