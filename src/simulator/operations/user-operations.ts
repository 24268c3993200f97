import { CONTACTS, autoVerifies, checkVerifiedFlags, hasContact } from '../contact-rules.ts';
import { sendCode } from '../codes.ts';
import { allowsPasswordless, checkPassword, generatedPassword } from '../password-rules.ts';
import type { ContactAttribute } from '../pool-config.ts';
import type { PoolState } from '../pool-state.ts';
import { NAME_RULE, PASSWORD_RULE, type RequestReader } from '../request-reader.ts';
import {
  checkChangedAttributes,
  checkNewAttributes,
  checkRemovedAttributes,
  normalisedValue,
} from '../schema-rules.ts';
import { ServiceError, invalidParameter } from '../service-error.ts';
import { aliasExists } from '../user-directory.ts';
import { attributeOf, newUserState, renderUser, withAttribute } from '../user-state.ts';
import { mfaSettingsOf } from '../user-mfa.ts';
import { newIdentity, takeAliases } from '../username-rules.ts';
import { newSub } from '../uuid.ts';
import {
  billedUser,
  billedWrite,
  noSuchUser,
  poolOf,
  writtenUser,
  type Context,
  type Operation,
  type UserContext,
} from './context.ts';

type Pairs = readonly (readonly [name: string, value: string])[];

export const userOperations: Readonly<Record<string, Operation>> = {
  AdminCreateUser: (context) => {
    const action = context.request.oneOf('MessageAction', ['RESEND', 'SUPPRESS']);
    return action === 'RESEND' ? resendInvitation(context) : createUser(context, action === undefined);
  },

  AdminGetUser: (context) => {
    const { user } = billedUser(context);
    return { ...renderUser(user, 'UserAttributes'), ...mfaSettingsOf(user) };
  },

  AdminUpdateUserAttributes: (context) => {
    const found = billedWrite(context);
    const { pool, user, request } = found;
    const pairs = attributesOf(request, 'UserAttributes');
    checkChangedAttributes(pool.schema, pairs);
    if (user.status === 'UNCONFIRMED') checkPreferredUsername(pool, pairs);
    const next = contactsApplied(found, pairs);
    checkVerifiedFlags({ attributes: next.attributes });
    const conflict = pool.directory.aliasHolder({ attributes: next.attributes }, user);
    if (conflict) throw aliasExists(conflict.attribute);
    pool.change(user, () => {
      user.attributes = next.attributes;
      for (const contact of next.toVerify) {
        sendCode(context.account, user, { purpose: `verify-${contact}`, cause: context.operation });
      }
      if (next.pending) user.rare = { ...user.rare, pending: { ...user.rare?.pending, ...next.pending } };
    });
    return {};
  },

  AdminDeleteUserAttributes: (context) => {
    const { pool, user, request } = billedWrite(context);
    const names = request.texts('UserAttributeNames') ?? [];
    checkRemovedAttributes(pool.schema, names);
    pool.change(user, () => {
      for (const name of names) user.attributes = withAttribute(user.attributes, name, undefined);
    });
    return {};
  },

  AdminDisableUser: (context) => {
    setEnabled(billedWrite(context), false);
    return {};
  },

  AdminEnableUser: (context) => {
    setEnabled(billedWrite(context), true);
    return {};
  },

  AdminDeleteUser: (context) => {
    const { pool, user } = writtenUser(context);
    pool.delete(user);
    return {};
  },
};

function createUser(context: Context, invites: boolean): object {
  const { account, request } = context;
  const pool = poolOf(context);
  const given = request.text('Username', NAME_RULE);
  const pairs = attributesOf(request, 'UserAttributes').filter(([, value]) => value !== '');
  checkNewAttributes(pool.schema, pairs);
  checkPreferredUsername(pool, pairs);
  const password = temporaryPassword(pool, request);
  const stealAlias = request.flag('ForceAliasCreation') ?? false;
  const sub = newSub(account.random, account.subDigit);
  const identity = newIdentity(pool, given, pairs, { sub, stealAlias });
  const attributes = identity.attributes.flat();
  checkVerifiedFlags({ attributes });
  const passwordless = password === undefined && allowsPasswordless(pool);
  if (passwordless && !hasContact({ attributes })) {
    throw invalidParameter('A user without a password needs an email address or a phone number.');
  }
  if (stealAlias) takeAliases(pool, attributes);
  const now = account.clock();
  const user = newUserState({
    sub,
    username: identity.username,
    status: passwordless ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD',
    attributes,
    createdAt: now,
    password: passwordless ? undefined : (password ?? generatedPassword(account.random)),
    rare: passwordless ? undefined : { temporarySince: now },
  });
  account.quotas.admitUserWrite(sub);
  account.counters.bill(sub);
  fireTrigger(context, pool);
  pool.insert(user, { lagged: true });
  if (invites && hasContact(user)) account.counters.countMessage(context.operation);
  return { User: renderUser(user) };
}

