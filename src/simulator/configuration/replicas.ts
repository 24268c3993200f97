import { poolOf, type Context, type Operation } from '../operations/context.ts';
import type { PoolState } from '../pool-state.ts';
import { ServiceError, invalidParameter } from '../service-error.ts';
import type { ReplicaState } from './pool-resources.ts';
import { requireTier } from './tiers.ts';

/** A multi-Region key. [D] COGNITO-FACTS §0. */
const MULTI_REGION_KEY = /^arn:aws[\w-]*:kms:[\w-]+:\d{12}:key\/mrk-/;

export const replicaOperations: Readonly<Record<string, Operation>> = {
  /** Ready at once. [D] COGNITO-FACTS §0, §5: Essentials, a multi-Region key, one secondary. */
  CreateUserPoolReplica: (context) => {
    const pool = poolOf(context);
    const region = regionOf(context);
    requireTier(pool.settings, 'ESSENTIALS', 'Multi-Region replication');
    if (!MULTI_REGION_KEY.test(pool.settings.KeyConfiguration?.KmsKeyArn ?? '')) {
      throw invalidParameter('Replication needs a multi-Region customer managed key.');
    }
    if (region === context.account.region) throw invalidParameter('A replica needs another Region.');
    if (pool.resources.replica) {
      throw new ServiceError('LimitExceededException', 'Exceeded the limit of replicas of a user pool.');
    }
    return keep(pool, { region, status: 'INACTIVE' });
  },

  UpdateUserPoolReplica: (context) => {
    const pool = poolOf(context);
    const { region } = existing(context, pool);
    const status = context.request.oneOf('Status', ['ACTIVE', 'INACTIVE']) ?? 'INACTIVE';
    return keep(pool, { region, status });
  },

  /** The primary among them, once there is a secondary (*unproven*). */
  ListUserPoolReplicas: (context) => {
    const pool = poolOf(context);
    const { replica } = pool.resources;
    if (!replica) return { UserPoolReplicas: [] };
    const primary = { RegionName: context.account.region, Status: 'ACTIVE', Role: 'PRIMARY', UserPoolArn: pool.arn };
    return { UserPoolReplicas: [primary, rendered(pool, replica)] };
  },

  DeleteUserPoolReplica: (context) => {
    const pool = poolOf(context);
    const replica = existing(context, pool);
    pool.resources.replica = undefined;
    return { UserPoolReplica: { ...rendered(pool, replica), Status: 'DELETING' } };
  },
};

function regionOf({ request }: Context): string {
  return request.text('RegionName', { min: 5, max: 32 });
}

function existing(context: Context, pool: PoolState): ReplicaState {
  const { replica } = pool.resources;
  if (!replica || replica.region !== regionOf(context)) {
    throw new ServiceError('ResourceNotFoundException', 'The replica does not exist.');
  }
  return replica;
}

function keep(pool: PoolState, replica: ReplicaState): object {
  pool.resources.replica = replica;
  return { UserPoolReplica: rendered(pool, replica) };
}

function rendered(pool: PoolState, { region, status }: ReplicaState): object {
  const parts = pool.arn.split(':');
  parts[3] = region;
  return { RegionName: region, Status: status, Role: 'SECONDARY', UserPoolArn: parts.join(':') };
}
