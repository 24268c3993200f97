import type { CognitoGateway, OperationName, RequestOf } from '../../src/cognito/gateway.ts';
import { BackupError } from '../../src/model/errors.ts';

export interface RefusingGateway extends CognitoGateway {
  /** The user for whom it refuses; `undefined` as long as nobody was. */
  refused(): string | undefined;
}

/** A gateway that refuses one operation for the first user who needs it, for good: an everyday way to leave somebody half-made. */
export function refusingGateway(gateway: CognitoGateway, refusedOperation: OperationName): RefusingGateway {
  let refused: string | undefined;
  return {
    ...gateway,
    refused: () => refused,
    async send(operation, request, signal) {
      const { username } = request as Partial<RequestOf<'AdminDeleteUser'>>;
      if (operation === refusedOperation && username === (refused ??= username)) {
        throw new BackupError('rejected', 'Refused', { awsName: 'LimitExceededException' });
      }
      return gateway.send(operation, request, signal);
    },
  };
}
