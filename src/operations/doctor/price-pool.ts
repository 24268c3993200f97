import type { OperationName } from '../../cognito/gateway.ts';
import type { QuotaCategory } from '../../cognito/quotas.ts';
import type { QuotaInForce } from '../../cognito/rates.ts';
import { billsMau, callsOf } from '../../plan/calls.ts';
import { PASSWORD_MODES, type PasswordMode } from '../../plan/context.ts';
import type { CreateUser, DeleteUser, PasswordStep, UserEntry } from '../../plan/entries.ts';
import type { ReconcileDependencies } from '../reconcile/dependencies.ts';
import { listingCalls, priceCalls, type PricedCalls } from '../reconcile/price-calls.ts';

/** What is known of how large a pool is. */
export interface PoolSize {
  /** Cognito's estimate. */
  readonly users: number;
  /** From the newest snapshot; `null` where there is none. */
  readonly disabled: number | null;
  readonly memberships: number | null;
  readonly groups: number | null;
}

/** What a whole job takes at the rates in force. */
export interface Price extends PricedCalls {
  readonly job: 'backup' | 'restore' | 'clean';
  /** Of a restore. */
  readonly passwords?: PasswordMode;
  /** Users whom AWS bills as monthly active for it. */
  readonly mauUsers: number;
}

const PASSWORD_STEPS: { readonly [Mode in PasswordMode]: PasswordStep } = {
  random: { kind: 'random' },
  temporary: { kind: 'temporary' },
  none: { kind: 'unset' },
};

/** The categories that decide how long a backup, a restore or a clean takes. */
export const PACING_CATEGORIES = [
  'UserList',
  'UserCreation',
  'UserAccountRecovery',
  'UserUpdate',
  'UserResourceUpdate',
  'UserPoolResourceUpdate',
] as const satisfies readonly QuotaCategory[];

/** Every user is priced as a plan prices one of the kind; what only a plan can know (links, later changes) is not in it. */
export async function pricePool(
  size: PoolSize,
  quotas: readonly QuotaInForce[],
  modes: readonly PasswordMode[] = PASSWORD_MODES,
): Promise<readonly Price[]> {
  const inForce = new Map(quotas.map((quota) => [quota.category, quota]));
  const rate: ReconcileDependencies['rate'] = async (category, _calls, of) => {
    const { pace, perPoolPace } = inForce.get(category) ?? {};
    return (of === 'pool' ? perPoolPace : pace) ?? Infinity;
  };
  const { users, memberships, groups } = size;
  const membershipPages = (groups ?? 0) + Math.floor((memberships ?? 0) / 60);
  const prices: Price[] = [
    {
      job: 'backup',
      mauUsers: 0,
      ...(await priceCalls(
        [
          ['ListUsers', listingCalls(users)],
          ['ListUsersInGroup', membershipPages],
        ],
        rate,
      )),
    },
  ];
  for (const passwords of modes) {
    const entry = createdUser(PASSWORD_STEPS[passwords]);
    const calls = [...restoreCalls(entry, size), ['ListUsers', listingCalls(users)] as const];
    prices.push({ job: 'restore', passwords, mauUsers: mauOf(entry, users), ...(await priceCalls(calls, rate)) });
  }
  const deletes: (readonly [OperationName, number])[] = [...times(DELETED_USER, users), ['DeleteGroup', groups ?? 0]];
  prices.push({ job: 'clean', mauUsers: mauOf(DELETED_USER, users), ...(await priceCalls(deletes, rate)) });
  return prices;
}

function restoreCalls(entry: CreateUser, size: PoolSize): readonly (readonly [OperationName, number])[] {
  return [
    ...times(entry, size.users),
    ['CreateGroup', size.groups ?? 0],
    ['AdminDisableUser', size.disabled ?? 0],
    ['AdminAddUserToGroup', size.memberships ?? 0],
  ];
}

function times(entry: UserEntry, count: number): readonly (readonly [OperationName, number])[] {
  return callsOf(entry).map(([operation, one]) => [operation, one * count] as const);
}

function mauOf(entry: UserEntry, users: number): number {
  return billsMau(entry) ? users : 0;
}

function createdUser(password: PasswordStep): CreateUser {
  return {
    kind: 'create-user',
    engine: 'api',
    source: { username: '' },
    username: '',
    attributes: [],
    setLater: [],
    password,
    disable: false,
    links: [],
    groups: [],
  };
}

const DELETED_USER: DeleteUser = { kind: 'delete-user', username: '', sub: '' };
