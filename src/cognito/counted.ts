import type { CallCounts } from '../model/call-counts.ts';
import { isBackupError } from '../model/errors.ts';
import type { CognitoGateway } from './gateway.ts';
import { CATEGORY_OF } from './quotas.ts';

export interface CountedGateway extends CognitoGateway {
  /** Everything sent so far. */
  counts(): CallCounts;
}

/** Counts every attempt that goes out, and those that Cognito throttled. */
export function withCallCounts(gateway: CognitoGateway): CountedGateway {
  const calls: Record<string, number> = {};
  let throttles = 0;
  return {
    serviceTime: () => gateway.serviceTime(),
    upload: (url, csv, signal) => gateway.upload(url, csv, signal),
    counts: () => ({ calls: { ...calls }, throttles }),
    async send(operation, request, signal) {
      const category = CATEGORY_OF[operation];
      calls[category] = (calls[category] ?? 0) + 1;
      try {
        return await gateway.send(operation, request, signal);
      } catch (error) {
        if (isBackupError(error, 'throttled')) throttles += 1;
        throw error;
      }
    },
  };
}
