import type { AccountState } from '../account-state.ts';
import type { AppClient } from '../configuration/app-client.ts';
import type { PoolState } from '../pool-state.ts';
import { attributePairs, type UserState } from '../user-state.ts';

const LIFE_SECONDS = 3600;

/** AuthenticationResult with tokens of the right shape; their signature means nothing. */
export function signInTokens(
  account: AccountState,
  { pool, client, user }: { readonly pool: PoolState; readonly client: AppClient; readonly user: UserState },
): object {
  const now = Math.floor(account.clock() / 1000);
  const claims = {
    sub: user.sub,
    ...(user.groups?.length ? { 'cognito:groups': user.groups } : {}),
    iss: `https://cognito-idp.${account.region}.amazonaws.com/${pool.id}`,
    auth_time: now,
    iat: now,
    exp: now + LIFE_SECONDS,
  };
  return {
    AccessToken: token({ ...claims, client_id: client.id, token_use: 'access', username: user.username }),
    IdToken: token({
      ...Object.fromEntries(attributePairs(user.attributes)),
      ...claims,
      'cognito:username': user.username,
      aud: client.id,
      token_use: 'id',
    }),
    RefreshToken: token({ jti: account.random.hex(32) }),
    ExpiresIn: LIFE_SECONDS,
    TokenType: 'Bearer',
  };
}

function token(claims: object): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${encode({ kid: 'simulator', alg: 'RS256' })}.${encode(claims)}.${Buffer.from('simulated').toString('base64url')}`;
}
