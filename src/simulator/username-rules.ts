import type { PoolState } from './pool-state.ts';
import { looksLikeEmail, looksLikePhone } from './schema-rules.ts';
import { ServiceError, invalidParameter } from './service-error.ts';
import { aliasExists } from './user-directory.ts';
import { withAttribute } from './user-state.ts';

type Pairs = readonly (readonly [name: string, value: string])[];

export interface NewIdentity {
  readonly username: string;
  readonly attributes: Pairs;
}

export interface IdentityOptions {
  /** Becomes the username where e-mail or phone number sign in. */
  readonly sub: string;
  /** ForceAliasCreation: the alias moves from its holder. */
  readonly stealAlias?: boolean;
}

/**
 * Turns the `Username` parameter into the username and attributes that will be stored, under the pool's sign-in model.
 * Throws InvalidParameterException, UsernameExistsException or AliasExistsException. [D] COGNITO-FACTS §4.
 */
export function newIdentity(pool: PoolState, given: string, attributes: Pairs, options: IdentityOptions): NewIdentity {
  const identity =
    pool.model.usernameAttributes.length > 0
      ? byContact(pool, given, attributes, options.sub)
      : byUsername(pool, given, attributes);
  const conflict = pool.directory.aliasHolder({ attributes: identity.attributes.flat() });
  if (conflict && pool.model.usernameAttributes.length > 0) {
    throw usernameExists(`An account with the given ${conflict.attribute} already exists.`);
  }
  if (conflict && !options.stealAlias) throw aliasExists(conflict.attribute);
  return identity;
}

/** Takes aliases away from whoever holds them: what ForceAliasCreation does. */
export function takeAliases(pool: PoolState, attributes: readonly string[]): void {
  for (let conflict = pool.directory.aliasHolder({ attributes }); conflict;) {
    const { attribute, user } = conflict;
    pool.change(user, () => {
      const lost = attribute === 'preferred_username';
      user.attributes = withAttribute(
        user.attributes,
        lost ? attribute : `${attribute}_verified`,
        lost ? undefined : 'false',
      );
    });
    conflict = pool.directory.aliasHolder({ attributes });
  }
}

function byContact(pool: PoolState, given: string, attributes: Pairs, sub: string): NewIdentity {
  const { usernameAttributes, caseSensitive } = pool.model;
  const contact = usernameAttributes.find((name) => (name === 'email' ? looksLikeEmail : looksLikePhone)(given));
  if (contact === undefined) throw invalidParameter(`Username should be ${wanted(usernameAttributes)}.`);
  const fold = (text: string): string => (caseSensitive ? text : text.toLowerCase());
  const stated = attributes.find(([name]) => name === contact)?.[1];
  if (stated && fold(stated) !== fold(given)) {
    throw invalidParameter(`The ${contact} attribute must have the value of the username.`);
  }
  const rest = attributes.filter(([name]) => name !== contact);
  return { username: sub, attributes: [[contact, stated || given], ...rest] };
}

function byUsername(pool: PoolState, given: string, attributes: Pairs): NewIdentity {
  const { aliasAttributes } = pool.model;
  if (aliasAttributes.includes('email') && looksLikeEmail(given)) {
    throw invalidParameter('Username cannot be of email format, since user pool is configured for email alias.');
  }
  if (aliasAttributes.includes('phone_number') && looksLikePhone(given)) {
    throw invalidParameter(
      'Username cannot be of phone number format, since user pool is configured for phone number alias.',
    );
  }
  if (pool.directory.byUsername(given)) throw usernameExists('User account already exists');
  return { username: given, attributes };
}

function wanted(names: readonly string[]): string {
  if (names.length > 1) return 'either an email or a phone number';
  return names[0] === 'email' ? 'an email' : 'a phone number';
}

function usernameExists(message: string): ServiceError {
  return new ServiceError('UsernameExistsException', message);
}
