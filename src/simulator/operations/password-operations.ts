import { sendCode } from '../codes.ts';
import { deliveryOf, recoveryContact, verifiedContact } from '../contact-rules.ts';
import { redeemCode } from '../codes.ts';
import { checkPassword } from '../password-rules.ts';
import type { PoolState } from '../pool-state.ts';
import { PASSWORD_RULE } from '../request-reader.ts';
import { invalidParameter, notAuthorized } from '../service-error.ts';
import type { UserState } from '../user-state.ts';
import { clientUser } from './client-users.ts';
import { billedWrite, type Operation } from './context.ts';

export const passwordOperations: Readonly<Record<string, Operation>> = {
  /** Permanent: CONFIRMED, whatever the status was; else FORCE_CHANGE_PASSWORD. [D] COGNITO-FACTS §4. */
  AdminSetUserPassword: (context) => {
    const { pool, user, request } = billedWrite(context);
    const password = request.text('Password', PASSWORD_RULE);
    const permanent = request.flag('Permanent') ?? false;
    checkPassword(pool, password);
    setPassword(pool, user, { password, permanent });
    return {};
  },

  /** Sends a code. [D] COGNITO-FACTS §4. */
  AdminResetUserPassword: (context) => {
    const { pool, user, account } = billedWrite(context);
    checkResettable(user);
    if (verifiedContact(user) === undefined) throw noContact();
    pool.change(user, () => {
      user.status = 'RESET_REQUIRED';
      sendCode(account, user, { purpose: 'recovery', cause: context.operation });
    });
    return {};
  },

  ForgotPassword: (context) => {
    const { pool, user } = clientUser(context);
    checkResettable(user);
    const contact = recoveryContact(pool, user);
    if (contact === undefined) throw noContact();
    context.account.counters.bill(user.sub);
    pool.changeHidden(user, () => {
      sendCode(context.account, user, { purpose: 'recovery', cause: context.operation });
    });
    return { CodeDeliveryDetails: deliveryOf(user, contact) };
  },

  ConfirmForgotPassword: (context) => {
    const { pool, user } = clientUser(context);
    const code = context.request.text('ConfirmationCode');
    const password = context.request.text('Password', PASSWORD_RULE);
    checkResettable(user);
    checkPassword(pool, password);
    redeemCode(pool, user, { purpose: 'recovery', code });
    context.account.counters.bill(user.sub);
    setPassword(pool, user, { password, permanent: true });
    return {};
  },
};

/** Sets a password; an imported hash is forgotten. */
export function setPassword(
  pool: PoolState,
  user: UserState,
  { password, permanent }: { readonly password: string; readonly permanent: boolean },
): void {
  pool.change(user, () => {
    user.password = password;
    const { passwordHash: _old, temporarySince: _since, ...rest } = user.rare ?? {};
    user.rare = permanent ? (Object.keys(rest).length > 0 ? rest : undefined) : { ...rest, temporarySince: pool.now() };
    user.status = permanent ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD';
  });
}

/** The lock-out trap: whoever still has a temporary password cannot ask for a new one. [C] COGNITO-FACTS §4. */
function checkResettable(user: UserState): void {
  if (!user.enabled) throw notAuthorized('User is disabled.');
  if (user.status === 'FORCE_CHANGE_PASSWORD' || user.status === 'EXTERNAL_PROVIDER') {
    throw notAuthorized('User password cannot be reset in the current state.');
  }
  if (user.status === 'UNCONFIRMED') throw noContact();
}

function noContact(): Error {
  return invalidParameter(
    'Cannot reset password for the user as there is no registered/verified email or phone_number',
  );
}