function resendInvitation(context: Context): object {
  const { account, request } = context;
  const pool = poolOf(context);
  const user = pool.directory.resolve(request.text('Username', NAME_RULE));
  if (!user) throw noSuchUser();
  if (user.status !== 'FORCE_CHANGE_PASSWORD') {
    throw new ServiceError(
      'UnsupportedUserStateException',
      `Resend not possible. Status of user ${user.username} is not FORCE_CHANGE_PASSWORD`,
    );
  }
  const password = temporaryPassword(pool, request) ?? generatedPassword(account.random);
  account.counters.bill(user.sub);
  pool.change(user, () => {
    user.password = password;
    user.rare = { ...user.rare, temporarySince: pool.now() };
  });
  account.counters.countMessage(context.operation);
  return { User: renderUser(user) };
}

function temporaryPassword(pool: PoolState, request: RequestReader): string | undefined {
  const password = request.optionalText('TemporaryPassword', { max: 256 });
  if (!password) return undefined;
  request.text('TemporaryPassword', PASSWORD_RULE);
  checkPassword(pool, password);
  return password;
}

export function fireTrigger({ account }: Context, pool: PoolState): void {
  if (pool.settings.LambdaConfig?.['PreSignUp'] !== undefined) account.counters.triggersFired++;
}

/** Later values win over earlier ones of the same name. */
export function attributesOf(request: RequestReader, name: string): Pairs {
  const values = new Map((request.attributes(name) ?? []).map(([key, value]) => [key, normalisedValue(key, value)]));
  return [...values];
}

/** [C] The message is Cognito's; that it also meets AdminCreateUser is *unproven*. COGNITO-FACTS §4. */
export function checkPreferredUsername(pool: PoolState, pairs: Pairs): void {
  if (!pool.model.aliasAttributes.includes('preferred_username')) return;
  if (pairs.some(([name, value]) => name === 'preferred_username' && value !== '')) {
    throw invalidParameter(
      'Preferred username cannot be provided for unconfirmed account, since user pool is configured for preferred username alias.',
    );
  }
}

interface ContactChange {
  readonly attributes: string[];
  readonly toVerify: readonly ContactAttribute[];
  readonly pending?: Readonly<Record<string, string>>;
}

/**
 * A contact that comes without its flag at true is unverified afterwards; where the pool verifies it by itself, a message
 * goes out, and the old value may stay until that is answered. [D] COGNITO-FACTS §4.
 */
function contactsApplied({ pool, user }: UserContext, pairs: Pairs): ContactChange {
  const given = new Map(pairs);
  const toVerify: ContactAttribute[] = [];
  const pending: Record<string, string> = {};
  for (const contact of CONTACTS) {
    const value = given.get(contact);
    const flag = `${contact}_verified`;
    if (!value || given.get(flag) === 'true') continue;
    const waits = autoVerifies(pool, contact) && keepsOldValue(pool, contact) && attributeOf(user, contact);
    if (autoVerifies(pool, contact)) toVerify.push(contact);
    if (waits) {
      pending[contact] = value;
      given.delete(contact);
      given.delete(flag);
    } else {
      given.set(flag, 'false');
    }
  }
  let attributes = user.attributes;
  for (const [name, value] of given) attributes = withAttribute(attributes, name, value === '' ? undefined : value);
  return { attributes, toVerify, ...(Object.keys(pending).length > 0 ? { pending } : {}) };
}

function keepsOldValue(pool: PoolState, contact: ContactAttribute): boolean {
  const settings = pool.settings.UserAttributeUpdateSettings;
  return settings?.AttributesRequireVerificationBeforeUpdate?.includes(contact) ?? false;
}

function setEnabled({ pool, user }: UserContext, enabled: boolean): void {
  pool.change(user, () => {
    user.enabled = enabled;
  });
}
