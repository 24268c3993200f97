import { sendCode, redeemCode } from '../codes.ts';
import { verifyPassword } from '../password-hash.ts';
import { checkPassword, temporaryPasswordExpired } from '../password-rules.ts';
import type { PoolState } from '../pool-state.ts';
import { NAME_RULE, PASSWORD_RULE } from '../request-reader.ts';
import { checkChangedAttributes, requiredAttributes } from '../schema-rules.ts';
import { ServiceError, invalidParameter, notAuthorized } from '../service-error.ts';
import { attributeOf, attributePairs, withAttribute, type UserState } from '../user-state.ts';
import { randomUuid } from '../uuid.ts';
import { signInTokens } from './sign-in-tokens.ts';
import { checkSecretHash, clientOf, type ClientContext } from './client-users.ts';
import { noSuchUser, poolOf, type Context, type Operation } from './context.ts';
import { setPassword } from './password-operations.ts';

/** Life of a challenge's session. [D] CreateUserPoolClient, AuthSessionValidity: 3 minutes. */
const SESSION_LIFE_MS = 180_000;

export const authOperations: Readonly<Record<string, Operation>> = {
  InitiateAuth: (context) => initiate(context, 'USER_PASSWORD_AUTH'),
  AdminInitiateAuth: (context) => initiate(context, 'ADMIN_USER_PASSWORD_AUTH'),
  RespondToAuthChallenge: (context) => respond(context),
  AdminRespondToAuthChallenge: (context) => respond(context),
};

async function initiate(context: Context, flow: 'USER_PASSWORD_AUTH' | 'ADMIN_USER_PASSWORD_AUTH'): Promise<object> {
  const { request } = context;
  const found = clientOf(context);
  checkPoolOfClient(context, found);
  const asked = request.text('AuthFlow');
  if (asked !== flow && !(asked === 'ADMIN_NO_SRP_AUTH' && flow === 'ADMIN_USER_PASSWORD_AUTH')) {
    throw invalidParameter(`The simulator does not know the flow ${asked} here`);
  }
  if (!found.client.allows(flow)) throw invalidParameter(`${flow} flow not enabled for this client`);
  const parameters = request.object('AuthParameters');
  if (!parameters) throw invalidParameter('Missing required parameter USERNAME');
  const username = parameters.text('USERNAME', NAME_RULE);
  const password = parameters.text('PASSWORD', { max: 256 });
  checkSecretHash(found.client, username, parameters.optionalText('SECRET_HASH'));
  const user = found.pool.directory.resolve(username);
  if (!user) throw found.client.hidesUnknownUsers ? wrongPassword() : noSuchUser();
  await authenticate(found.pool, user, password);
  context.account.counters.bill(user.sub);
  return nextStep(context, found, user);
}

/** Who may go on, by status. [D, C] COGNITO-FACTS §4. */
async function authenticate(pool: PoolState, user: UserState, password: string): Promise<void> {
  if (!user.enabled) throw notAuthorized('User is disabled.');
  if (user.status === 'RESET_REQUIRED') {
    throw new ServiceError('PasswordResetRequiredException', 'Password reset required for the user');
  }
  const hash = user.rare?.passwordHash;
  const fits = hash === undefined ? user.password === password : await verifyPassword(hash, password);
  if (!fits || user.status === 'EXTERNAL_PROVIDER') throw wrongPassword();
  if (user.status === 'UNCONFIRMED') throw new ServiceError('UserNotConfirmedException', 'User is not confirmed.');
  const since = user.rare?.temporarySince;
  if (user.status === 'FORCE_CHANGE_PASSWORD' && since !== undefined && temporaryPasswordExpired(pool, since)) {
    throw notAuthorized('Temporary password has expired and must be reset by an administrator.');
  }
}

