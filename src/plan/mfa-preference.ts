import type { LossKind } from '../model/losses.ts';
import {
  attributeOf,
  RESTORABLE_FACTORS,
  type Attribute,
  type MfaPreference,
  type RestorableFactor,
  type UserFactors,
} from '../model/user.ts';
import type { PlanContext } from './context.ts';
import type { DesiredUser } from './desired.ts';

/** What becomes of a user's second factors: those that are turned on again, and what is lost of the rest. */
export interface WantedMfa {
  readonly mfa?: MfaPreference;
  readonly losses: readonly LossKind[];
}

/** How the user gets there, as far as it decides about factors. */
export interface MfaWay {
  readonly attributes: readonly Attribute[];
  /** Whether the user ends as one who may have a preference: whoever has to change a temporary password may not. COGNITO-FACTS §4 [D] */
  readonly isConfirmed: boolean;
  /** A row of an import file knows SMS alone. */
  readonly byJob: boolean;
}

/**
 * Of a deep snapshot, the factors that need no secret; else the SMS preference that a listing may show (legacy `MFAOptions`).
 * What Cognito is known to refuse is a loss, not an attempt. COGNITO-FACTS §4
 */
export function wantedMfa(user: DesiredUser, way: MfaWay, context: PlanContext): WantedMfa {
  if (!user.factors) {
    const wantsSms = way.isConfirmed && wantsLegacySms(user, way.attributes, context);
    return { ...(wantsSms && { mfa: { factors: ['SMS_MFA'], preferred: 'SMS_MFA' } as const }), losses: [] };
  }
  const { mfa, preferred } = user.factors;
  const factors = RESTORABLE_FACTORS.filter((factor) => mfa.includes(factor) && canHave(factor, way, context));
  const first = factors.find((factor) => factor === preferred);
  return {
    ...(factors.length > 0 && { mfa: { factors, ...(first !== undefined && { preferred: first }) } }),
    losses: lossesOf(user.factors, factors),
  };
}

function canHave(factor: RestorableFactor, way: MfaWay, { target, targetFactors }: PlanContext): boolean {
  if (!way.isConfirmed || target.mfa === 'OFF' || !targetFactors.has(factor)) return false;
  if (factor === 'EMAIL_OTP') return !way.byJob && isVerified('email', way.attributes);
  return isVerified('phone_number', way.attributes);
}

function isVerified(contact: 'email' | 'phone_number', attributes: readonly Attribute[]): boolean {
  const value = attributeOf({ attributes }, contact) ?? '';
  return value !== '' && attributeOf({ attributes }, `${contact}_verified`)?.toLowerCase() === 'true';
}

/** Secrets of authenticator apps and passkeys come back nowhere; each is named once for a user. */
function lossesOf({ mfa, configured }: UserFactors, restored: readonly string[]): readonly LossKind[] {
  const losses: LossKind[] = [];
  const lost = mfa.filter((factor) => factor !== 'SOFTWARE_TOKEN_MFA' && !restored.includes(factor));
  if (lost.length > 0) losses.push('mfa-preference');
  if (mfa.includes('SOFTWARE_TOKEN_MFA') || configured.includes('SOFTWARE_TOKEN')) losses.push('totp');
  if (configured.includes('WEB_AUTHN')) losses.push('passkeys');
  return losses;
}

function wantsLegacySms(user: DesiredUser, attributes: readonly Attribute[], context: PlanContext): boolean {
  if (context.target.mfa === 'OFF') return false;
  const isShown = user.mfaOptions?.some((option) => option.deliveryMedium === 'SMS') ?? false;
  return isShown && attributes.some(([name]) => name === 'phone_number');
}
