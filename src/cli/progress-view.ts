import type { BackupEvent, Phase } from '../model/events.ts';
import { counted, formatCount, formatDuration } from './figures.ts';

/** What a phase is called while it runs, and what it counts. */
const PHASES: { readonly [P in Phase]: readonly [label: string, noun: string] } = {
  'list-users': ['Listing users', 'user'],
  'list-groups': ['Listing groups', 'group'],
  'read-configuration': ['Reading the configuration', 'resource'],
  'list-memberships': ['Listing memberships', 'membership'],
  'second-pass': ['Listing users again', 'user'],
  'verify-parts': ['Checking the snapshot', 'file'],
  plan: ['Comparing with the target', 'user'],
  'new-pool': ['Making the pool', 'step'],
  'apply-groups': ['Writing groups', 'group'],
  'apply-users': ['Writing users', 'user'],
  'import-job': ['Import job', 'user'],
  'verify-target': ['Verifying the target', 'user'],
  'sign-in': ['Signing a restored user in', 'user'],
  'remove-pool': ['Deleting the scratch pool', 'pool'],
  export: ['Writing files', 'user'],
  erase: ['Looking through snapshots', 'snapshot'],
  doctor: ['Examining', 'check'],
};

interface PhaseProgress {
  readonly phase: Phase;
  readonly startedMs: number;
  /** Counted before this run: a resumed backup has not listed those now. */
  readonly firstDone: number;
  readonly done: number;
  readonly total: number | undefined;
}

/** What is about to be paid, in calls, hours and perhaps money. */
function deepPriceLines(price: Omit<BackupEvent & { kind: 'deep-price' }, 'kind'>): string[] {
  const { calls, callsPerSecond, durationMs, mayBillUsers, poolId } = price;
  return [
    `Deep backup of ${poolId}: about ${counted(calls, 'call')} more, one a user, at ${formatCount(Math.round(callsPerSecond))} a second about ${formatDuration(durationMs)}`,
    `AWS may bill up to ${counted(mayBillUsers, 'user')} as monthly active for it: it does not say whether AdminGetUserAuthFactors counts`,
  ];
}

const MIN_RATE_SECONDS = 0.5;

/** Turns events into one line that says how far a run is; draws nothing and reads no clock. */
export class ProgressView {
  #current: PhaseProgress | undefined;
  /** Runs beside the listing of users. */
  #memberships = 0;
  #throttles = 0;
  #note: string | undefined;

  /** Takes an event in; answers lines that should stay on the screen. */
  observe(event: BackupEvent, nowMs: number): readonly string[] {
    if (event.kind !== 'throttled') this.#note = undefined;
    switch (event.kind) {
      case 'phase':
        return this.#begin(event.phase, event.total, nowMs);
      case 'progress':
        return this.#advance(event, nowMs);
      case 'throttled':
        this.#throttles += 1;
        return [];
      case 'retried':
        this.#note = `trying ${event.operation} again (${event.reason})`;
        return [];
      case 'import-job':
        return this.#followJob(event, nowMs);
      case 'waiting':
        this.#note = `waiting ${formatDuration(event.delayMs)}: ${event.reason}`;
        return [];
      case 'warning':
        return [`Warning: ${event.message}`];
      case 'resumed':
        return [`Going on with the ${event.what} ${event.id} that was interrupted`];
      case 'left-out':
        return [`Left out because they were erased from the vault: ${counted(event.users, 'user')}`];
      case 'part-written':
        return [];
      case 'deep-price':
        return deepPriceLines(event);
      default:
        return event satisfies never;
    }
  }

  /** For example `Listing users  1,200 of about 2,000 · 60 % · 1,750/s · 1 s left`. */
  line(nowMs: number): string | undefined {
    if (!this.#current) return this.#note;
    const [label] = PHASES[this.#current.phase];
    return [`${label}  ${this.#amount(this.#current)}`, ...this.#details(this.#current, nowMs)].join(' · ');
  }

  /** From 0 to 1; `undefined` where the end is not known. */
  share(): number | undefined {
    const { done = 0, total = 0 } = this.#current ?? {};
    return total > 0 ? Math.min(1, done / total) : undefined;
  }

  /** The line to leave behind when everything is done. */
  end(nowMs: number): readonly string[] {
    const lines = this.#finished(nowMs);
    this.#current = undefined;
    this.#note = undefined;
    return lines;
  }

  #begin(phase: Phase, total: number | undefined, nowMs: number, done = 0): readonly string[] {
    const lines = this.#finished(nowMs);
    this.#memberships = 0;
    this.#throttles = 0;
    this.#current = { phase, startedMs: nowMs, firstDone: done, done, total };
    return lines;
  }

  #advance({ phase, done, total }: BackupEvent & { kind: 'progress' }, nowMs: number): readonly string[] {
    const current = this.#current;
    if (phase === 'list-memberships' && current?.phase === 'list-users') {
      this.#memberships = done;
      return [];
    }
    // Verifying is planning again: its listing counts for the phase that is shown.
    const isCurrent = current?.phase === phase || (current?.phase === 'verify-target' && phase === 'plan');
    if (!current || !isCurrent) return this.#begin(phase, total, nowMs, done);
    this.#current = { ...current, done, total: total ?? current.total };
    return [];
  }

  #followJob(job: BackupEvent & { kind: 'import-job' }, nowMs: number): readonly string[] {
    const lines = this.#current?.phase === 'import-job' ? [] : this.#begin('import-job', undefined, nowMs);
    const done = job.imported + job.skipped + job.failed;
    if (this.#current) this.#current = { ...this.#current, done };
    this.#note = `job is ${job.state}`;
    return lines;
  }

  #amount({ phase, done, total }: PhaseProgress): string {
    const isEstimate =
      phase === 'list-users' || phase === 'second-pass' || phase === 'plan' || phase === 'verify-target';
    if (total === undefined || total === 0) return done > 0 ? counted(done, PHASES[phase][1]) : '';
    return `${formatCount(done)} of ${isEstimate ? 'about ' : ''}${formatCount(total)}`;
  }

  #details(current: PhaseProgress, nowMs: number): string[] {
    const details: string[] = [];
    const share = this.share();
    if (share !== undefined) details.push(`${Math.floor(share * 100)} %`);
    const seconds = (nowMs - current.startedMs) / 1_000;
    const perSecond = seconds < MIN_RATE_SECONDS ? 0 : (current.done - current.firstDone) / seconds;
    if (perSecond > 0) {
      details.push(`${perSecond < 10 ? perSecond.toFixed(1) : formatCount(Math.round(perSecond))}/s`);
      const left = (current.total ?? 0) - current.done;
      if (left > 0) details.push(`${formatDuration((left / perSecond) * 1_000)} left`);
    }
    if (this.#memberships > 0) details.push(counted(this.#memberships, 'membership'));
    if (this.#throttles > 0) details.push(`throttled ${this.#throttles} times`);
    if (this.#note !== undefined) details.push(this.#note);
    return details;
  }

  #finished(nowMs: number): readonly string[] {
    if (!this.#current) return [];
    const { phase, startedMs, done } = this.#current;
    // Listings of the target report every thousandth user only: no total to show.
    const isSparse = phase === 'plan' || phase === 'verify-target';
    const amount = done > 0 && !isSparse ? `: ${counted(done, PHASES[phase][1])}` : '';
    const memberships = this.#memberships > 0 ? ` and ${counted(this.#memberships, 'membership')}` : '';
    return [`${PHASES[phase][0]}${amount}${memberships} in ${formatDuration(nowMs - startedMs)}`];
  }
}
