import type { QuotaInForce } from '../../cognito/rates.ts';
import type { DoctorFinding } from './doctor-finding.ts';
import type { PoolSize, Price } from './price-pool.ts';

/** A restore that takes longer than a working day is worth knowing of beforehand. */
const LONG_MS = 8 * 60 * 60 * 1_000;

export function judgeQuotas(
  quotas: readonly QuotaInForce[],
  prices: readonly Price[],
  size: PoolSize,
): DoctorFinding[] {
  return [...unanswered(quotas), ...membershipsUnknown(size), ...longRestore(prices)];
}

function unanswered(quotas: readonly QuotaInForce[]): DoctorFinding[] {
  // Who may not ask is told among the permissions.
  const silent = quotas.filter(({ source, refusal }) => source === 'default' && refusal !== 'not-authorized');
  if (silent.length === 0) return [];
  return [
    {
      topic: 'quotas',
      code: 'limits-not-told',
      level: 'note',
      found: `Cognito names no limit for ${silent.map(({ category }) => category).join(', ')}`,
      means: 'The documented default is taken for them',
    },
  ];
}

function membershipsUnknown({ memberships, users }: PoolSize): DoctorFinding[] {
  if (memberships !== null || users === 0) return [];
  return [
    {
      topic: 'quotas',
      code: 'memberships-unknown',
      level: 'note',
      found: 'Without a snapshot, groups, memberships and disabled users are not in these times',
      means: 'Each membership costs a restore one call, at the pace of UserUpdate',
    },
  ];
}

function longRestore(prices: readonly Price[]): DoctorFinding[] {
  const restores = prices.filter(({ job }) => job === 'restore');
  const shortestMs = Math.min(...restores.map(({ durationMs }) => durationMs));
  if (restores.length === 0 || shortestMs < LONG_MS) return [];
  return [
    {
      topic: 'quotas',
      code: 'restore-long',
      level: 'warning',
      found: `A restore of everybody by the API takes ${Math.round(shortestMs / 3_600_000)} hours or more`,
      means: 'The quotas of writes decide it, not this machine',
      next: 'Plan for import jobs (--import-role), a standby pool (mirror), a raised UserCreation, or --quota-share 1 while nobody signs up',
    },
  ];
}
