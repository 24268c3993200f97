import type { CognitoGateway } from './gateway.ts';

/**
 * A gateway that is loaded at the first call, and the SDK with it: half of the time that the library takes to import, which
 * whoever only verifies, exports or asks for help need not spend.
 */
export function lazyGateway(load: () => Promise<CognitoGateway>): CognitoGateway {
  let loading: Promise<CognitoGateway> | undefined;
  let loaded: CognitoGateway | undefined;
  const gateway = async (): Promise<CognitoGateway> => (loaded ??= await (loading ??= load()));
  return {
    serviceTime: () => loaded?.serviceTime(),
    send: async (operation, request, signal) => (await gateway()).send(operation, request, signal),
    upload: async (url, csv, signal) => (await gateway()).upload(url, csv, signal),
  };
}
