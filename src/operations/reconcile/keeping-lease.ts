import { checkedRequest } from '../../cognito/checked.ts';
import type { CognitoGateway } from '../../cognito/gateway.ts';
import type { Lease } from '../../runs/lease.ts';

/**
 * Keeps the lease with every call: listing a large pool and waiting for an import job take longer than a lease lives. It is
 * asked again when a call has waited for its turn, so that a run that stalled meanwhile writes nothing in a pool it lost.
 */
export function keepingLease(gateway: CognitoGateway, lease: Lease): CognitoGateway {
  return {
    serviceTime: () => gateway.serviceTime(),
    async upload(url, csv, signal) {
      await lease.keep();
      return gateway.upload(url, csv, signal);
    },
    async send(operation, request, signal) {
      await lease.keep();
      return gateway.send(
        operation,
        checkedRequest(request, () => lease.keep()),
        signal,
      );
    },
  };
}
