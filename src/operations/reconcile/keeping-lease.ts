import type { CognitoGateway } from '../../cognito/gateway.ts';
import type { Lease } from '../../runs/lease.ts';

/** Keeps the lease with every call: listing a large pool and waiting for an import job take longer than a lease lives. */
export function keepingLease(gateway: CognitoGateway, lease: Lease): CognitoGateway {
  return {
    serviceTime: () => gateway.serviceTime(),
    upload: (url, csv, signal) => gateway.upload(url, csv, signal),
    async send(operation, request, signal) {
      await lease.keep();
      return gateway.send(operation, request, signal);
    },
  };
}
