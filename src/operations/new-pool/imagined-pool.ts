import type { CognitoGateway, OperationName, RequestOf, ResponseOf } from '../../cognito/gateway.ts';
import { headerFromSchema } from '../../csv/header-from-schema.ts';
import { BackupError } from '../../model/errors.ts';
import { parsePoolId, type PoolId } from '../../model/ids.ts';
import type { JsonObject } from '../../model/pool-configuration.ts';
import type { PoolDescription } from '../../model/pool.ts';
import type { NewPoolPlan } from '../../plan/new-pool/new-pool-plan.ts';

/** What the pool of a plan will be like before the first user: so that users can be planned before anything is written. */
export function imaginedPool({ expected, name, target, steps }: NewPoolPlan): PoolDescription {
  const { pool } = expected;
  const id = parsePoolId(`${target.region}_NotMadeYet`);
  const mfa = steps.some(({ kind }) => kind === 'mfa') ? pool.mfa : 'OFF';
  return {
    ...pool,
    id,
    name,
    arn: arnOf(pool.arn, { id, ...target }),
    mfa,
    triggers: [],
    tags: [],
    deletionProtection: false,
    estimatedUsers: 0,
  };
}

/** Answers for a pool that is not there yet as an empty one would. It can be read alone. */
export function imaginedGateway(
  gateway: CognitoGateway,
  pool: PoolDescription,
  { providers, mfa }: { readonly providers: readonly string[]; readonly mfa: JsonObject },
): CognitoGateway {
  const answers: { readonly [Name in OperationName]?: () => ResponseOf<Name> } = {
    DescribeUserPool: () => pool,
    ListGroups: () => ({ items: [] }),
    ListUsers: () => ({ items: [] }),
    ListUserImportJobs: () => ({ items: [] }),
    GetUserPoolMfaConfig: () => mfa,
    ListIdentityProviders: () => ({ items: providers }),
    // What is made today is of the newer infrastructure, whose templates have the column. [I] COGNITO-FACTS §3
    GetCSVHeader: () => headerFromSchema(pool.schema, { passwordHash: true }),
  };
  return {
    ...gateway,
    serviceTime: () => gateway.serviceTime(),
    async send<Name extends OperationName>(operation: Name, request: RequestOf<Name>, signal?: AbortSignal) {
      if (!('poolId' in request) || request.poolId !== pool.id) return gateway.send(operation, request, signal);
      const answer = answers[operation];
      if (!answer) throw new BackupError('internal', `A pool that is not made yet was asked for ${operation}`);
      return answer();
    },
  };
}

function arnOf(arn: string, { id, region, account }: { id: PoolId; region: string; account: string }): string {
  const [prefix = 'arn', partition = 'aws', service = 'cognito-idp'] = arn.split(':');
  return [prefix, partition, service, region, account, `userpool/${id}`].join(':');
}
