import { describe, expect, it } from 'vitest';
import { CATEGORY_RATES, categoryOf, hasPerPoolRate, PER_POOL_RATE } from '../simulator/quota-categories.ts';
import { CATEGORY_OF, PER_POOL_REQUESTS_PER_SECOND, QUOTAS, type QuotaCategory } from './quotas.ts';

/** Without those of other services. */
const categories = (Object.keys(QUOTAS) as QuotaCategory[]).filter((category) => category !== 'OtherServices');
const OF_COGNITO = Object.entries(CATEGORY_OF).filter(([, category]) => category !== 'OtherServices');

describe('quotas', () => {
  it.each(OF_COGNITO)('%s counts against the category of the service: %s', (operation, category) => {
    expect(category).toBe(categoryOf(operation));
    expect(categories).toContain(category);
  });

  it.each(categories)('%s has the default rate of the service', (category) => {
    expect(QUOTAS[category].requestsPerSecond).toBe(CATEGORY_RATES[category]);
    expect(QUOTAS[category].isPerPool).toBe(hasPerPoolRate(category));
    expect(PER_POOL_REQUESTS_PER_SECOND).toBe(PER_POOL_RATE);
  });

  it('hold other services, which have none in common with Cognito, to what no pool has', () => {
    expect(QUOTAS.OtherServices).toEqual({ requestsPerSecond: 5, share: 0.98, isPerPool: false });
  });

  it('are shared by halves with people who sign up or in, reset a password or change their profile', () => {
    const shared = categories.filter((category) => QUOTAS[category].share === 0.5);
    expect(shared).toEqual([
      'UserCreation',
      'UserAccountRecovery',
      'UserUpdate',
      'UserRead',
      'UserResourceUpdate',
      'UserAuthentication',
    ]);
    const others = categories.filter((category) => !shared.includes(category));
    expect(others.map((category) => QUOTAS[category].share)).toEqual(others.map(() => 0.98));
  });
});
