import type { DrillPreview } from './drill-result.ts';
import type { DrillPhase, DrillPhaseName } from './phase-clock.ts';

/** How long it takes until the pool is there with its users. */
export interface RecoveryTime {
  /** Read, plan, configuration and users, as they were. */
  readonly measuredMs: number;
  /** For all users of the snapshot: measured where all were restored, else what one user took, times all of them. */
  readonly allUsersMs: number;
  /** What the plan had said for all users, at the rates in force. */
  readonly plannedMs: number;
  readonly isExtrapolated: boolean;
}

const UNTIL_USABLE: ReadonlySet<DrillPhaseName> = new Set(['read', 'plan', 'configuration', 'users']);

export function recoveryTime({ users, price }: DrillPreview, phases: readonly DrillPhase[]): RecoveryTime {
  const sum = (wanted: (phase: DrillPhaseName) => boolean): number =>
    phases.reduce((total, { phase, durationMs }) => total + (wanted(phase) ? durationMs : 0), 0);
  const measuredMs = sum((phase) => UNTIL_USABLE.has(phase));
  const usersMs = sum((phase) => phase === 'users');
  const times = users.restored > 0 ? users.all / users.restored : 1;
  return {
    measuredMs,
    allUsersMs: Math.round(measuredMs + usersMs * (times - 1)),
    plannedMs: Math.round(price.durationMs * times),
    isExtrapolated: users.restored < users.all,
  };
}
