import { redeemCode, sendCode } from '../codes.ts';
import { CONTACTS, autoVerifies, deliveryOf } from '../contact-rules.ts';
import { checkPassword } from '../password-rules.ts';
import type { PoolState } from '../pool-state.ts';
import { NAME_RULE, PASSWORD_RULE } from '../request-reader.ts';
import { checkNewAttributes, checkRequiredAttributes } from '../schema-rules.ts';
import { notAuthorized } from '../service-error.ts';
import { aliasExists } from '../user-directory.ts';
import { attributeOf, newUserState, withAttribute, type UserState } from '../user-state.ts';
import { newIdentity } from '../username-rules.ts';
import { newSub } from '../uuid.ts';
import { checkSecretHash, clientOf, clientUser } from './client-users.ts';
import { billedWrite, type Operation } from './context.ts';
import { attributesOf, checkPreferredUsername, fireTrigger } from './user-operations.ts';

export const signUpOperations: Readonly<Record<string, Operation>> = {
  SignUp: (context) => {
    const { account, request } = context;
    const { client, pool } = clientOf(context);
    const given = request.text('Username', NAME_RULE);
    checkSecretHash(client, given, request.optionalText('SecretHash'));
    if (pool.settings.AdminCreateUserConfig?.AllowAdminCreateUserOnly) {
      throw notAuthorized('SignUp is not permitted for this user pool');
    }
    const password = request.text('Password', PASSWORD_RULE);
    checkPassword(pool, password);
    const pairs = attributesOf(request, 'UserAttributes').filter(([, value]) => value !== '');
    checkNewAttributes(pool.schema, pairs);
    if (pairs.some(([name]) => name.endsWith('_verified'))) {
      throw notAuthorized('A client attempted to write unauthorized attribute');
    }
    checkPreferredUsername(pool, pairs);
    const sub = newSub(account.random, account.subDigit);
    const identity = newIdentity(pool, given, pairs, { sub });
    checkRequiredAttributes(pool.schema, identity.attributes);
    const user = newUserState({
      sub,
      username: identity.username,
      status: 'UNCONFIRMED',
      attributes: identity.attributes.flat(),
      createdAt: account.clock(),
      password,
    });
    account.counters.bill(sub);
    fireTrigger(context, pool);
    pool.insert(user, { lagged: true });
    const contact = CONTACTS.find((name) => autoVerifies(pool, name) && attributeOf(user, name));
    if (contact) sendCode(account, user, { purpose: 'sign-up', cause: context.operation });
    return {
      UserConfirmed: false,
      UserSub: sub,
      ...(contact ? { CodeDeliveryDetails: deliveryOf(user, contact) } : {}),
    };
  },

  ConfirmSignUp: (context) => {
    const { pool, user } = clientUser(context);
    checkUnconfirmed(user);
    redeemCode(pool, user, { purpose: 'sign-up', code: context.request.text('ConfirmationCode') });
    context.account.counters.bill(user.sub);
    confirmWithContact(pool, user, context.request.flag('ForceAliasCreation') ?? false);
    return {};
  },

  /** Confirms without verifying a contact. */
  AdminConfirmSignUp: (context) => {
    const { pool, user } = billedWrite(context);
    checkUnconfirmed(user);
    pool.change(user, () => {
      user.status = 'CONFIRMED';
    });
    return {};
  },
};

/** The alias comes alive with the confirmation, unless somebody else has it. */
function confirmWithContact(pool: PoolState, user: UserState, stealAlias: boolean): void {
  const contact = CONTACTS.find((name) => autoVerifies(pool, name) && attributeOf(user, name));
  const attributes = contact ? withAttribute(user.attributes, `${contact}_verified`, 'true') : user.attributes;
  const conflict = pool.directory.aliasHolder({ attributes }, user);
  if (conflict && !stealAlias) throw aliasExists(conflict.attribute);
  pool.change(user, () => {
    user.status = 'CONFIRMED';
    user.attributes = attributes;
  });
}

function checkUnconfirmed(user: UserState): void {
  if (user.status !== 'UNCONFIRMED') {
    throw notAuthorized(`User cannot be confirmed. Current status is ${user.status}`);
  }
}