function nextStep(context: Context, { pool, client }: ClientContext, user: UserState): object {
  if (user.status === 'FORCE_CHANGE_PASSWORD') {
    const missing = requiredAttributes(pool.schema).filter((name) => !attributeOf(user, name));
    return challenge(context, { pool, user }, 'NEW_PASSWORD_REQUIRED', {
      USER_ID_FOR_SRP: user.username,
      requiredAttributes: JSON.stringify(missing.map((name) => `userAttributes.${name}`)),
      userAttributes: JSON.stringify(Object.fromEntries(attributePairs(user.attributes))),
    });
  }
  if (user.rare?.smsMfa && pool.settings.MfaConfiguration !== undefined && pool.settings.MfaConfiguration !== 'OFF') {
    pool.changeHidden(user, () => sendCode(context.account, user, { purpose: 'sms-mfa', cause: context.operation }));
    return challenge(context, { pool, user }, 'SMS_MFA', {
      CODE_DELIVERY_DELIVERY_MEDIUM: 'SMS',
      USER_ID_FOR_SRP: user.username,
    });
  }
  return { ChallengeParameters: {}, AuthenticationResult: signInTokens(context.account, { pool, client, user }) };
}

function challenge(
  { account }: Context,
  { pool, user }: { readonly pool: PoolState; readonly user: UserState },
  name: 'NEW_PASSWORD_REQUIRED' | 'SMS_MFA',
  parameters: Readonly<Record<string, string>>,
): object {
  const session = `AYABe${randomUuid(account.random)}`;
  account.sessions.set(session, {
    poolId: pool.id,
    sub: user.sub,
    challenge: name,
    expiresAt: account.clock() + SESSION_LIFE_MS,
  });
  return { ChallengeName: name, Session: session, ChallengeParameters: parameters };
}

function respond(context: Context): object {
  const { account, request } = context;
  const found = clientOf(context);
  checkPoolOfClient(context, found);
  const name = request.text('ChallengeName');
  const session = request.text('Session', { min: 20, max: 2048 });
  const open = account.sessions.get(session);
  const user = open && found.pool.directory.bySub(open.sub);
  if (!open || !user || open.challenge !== name || open.poolId !== found.pool.id || open.expiresAt < account.clock()) {
    throw notAuthorized('Invalid session for the user.');
  }
  const answers = request.textMap('ChallengeResponses') ?? {};
  checkSecretHash(found.client, answers['USERNAME'] ?? '', answers['SECRET_HASH']);
  if (name === 'NEW_PASSWORD_REQUIRED') replacePassword(found.pool, user, answers);
  else redeemCode(found.pool, user, { purpose: 'sms-mfa', code: answers['SMS_MFA_CODE'] ?? '' });
  account.sessions.delete(session);
  account.counters.bill(user.sub);
  if (name === 'NEW_PASSWORD_REQUIRED') return nextStep(context, found, user);
  return { ChallengeParameters: {}, AuthenticationResult: signInTokens(account, { ...found, user }) };
}

/** The user completes the profile along with the new password. */
function replacePassword(pool: PoolState, user: UserState, answers: Readonly<Record<string, string>>): void {
  const password = answers['NEW_PASSWORD'];
  if (!password || !PASSWORD_RULE.pattern?.test(password))
    throw invalidParameter('Missing required parameter NEW_PASSWORD');
  const given = Object.entries(answers)
    .filter(([key]) => key.startsWith('userAttributes.'))
    .map(([key, value]) => [key.slice('userAttributes.'.length), value] as const);
  checkChangedAttributes(pool.schema, given);
  let attributes = user.attributes;
  for (const [name, value] of given) attributes = withAttribute(attributes, name, value);
  const missing = requiredAttributes(pool.schema).find((name) => !attributeOf({ attributes }, name));
  if (missing !== undefined) throw invalidParameter(`Invalid attributes given, ${missing} is missing`);
  checkPassword(pool, password);
  pool.change(user, () => {
    user.attributes = attributes;
  });
  setPassword(pool, user, { password, permanent: true });
}

function checkPoolOfClient(context: Context, { client, pool }: ClientContext): void {
  if (!context.operation.startsWith('Admin')) return;
  if (poolOf(context) !== pool) {
    throw new ServiceError('ResourceNotFoundException', `User pool client ${client.id} does not exist.`);
  }
}

function wrongPassword(): ServiceError {
  return notAuthorized('Incorrect username or password.');
}
