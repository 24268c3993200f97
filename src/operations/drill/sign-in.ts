import { randomPassword } from '../../apply/random-password.ts';
import type { CognitoGateway, SignInAnswer } from '../../cognito/gateway.ts';
import { listAll } from '../../cognito/listing.ts';
import { isBackupError } from '../../model/errors.ts';
import type { PoolDescription } from '../../model/pool.ts';
import type { User } from '../../model/user.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { makeOnce } from '../new-pool/make-once.ts';

/** `nobody`: the pool has no user who is enabled and confirmed. */
export type SignInOutcome = 'signed-in' | 'refused' | 'nobody';

export interface SignInResult {
  readonly outcome: SignInOutcome;
  /** How many restored users were tried. */
  readonly attempts: number;
  /** Cognito's exception or challenge at the last attempt, where it did not end with tokens of the pool for that user. */
  readonly answer: string | null;
}

export interface SignInOptions {
  readonly runtime: Runtime;
  readonly signal?: AbortSignal | undefined;
}

/** Restored users who are tried before the sign-in counts as failed. */
const MOST_ATTEMPTS = 3;

/**
 * Signs a restored user in: gives them a password that nobody learns, in the scratch pool alone, and asks for tokens by it through a
 * client made for this. The pool asks for no second factor, so that nothing is sent.
 */
export async function signIn(
  gateway: CognitoGateway,
  pool: PoolDescription,
  options: SignInOptions,
): Promise<SignInResult> {
  const users = await candidates(gateway, pool, options);
  if (users.length === 0) return { outcome: 'nobody', attempts: 0, answer: null };
  const clientId = await makeClient(gateway, pool, options);
  let answer: string | null = null;
  for (const [index, user] of users.entries()) {
    answer = await tryOne(gateway, { pool, user, clientId }, options);
    if (answer === null) return { outcome: 'signed-in', attempts: index + 1, answer };
  }
  return { outcome: 'refused', attempts: users.length, answer };
}

/** Calls that it makes at most, by category, for the price before the first write. */
export const SIGN_IN_CALLS = {
  UserList: 1,
  UserPoolClientUpdate: 1,
  UserAccountRecovery: MOST_ATTEMPTS,
  UserAuthentication: MOST_ATTEMPTS,
} as const;

async function candidates(
  gateway: CognitoGateway,
  pool: PoolDescription,
  { signal }: SignInOptions,
): Promise<readonly User[]> {
  const found: User[] = [];
  for await (const user of listAll(gateway, 'ListUsers', { poolId: pool.id }, signal)) {
    if (user.enabled && user.status === 'CONFIRMED') found.push(user);
    if (found.length === MOST_ATTEMPTS) break;
  }
  return found;
}

/** Clients of the snapshot stay as they are: few allow this way in, and many have a secret. */
async function makeClient(gateway: CognitoGateway, { id: poolId }: PoolDescription, options: SignInOptions) {
  const document = { ClientName: 'cognito-backup-drill', ExplicitAuthFlows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH'] };
  // A second one does no harm: both go with the pool.
  return makeOnce(
    () => gateway.send('CreateUserPoolClient', { poolId, document }, options.signal),
    async () => undefined,
    options,
  );
}

interface Attempt {
  readonly pool: PoolDescription;
  readonly user: User;
  readonly clientId: string;
}

/** `null` for tokens of this pool and client, for this user. */
async function tryOne(
  gateway: CognitoGateway,
  { pool, user, clientId }: Attempt,
  { runtime, signal }: SignInOptions,
): Promise<string | null> {
  const target = { poolId: pool.id, username: user.username };
  const password = randomPassword(pool.passwordPolicy, runtime);
  try {
    await gateway.send('AdminSetUserPassword', { ...target, password, permanent: true }, signal);
    const answer = await gateway.send('AdminInitiateAuth', { ...target, clientId, password }, signal);
    return problemOf(answer, { pool, user, clientId });
  } catch (error) {
    if (!isBackupError(error, 'rejected')) throw error;
    return error.awsName ?? error.code;
  }
}

function problemOf(answer: SignInAnswer, { pool, user, clientId }: Attempt): string | null {
  if (answer.kind === 'challenge') return answer.name;
  const isOurs = answer.issuer.endsWith(`/${pool.id}`) && answer.clientId === clientId && answer.sub === user.sub;
  return isOurs ? null : 'TokensOfAnother';
}
