import type { ContactAttribute } from './pool-config.ts';
import type { PoolState } from './pool-state.ts';
import { invalidParameter } from './service-error.ts';
import { attributeOf } from './user-state.ts';

export const CONTACTS = ['email', 'phone_number'] as const satisfies readonly ContactAttribute[];

type Holder = { readonly attributes: readonly string[] };

/** Throws InvalidParameterException for a verified flag without its value. [D] AdminCreateUser, `UserAttributes`. */
export function checkVerifiedFlags(holder: Holder): void {
  for (const contact of CONTACTS) {
    if (isVerified(holder, contact) && !attributeOf(holder, contact)) {
      throw invalidParameter(`${contact} is required when ${contact}_verified is true.`);
    }
  }
}

function isVerified(holder: Holder, contact: ContactAttribute): boolean {
  return attributeOf(holder, `${contact}_verified`) === 'true';
}

export function hasContact(holder: Holder): boolean {
  return CONTACTS.some((contact) => attributeOf(holder, contact));
}

export function autoVerifies(pool: PoolState, contact: ContactAttribute): boolean {
  return pool.settings.AutoVerifiedAttributes?.includes(contact) ?? false;
}

/** The verified contact a recovery code goes to, under the pool's recovery setting; `undefined`: there is none. [D] COGNITO-FACTS §4. */
export function recoveryContact(pool: PoolState, holder: Holder): ContactAttribute | undefined {
  return recoveryOrder(pool).find((contact) => isVerified(holder, contact) && attributeOf(holder, contact));
}

/** What an administrator's reset uses: any verified contact, `admin_only` or not. */
export function verifiedContact(holder: Holder): ContactAttribute | undefined {
  return CONTACTS.find((contact) => isVerified(holder, contact) && attributeOf(holder, contact));
}

export function deliveryOf(holder: Holder, contact: ContactAttribute): object {
  const value = attributeOf(holder, contact) ?? '';
  return {
    Destination:
      contact === 'email'
        ? `${value.charAt(0)}***@${value.split('@')[1]?.charAt(0) ?? ''}***`
        : `+*******${value.slice(-4)}`,
    DeliveryMedium: contact === 'email' ? 'EMAIL' : 'SMS',
    AttributeName: contact,
  };
}

function recoveryOrder(pool: PoolState): readonly ContactAttribute[] {
  const mechanisms = pool.settings.AccountRecoverySetting?.RecoveryMechanisms;
  if (!mechanisms || mechanisms.length === 0) return CONTACTS;
  return [...mechanisms]
    .sort((left, right) => left.Priority - right.Priority)
    .flatMap(({ Name }): ContactAttribute[] =>
      Name === 'verified_email' ? ['email'] : Name === 'verified_phone_number' ? ['phone_number'] : [],
    );
}
