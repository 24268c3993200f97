import type { CognitoGateway, OperationName } from '../../src/cognito/gateway.ts';
import { BackupError } from '../../src/model/errors.ts';

/** Every operation that changes a pool. */
const MUTATIONS: ReadonlySet<OperationName> = new Set([
  'AddCustomAttributes',
  'CreateGroup',
  'UpdateGroup',
  'DeleteGroup',
  'AdminCreateUser',
  'AdminSetUserPassword',
  'AdminUpdateUserAttributes',
  'AdminDeleteUserAttributes',
  'AdminDisableUser',
  'AdminEnableUser',
  'AdminDeleteUser',
  'AdminAddUserToGroup',
  'AdminRemoveUserFromGroup',
  'AdminLinkProviderForUser',
  'AdminSetUserMFAPreference',
  'CreateUserImportJob',
  'StartUserImportJob',
  'StopUserImportJob',
  'CreateUserPool',
  'UpdateUserPool',
  'SetUserPoolMfaConfig',
  'CreateResourceServer',
  'CreateIdentityProvider',
  'CreateUserPoolClient',
  'CreateUserPoolDomain',
  'DeleteUserPoolDomain',
  'CreateManagedLoginBranding',
  'SetUICustomization',
  'CreateTerms',
  'SetRiskConfiguration',
  'SetLogDeliveryConfiguration',
  'SetUserPoolSessionConfiguration',
  'SetUserPoolClientSessionConfiguration',
  'DeleteUserPool',
]);

export function isMutation(operation: OperationName): boolean {
  return MUTATIONS.has(operation);
}

/** A gateway whose process dies at the `k`-th write: before it is sent, or after it took effect. All later calls fail too. */
export function dyingGateway(gateway: CognitoGateway, k: number, when: 'before' | 'after'): CognitoGateway {
  let writes = 0;
  const die = (): never => {
    throw new BackupError('internal', 'The process was killed here');
  };
  return {
    ...gateway,
    async send(operation, request, signal) {
      if (writes > k) die();
      if (!MUTATIONS.has(operation)) return gateway.send(operation, request, signal);
      writes += 1;
      if (writes === k && when === 'before') {
        writes += 1;
        die();
      }
      const response = await gateway.send(operation, request, signal);
      if (writes === k && when === 'after') {
        writes += 1;
        die();
      }
      return response;
    },
  };
}

/** Counts the writes that went through. */
export function countingWrites(gateway: CognitoGateway): {
  readonly gateway: CognitoGateway;
  readonly writes: () => number;
} {
  let writes = 0;
  return {
    writes: () => writes,
    gateway: {
      ...gateway,
      send: (operation, request, signal) => {
        if (MUTATIONS.has(operation)) writes += 1;
        return gateway.send(operation, request, signal);
      },
    },
  };
}
