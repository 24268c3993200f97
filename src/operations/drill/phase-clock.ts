import type { Runtime } from '../../runtime/runtime.ts';

export const DRILL_PHASES = [
  'read',
  'plan',
  'leftovers',
  'configuration',
  'users',
  'compare',
  'sign-in',
  'delete',
] as const;
export type DrillPhaseName = (typeof DRILL_PHASES)[number];

export interface DrillPhase {
  readonly phase: DrillPhaseName;
  readonly durationMs: number;
}

/** Measures phases by the monotonic clock; time between them, as for an answer of a person, is nobody's. */
export class PhaseClock {
  readonly #runtime: Runtime;
  readonly #measured = new Map<DrillPhaseName, number>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  async measure<Value>(phase: DrillPhaseName, work: () => Promise<Value>): Promise<Value> {
    const startedMs = this.#runtime.monotonicMs();
    try {
      return await work();
    } finally {
      this.add(phase, this.#runtime.monotonicMs() - startedMs);
    }
  }

  add(phase: DrillPhaseName, durationMs: number): void {
    this.#measured.set(phase, (this.#measured.get(phase) ?? 0) + durationMs);
  }

  /** In the order in which they follow one another. */
  phases(): readonly DrillPhase[] {
    return DRILL_PHASES.flatMap((phase) => {
      const durationMs = this.#measured.get(phase);
      return durationMs === undefined ? [] : [{ phase, durationMs: Math.round(durationMs) }];
    });
  }
}
