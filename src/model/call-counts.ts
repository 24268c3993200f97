/** Calls by quota category; categories without one may be absent. */
export type Calls = Readonly<Record<string, number>>;

/** What was called, and how often Cognito throttled it. */
export interface CallCounts {
  readonly calls: Calls;
  readonly throttles: number;
}

export function addCalls(...all: readonly Calls[]): Calls {
  const sum: Record<string, number> = {};
  for (const calls of all) {
    for (const [category, count] of Object.entries(calls)) sum[category] = (sum[category] ?? 0) + count;
  }
  return sum;
}

/** Calls that came after others. */
export function callsSince(before: Calls, after: Calls): Calls {
  const own = Object.entries(after).map(([category, count]) => [category, count - (before[category] ?? 0)] as const);
  return Object.fromEntries(own.filter(([, count]) => count > 0));
}
