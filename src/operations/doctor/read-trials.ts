import type { CognitoGateway, OperationName, RequestOf } from '../../cognito/gateway.ts';
import type { PoolId } from '../../model/ids.ts';
import { outcomeOfError, type ReadOutcome } from './read-outcome.ts';

/** Nothing has these names, and nothing could be called so by chance: what is asked is whether asking is allowed. */
const NOTHING = {
  group: 'cognito-backup-doctor-looks-for-nothing',
  clientId: 'cognitobackupdoctor0nothing',
  providerName: 'cognito-backup-doctor-nothing',
  domain: 'cognito-backup-doctor-looks-for-nothing',
  termsId: '00000000-0000-4000-8000-000000000000',
  jobId: 'import-00000000',
  username: 'cognito-backup-doctor-looks-for-nobody',
} as const;

/** One harmless call of every read that takes more than the pool's id. */
const REQUESTS: { readonly [Name in OperationName]?: (poolId: PoolId) => RequestOf<Name> } = {
  ListUserPools: () => ({}),
  ListUsersInGroup: (poolId) => ({ poolId, group: NOTHING.group }),
  DescribeUserPoolClient: (poolId) => ({ poolId, clientId: NOTHING.clientId }),
  DescribeIdentityProvider: (poolId) => ({ poolId, providerName: NOTHING.providerName }),
  DescribeUserPoolDomain: (poolId) => ({ poolId, domain: NOTHING.domain }),
  DescribeManagedLoginBrandingByClient: (poolId) => ({ poolId, clientId: NOTHING.clientId }),
  DescribeTerms: (poolId) => ({ poolId, termsId: NOTHING.termsId }),
  GetUserPoolClientSessionConfiguration: (poolId) => ({ poolId, clientId: NOTHING.clientId }),
  AdminGetUserAuthFactors: (poolId) => ({ poolId, username: NOTHING.username }),
  DescribeUserImportJob: (poolId) => ({ poolId, jobId: NOTHING.jobId }),
};

/**
 * A gateway beside which it is written down which reads answered. Of several calls of one operation the denial counts: IAM
 * may allow one client and not another, and a backup wants all.
 */
export class RecordedReads {
  readonly #outcomes = new Map<OperationName, ReadOutcome>();
  readonly #gateway: CognitoGateway;

  constructor(gateway: CognitoGateway) {
    this.#gateway = gateway;
  }

  get gateway(): CognitoGateway {
    const inner = this.#gateway;
    return {
      serviceTime: () => inner.serviceTime(),
      upload: (...call) => inner.upload(...call),
      send: async (operation, request, signal) => {
        try {
          const answer = await inner.send(operation, request, signal);
          this.#note({ operation, state: 'answered' });
          return answer;
        } catch (error) {
          this.#note(outcomeOfError(operation, error));
          throw error;
        }
      },
    };
  }

  /** Tries what was not called yet. Throws what is no answer: an outage. */
  async tryOthers(operations: Iterable<OperationName>, poolId: PoolId, signal?: AbortSignal): Promise<void> {
    const { gateway } = this;
    for (const operation of operations) {
      if (this.#outcomes.has(operation)) continue;
      const request = REQUESTS[operation]?.(poolId) ?? { poolId };
      try {
        await gateway.send(operation, request, signal);
      } catch (error) {
        outcomeOfError(operation, error);
      }
    }
  }

  note(outcome: ReadOutcome): void {
    this.#note(outcome);
  }

  outcomes(): ReadonlyMap<OperationName, ReadOutcome> {
    return new Map(this.#outcomes);
  }

  #note(outcome: ReadOutcome): void {
    const before = this.#outcomes.get(outcome.operation);
    if (before?.state !== 'denied') this.#outcomes.set(outcome.operation, outcome);
  }
}
