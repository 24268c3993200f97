import { isBackupError, type ErrorCode } from '../model/errors.ts';
import type { NotCaptured, UncapturedKind, UncapturedReason } from '../model/pool-configuration.ts';
import type { OperationName } from './gateway.ts';

const ABSENT = new Set(['ResourceNotFoundException', 'UserNotFoundException']);
/** [D] SDK 3.1169: what a pool answers whose tier or settings do not have a feature. */
const NOT_AVAILABLE = new Set([
  'FeatureUnavailableInTierException',
  'UserPoolAddOnNotEnabledException',
  'OperationNotEnabledException',
]);
/** As in `error-rules.ts`: emulators. */
const NOT_SUPPORTED = new Set(['Unsupported', 'UnknownOperationException']);

export interface Refusal {
  readonly reason: UncapturedReason;
  readonly exception?: string;
}

/** Why a call was refused, or `absent` where it says that there is no such thing. Throws what is no refusal: an outage is none. */
export function refusalOf(error: unknown): Refusal | 'absent' {
  if (!isBackupError(error, 'rejected', 'not-authorized')) throw error;
  const { awsName, code } = error;
  if (ABSENT.has(awsName ?? '')) return 'absent';
  const exception = awsName === undefined ? {} : { exception: awsName };
  if (code === 'not-authorized') return { reason: 'not-authorized', ...exception };
  if (NOT_AVAILABLE.has(awsName ?? '')) return { reason: 'not-available', ...exception };
  if (NOT_SUPPORTED.has(awsName ?? '')) return { reason: 'not-supported', ...exception };
  return { reason: 'refused', ...exception };
}

/** What another service did not answer: no backup of a pool fails for that, not even for its outage. */
const UNREACHABLE: readonly ErrorCode[] = [
  'unavailable',
  'unreadable-answer',
  'throttled',
  'credentials',
  'usage',
  'pool-not-found',
];

export function refusalOfOther(error: unknown): Refusal | 'absent' {
  return isBackupError(error, ...UNREACHABLE) ? { reason: 'unreachable' } : refusalOf(error);
}

/** Collects what could not be captured: one entry a kind, operation and reason, with the number of resources it concerns. */
export class ConfigurationGaps {
  readonly #entries = new Map<string, NotCaptured>();

  /** The kind as a whole. */
  add(kind: UncapturedKind, refusal: Refusal, operation?: OperationName): void {
    this.#put({ kind, ...refusal, ...(operation !== undefined && { operation }) }, 0);
  }

  /** Some of a kind. */
  count(kind: UncapturedKind, refusal: Refusal, { operation, count = 1 }: CountOptions = {}): void {
    if (count > 0) this.#put({ kind, ...refusal, ...(operation !== undefined && { operation }) }, count);
  }

  list(): readonly NotCaptured[] {
    return [...this.#entries].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, entry]) => entry);
  }

  #put(entry: NotCaptured, count: number): void {
    const key = [entry.kind, entry.reason, entry.operation, entry.exception].join(' ');
    const before = this.#entries.get(key);
    // What is missing as a whole is not counted any more.
    if (count === 0 || (before && before.count === undefined)) this.#entries.set(key, entry);
    else this.#entries.set(key, { ...entry, count: (before?.count ?? 0) + count });
  }
}

interface CountOptions {
  readonly operation?: OperationName;
  readonly count?: number;
}
