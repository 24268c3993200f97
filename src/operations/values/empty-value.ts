import type { DesiredValue } from '../../plan/desired.ts';
import type { Scope } from '../../plan/scope.ts';

/** Nothing, as the value a pool should take: what clean is after. */
export function emptyValue(scope: Scope): DesiredValue {
  return {
    fingerprint: 'nothing',
    source: undefined,
    scope,
    expectedUsers: 0,
    groups: [],
    readUsers: async () => {},
    readMemberships: undefined,
    membershipKey: (user) => user.username,
  };
}
