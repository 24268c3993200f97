import type { SeededRandom } from './seeded-random.ts';

/**
 * What goes wrong: an answer of the service (`429`, `500`, `access-denied`, `expired-token`, `html-body`), or of the network:
 * `reset-before` (not carried out), `reset-after` (carried out, answer lost), `stall` (no answer ever), `truncated-body`.
 */
export type FaultKind =
  | '429'
  | '500'
  | 'reset-before'
  | 'reset-after'
  | 'stall'
  | 'truncated-body'
  | 'html-body'
  | 'access-denied'
  | 'expired-token';

export interface FaultRule {
  readonly kind: FaultKind;
  /** Operation name, or `ImportUpload` for the PUT of an import file. Absent: every Cognito operation. S3 has faults of its own. */
  readonly operation?: string;
  /** From this call on of the matching ones since the rule was added, counted from 1. */
  readonly nth?: number;
  /** Chance per matching call, seeded. Default 1. */
  readonly probability?: number;
  /** How often, then never again. Default 1 with `nth`, else without end. */
  readonly times?: number;
}

interface ActiveRule {
  readonly rule: FaultRule;
  seen: number;
  fired: number;
}

/** The faults still to come. */
export class FaultPlan {
  readonly #random: SeededRandom;
  #rules: ActiveRule[] = [];

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  add(...rules: readonly FaultRule[]): void {
    for (const rule of rules) this.#rules.push({ rule, seen: 0, fired: 0 });
  }

  clear(): void {
    this.#rules = [];
  }

  /** The fault that meets this call, if any; the first rule that fires wins, every matching rule counts the call. */
  next(operation: string): FaultKind | undefined {
    let kind: FaultKind | undefined;
    for (const active of this.#rules) {
      if (!matches(active.rule, operation)) continue;
      active.seen++;
      if (kind === undefined && this.#fires(active)) {
        active.fired++;
        kind = active.rule.kind;
      }
    }
    return kind;
  }

  #fires({ rule, seen, fired }: ActiveRule): boolean {
    const { nth, probability, times = nth === undefined ? Number.POSITIVE_INFINITY : 1 } = rule;
    if (fired >= times || seen < (nth ?? 1)) return false;
    return probability === undefined || this.#random.fraction() < probability;
  }
}

function matches(rule: FaultRule, operation: string): boolean {
  if (rule.operation !== undefined) return rule.operation === operation;
  return operation !== 'ImportUpload';
}
