import type { CognitoGateway } from '../../cognito/gateway.ts';
import { listAll } from '../../cognito/listing.ts';
import type { PoolId } from '../../model/ids.ts';
import type { User } from '../../model/user.ts';

/** Asks a pool for the user with a `sub`, as it is now; `undefined` when there is none. */
export function lookUpUser(
  gateway: CognitoGateway,
  poolId: PoolId,
  signal?: AbortSignal,
): (sub: string) => Promise<User | undefined> {
  return async (sub) => {
    // A quote would end the value in the filter; Cognito makes none.
    if (/["\\]/.test(sub)) return undefined;
    for await (const user of listAll(gateway, 'ListUsers', { poolId, filter: `sub = "${sub}"` }, signal)) {
      if (user.sub === sub) return user;
    }
    return undefined;
  };
}
