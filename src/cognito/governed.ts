import { isBackupError } from '../model/errors.ts';
import type { Observer } from '../model/events.ts';
import type { CognitoGateway } from './gateway.ts';
import type { Governor } from './governor.ts';
import { CATEGORY_OF } from './quotas.ts';

/** Paces every attempt, and reports each throttling to the governor and the observer. */
export function withGovernor(gateway: CognitoGateway, governor: Governor, observer: Observer): CognitoGateway {
  return {
    serviceTime: () => gateway.serviceTime(),
    upload: (url, csv, signal) => gateway.upload(url, csv, signal),
    async send(operation, request, signal) {
      const poolId = 'poolId' in request ? request.poolId : undefined;
      await governor.acquire(operation, poolId, signal);
      try {
        return await gateway.send(operation, request, signal);
      } catch (error) {
        if (isBackupError(error, 'throttled')) {
          const category = CATEGORY_OF[operation];
          observer({ kind: 'throttled', category, operation, ratePerSecond: governor.throttled(operation, poolId) });
        }
        throw error;
      }
    },
  };
}
