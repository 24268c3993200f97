import type { DrillOutcome, DrillPreview } from './drill-result.ts';
import type { DrillPhaseName } from './phase-clock.ts';

/** How long it takes until the pool is there with its users. */
export interface RecoveryTime {
  /** Read, plan, configuration and users, as they were. */
  readonly measuredMs: number;
  /**
   * For all users of the snapshot: measured where all were restored, else as if the others had been written as fast as the
   * sample; what does not depend on them (configuration, groups) counts once.
   */
  readonly allUsersMs: number;
  /** What the plan for all users says, at the rates in force. */
  readonly plannedMs: number;
  readonly isExtrapolated: boolean;
}

const UNTIL_USABLE: ReadonlySet<DrillPhaseName> = new Set(['read', 'plan', 'configuration', 'users']);

export function recoveryTime(
  { users }: Pick<DrillPreview, 'users'>,
  { phases, writingMs, plannedMs }: Pick<DrillOutcome, 'phases' | 'writingMs' | 'plannedMs'>,
): RecoveryTime {
  const measuredMs = phases.reduce((sum, { phase, durationMs }) => sum + (UNTIL_USABLE.has(phase) ? durationMs : 0), 0);
  const times = users.restored > 0 ? users.all / users.restored : 1;
  return {
    measuredMs,
    allUsersMs: Math.round(measuredMs + writingMs * (times - 1)),
    plannedMs: Math.round(plannedMs),
    isExtrapolated: users.restored < users.all,
  };
}
