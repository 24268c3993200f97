import type { ConfigurationDifference } from '../configuration/compare-configuration.ts';

/**
 * Settings of the pool that a drill drops or turns down (`harmless-pool.ts`): how the service shows what nobody has set is its own
 * affair, and no finding.
 */
const OF_THE_POOL = [
  'AccountRecoverySetting',
  'AdminCreateUserConfig.AllowAdminCreateUserOnly',
  'AutoVerifiedAttributes',
  'DeletionProtection',
  'EmailConfiguration',
  'LambdaConfig',
  'MfaConfiguration',
  'Policies.SignInPolicy',
  'SmsConfiguration',
  'UserAttributeUpdateSettings',
  'UserPoolAddOns',
  'UserPoolTags',
  'UserPoolTier',
];
/** All that is left of the MFA settings. */
const PASSKEYS = 'WebAuthnConfiguration';

/** Differences of a new pool from its plan, without those that the drill itself has made. */
export function withoutWithheld(differences: readonly ConfigurationDifference[]): readonly ConfigurationDifference[] {
  return differences.flatMap((one) => {
    const { kind, resource, changes } = one;
    if (resource === 'risk' || resource === 'log-delivery') return [];
    if (kind !== 'changed' || (resource !== 'pool' && resource !== 'mfa')) return [one];
    const kept = changes.filter(({ path }) => {
      if (resource === 'mfa') return isAt(path, PASSKEYS);
      return !OF_THE_POOL.some((setting) => isAt(path, setting));
    });
    return kept.length > 0 ? [{ ...one, changes: kept }] : [];
  });
}

function isAt(path: string, setting: string): boolean {
  return path === setting || path.startsWith(`${setting}.`) || path.startsWith(`${setting}[`);
}
