/** What the simulator saw and caused since it started, or since the last reset. Numbers only; safe to print as JSON. */
export interface Counters {
  /** Every request, refused ones included, by operation. */
  readonly calls: Readonly<Record<string, number>>;
  /** The same, by quota category. */
  readonly callsByCategory: Readonly<Record<string, number>>;
  /** When the first and the last of them came, by quota category: a rate is the calls between them by the time between them. */
  readonly spanByCategory: Readonly<Record<string, Span>>;
  /** Requests refused with TooManyRequestsException by a quota, by operation. */
  readonly throttles: Readonly<Record<string, number>>;
  /** Refusals by exception name. */
  readonly errors: Readonly<Record<string, number>>;
  readonly messages: {
    /** E-mails and SMS that an administrator's call caused. A backup tool must leave this at 0. */
    readonly causedByAdmin: number;
    /** E-mails and SMS that a user asked for: ForgotPassword, SignUp. */
    readonly askedByUser: number;
    readonly byCause: Readonly<Record<string, number>>;
  };
  /** Distinct users touched by billed operations: monthly active users caused. */
  readonly maus: number;
  /** PreSignUp invocations. */
  readonly triggersFired: number;
  readonly faults: Readonly<Record<string, number>>;
}

/** Milliseconds since 1970. */
export interface Span {
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

/** The message causes that a user, not an administrator, asks for. */
const ASKED_BY_USER = new Set([
  'SignUp',
  'ForgotPassword',
  'ResendConfirmationCode',
  'InitiateAuth',
  'AdminInitiateAuth',
]);

export class CounterBook implements Counters {
  calls: Record<string, number> = {};
  callsByCategory: Record<string, number> = {};
  spanByCategory: Record<string, Span> = {};
  throttles: Record<string, number> = {};
  errors: Record<string, number> = {};
  messages: { causedByAdmin: number; askedByUser: number; byCause: Record<string, number> } = noMessages();
  triggersFired = 0;
  faults: Record<string, number> = {};
  readonly #active = new Set<string>();

  get maus(): number {
    return this.#active.size;
  }

  countCall(operation: string, category: string | undefined, atMs: number): void {
    increment(this.calls, operation);
    if (category === undefined) return;
    increment(this.callsByCategory, category);
    this.spanByCategory[category] = { firstAtMs: this.spanByCategory[category]?.firstAtMs ?? atMs, lastAtMs: atMs };
  }

  countThrottle(operation: string): void {
    increment(this.throttles, operation);
  }

  countError(name: string): void {
    increment(this.errors, name);
  }

  countMessage(cause: string): void {
    increment(this.messages.byCause, cause);
    if (ASKED_BY_USER.has(cause)) this.messages.askedByUser++;
    else this.messages.causedByAdmin++;
  }

  countFault(kind: string): void {
    increment(this.faults, kind);
  }

  bill(sub: string): void {
    this.#active.add(sub);
  }

  reset(): void {
    this.calls = {};
    this.callsByCategory = {};
    this.spanByCategory = {};
    this.throttles = {};
    this.errors = {};
    this.messages = noMessages();
    this.triggersFired = 0;
    this.faults = {};
    this.#active.clear();
  }

  toJSON(): Counters {
    return {
      calls: this.calls,
      callsByCategory: this.callsByCategory,
      spanByCategory: this.spanByCategory,
      throttles: this.throttles,
      errors: this.errors,
      messages: this.messages,
      maus: this.maus,
      triggersFired: this.triggersFired,
      faults: this.faults,
    };
  }
}

function noMessages(): { causedByAdmin: number; askedByUser: number; byCause: Record<string, number> } {
  return { causedByAdmin: 0, askedByUser: 0, byCause: {} };
}

function increment(table: Record<string, number>, key: string): void {
  table[key] = (table[key] ?? 0) + 1;
}
