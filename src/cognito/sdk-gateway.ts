import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { throwIfInterrupted } from '../runtime/interruption.ts';
import { toBackupError } from './error-map.ts';
import type { CognitoGateway, OperationName } from './gateway.ts';
import { configurationWrites } from './sdk/configuration-writes.ts';
import { configurationOperations } from './sdk/configuration-operations.ts';
import { refreshRefusedCredentials } from './sdk/fresh-credentials.ts';
import { groupOperations } from './sdk/group-operations.ts';
import { importOperations } from './sdk/import-operations.ts';
import type { SdkOperation, SdkOperations } from './sdk/operation.ts';
import { otherServices } from './sdk/other-services.ts';
import { poolOperations } from './sdk/pool-operations.ts';
import { uploadFile } from './sdk/upload-file.ts';
import { parseUserLists } from './sdk/user-lists.ts';
import { userOperations } from './sdk/user-operations.ts';

export interface SdkGatewayOptions {
  /** Certificates for the upload of import files; the client has its own. */
  readonly ca?: Buffer | string;
}

const OPERATIONS: SdkOperations<OperationName> = {
  ...poolOperations,
  ...userOperations,
  ...groupOperations,
  ...importOperations,
  ...configurationOperations,
  ...configurationWrites,
  ...otherServices,
};

/** The gateway that talks to Cognito: one attempt a call, unpaced. Compose it with `createGateway`. */
export function createSdkGateway(
  client: CognitoIdentityProviderClient,
  options: SdkGatewayOptions = {},
): CognitoGateway {
  const clock = watchServiceTime(client);
  refreshRefusedCredentials(client);
  // It redacts every answer for a logger that does nothing: a quarter of the CPU of a listing, measured 2026-11.
  client.middlewareStack.remove('loggerMiddleware');
  parseUserLists(client);
  return {
    async send(operation, request, signal) {
      throwIfInterrupted(signal);
      try {
        const call: SdkOperation<typeof operation> = OPERATIONS[operation];
        return await call(client, request, signal ? { abortSignal: signal } : {});
      } catch (error) {
        const poolId = 'poolId' in request ? request.poolId : undefined;
        throw toBackupError(error, { operation, poolId, signal, hasAnswered: clock.latest() !== undefined });
      }
    },
    serviceTime: clock.latest,
    upload: (preSignedUrl, csv, signal) => uploadFile(preSignedUrl, csv.path, { ...options, signal }),
  };
}

/** Reads the `Date` header of every answer, refusals included. */
function watchServiceTime(client: CognitoIdentityProviderClient): { latest(): Date | undefined } {
  let latest: Date | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const time = dateOf(result.response);
      if (time) latest = time;
      return result;
    },
    { step: 'deserialize', priority: 'low' },
  );
  return { latest: () => latest };
}

function dateOf(response: unknown): Date | undefined {
  const { headers } = response as { readonly headers?: Readonly<Record<string, string | undefined>> };
  const time = new Date(headers?.['date'] ?? Number.NaN);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
