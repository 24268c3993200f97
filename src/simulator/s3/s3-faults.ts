/** A refusal to inject: which requests it hits, and what becomes of them. */
export interface S3FaultRule {
  /** For example `PutObject`; every operation where absent. */
  readonly operation?: string;
  /** Tested against the key; every key where absent. */
  readonly key?: RegExp;
  /** Matching requests to let through first; 0 where absent. */
  readonly skip?: number;
  /** Matching requests to hit after that; 1 where absent. */
  readonly times?: number;
  /** `reset` cuts the connection instead of answering. */
  readonly effect: S3FaultEffect;
  /** `after` carries the request out and only loses its answer. */
  readonly when?: 'before' | 'after';
}

export type S3FaultEffect = 'reset' | { readonly status: number; readonly code: string };

/** The faults still waiting to happen, in the order they were added; the first rule that matches decides. */
export class S3Faults {
  #rules: { readonly rule: S3FaultRule; skip: number; left: number }[] = [];

  add(rule: S3FaultRule): void {
    this.#rules.push({ rule, skip: rule.skip ?? 0, left: rule.times ?? 1 });
  }

  /** Fails the next matching request before anything happens. */
  failNext(operation: string, status: 403 | 409 | 500 | 503 = 503): void {
    this.add({ operation, effect: { status, code: CODE_BY_STATUS[status] } });
  }

  clear(): void {
    this.#rules = [];
  }

  /** Uses up one hit of the first rule that matches the request. */
  take(operation: string, key: string): S3FaultRule | undefined {
    for (const pending of this.#rules) {
      const { rule } = pending;
      if (pending.left === 0) continue;
      if (rule.operation !== undefined && rule.operation !== operation) continue;
      if (rule.key !== undefined && key.search(rule.key) < 0) continue;
      if (pending.skip > 0) {
        pending.skip -= 1;
        continue;
      }
      pending.left -= 1;
      return rule;
    }
    return undefined;
  }
}

const CODE_BY_STATUS = {
  403: 'AccessDenied',
  409: 'ConditionalRequestConflict',
  500: 'InternalError',
  503: 'SlowDown',
} as const;
