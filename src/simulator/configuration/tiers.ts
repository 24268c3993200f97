import { ServiceError } from '../service-error.ts';

export type Tier = 'LITE' | 'ESSENTIALS' | 'PLUS';

const TIERS: readonly Tier[] = ['LITE', 'ESSENTIALS', 'PLUS'];

interface Tiered {
  readonly UserPoolTier?: Tier;
}

/** The feature plan; ESSENTIALS by default. [D] CreateUserPool, `UserPoolTier`. */
export function hasTier({ UserPoolTier = 'ESSENTIALS' }: Tiered, least: Tier): boolean {
  return TIERS.indexOf(UserPoolTier) >= TIERS.indexOf(least);
}

export function requireTier(pool: Tiered, least: Tier, feature: string): void {
  if (!hasTier(pool, least)) {
    throw new ServiceError(
      'FeatureUnavailableInTierException',
      `${feature} is not available in the ${pool.UserPoolTier ?? 'ESSENTIALS'} tier.`,
    );
  }
}
