import { BackupError, isBackupError, type ErrorCode } from '../model/errors.ts';
import type { Observer } from '../model/events.ts';
import { throwIfInterrupted } from '../runtime/interruption.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { CognitoGateway, OperationName } from './gateway.ts';
import { CATEGORY_OF } from './quotas.ts';

export interface RetryOptions {
  readonly runtime: Runtime;
  readonly observer: Observer;
  /** How long calls may go on being throttled without one success before the run gives up; ten minutes by default. */
  readonly patienceMs?: number;
}

const DEFAULT_PATIENCE_MS = 10 * 60_000;
/** Attempts by what went wrong. An answer that is none usually stays none: the wrong endpoint, or a proxy. */
const MAX_ATTEMPTS: Partial<Record<ErrorCode, number>> = { unavailable: 8, 'unreadable-answer': 4 };
/**
 * Sent again, they make a second one of the same name. What was only throttled never arrived; after anything else the caller
 * has to look first.
 */
const MAKES_ANOTHER: ReadonlySet<string> = new Set<OperationName>(['CreateUserPool', 'CreateUserPoolClient']);
/** What other services know is good to have: where the network does not lead to them, nobody waits for eight attempts. */
const MAX_ATTEMPTS_ELSEWHERE = 2;
const FIRST_DELAY_MS = 200;
const MAX_OUTAGE_DELAY_MS = 10_000;
const MAX_THROTTLE_DELAY_MS = 5_000;

/**
 * Sends again what was throttled (within the patience) and what got no readable answer (a few times).
 *
 * Sending again after an unknown outcome is safe because every operation of the contract (but those that make another one)
 * either says the same thing twice or
 * is refused by a name the caller knows: UsernameExistsException or AliasExistsException (AdminCreateUser), GroupExistsException
 * (CreateGroup), UserNotFoundException (AdminDeleteUser), ResourceNotFoundException (DeleteGroup), InvalidParameterException
 * (AddCustomAttributes, AdminLinkProviderForUser), PasswordHistoryPolicyViolationException (AdminSetUserPassword, where the
 * pool keeps a history), PreconditionNotMetException (StartUserImportJob), and what `Create…` of configuration says of a name
 * that is there (DuplicateProviderException, TermsExistsException, ManagedLoginBrandingExistsException, InvalidParameterException). They are passed on as
 * `rejected` with `repeated`: only the caller can tell by looking whether the first attempt had arrived. A second
 * CreateUserImportJob leaves a job behind that never starts and expires.
 */
export function withRetry(gateway: CognitoGateway, options: RetryOptions): CognitoGateway {
  const { runtime, patienceMs = DEFAULT_PATIENCE_MS } = options;
  let lastSuccessMs = Number.NEGATIVE_INFINITY;

  async function persist<Answer>(name: string, attempt: () => Promise<Answer>, signal?: AbortSignal): Promise<Answer> {
    const failures = new Map<ErrorCode, number>();
    let firstThrottleMs: number | undefined;
    for (;;) {
      try {
        const answer = await attempt();
        lastSuccessMs = runtime.monotonicMs();
        return answer;
      } catch (error) {
        throwIfInterrupted(signal);
        if (!isBackupError(error, 'throttled', 'unavailable', 'unreadable-answer')) {
          throw hasUnknownOutcome(failures) ? asRepeated(error) : error;
        }
        const count = (failures.get(error.code) ?? 0) + 1;
        failures.set(error.code, count);
        if (isElsewhere(name) && count >= MAX_ATTEMPTS_ELSEWHERE) throw error;
        if (error.code === 'throttled') {
          firstThrottleMs ??= runtime.monotonicMs();
          const waitedMs = runtime.monotonicMs() - Math.max(firstThrottleMs, lastSuccessMs);
          if (waitedMs >= patienceMs) throw outOfPatience(name, waitedMs, error);
          await runtime.sleep(backoffMs(count, MAX_THROTTLE_DELAY_MS, runtime), signal);
        } else {
          if (MAKES_ANOTHER.has(name)) throw error;
          if (count >= (MAX_ATTEMPTS[error.code] ?? 1)) throw error;
          options.observer({ kind: 'retried', operation: name, attempt: count, reason: error.awsName ?? error.code });
          await runtime.sleep(backoffMs(count, MAX_OUTAGE_DELAY_MS, runtime), signal);
        }
      }
    }
  }

  return {
    serviceTime: () => gateway.serviceTime(),
    send: (operation, request, signal) => persist(operation, () => gateway.send(operation, request, signal), signal),
    upload: (url, csv, signal) => persist('upload', () => gateway.upload(url, csv, signal), signal),
  };
}

/** Whether a service beside Cognito is asked. */
function isElsewhere(name: string): boolean {
  return CATEGORY_OF[name as OperationName] === 'OtherServices';
}

/** What was throttled was not carried out; what got no answer may have been. */
function hasUnknownOutcome(failures: ReadonlyMap<ErrorCode, number>): boolean {
  return failures.has('unavailable') || failures.has('unreadable-answer');
}

function asRepeated(error: unknown): unknown {
  if (!isBackupError(error, 'rejected')) return error;
  const { code, message, hint, awsName, cause } = error;
  return new BackupError(code, message, {
    cause,
    repeated: true,
    ...(hint === undefined ? {} : { hint }),
    ...(awsName === undefined ? {} : { awsName }),
  });
}

function outOfPatience(operation: string, waitedMs: number, cause: BackupError): BackupError {
  const minutes = Math.max(1, Math.round(waitedMs / 60_000));
  return new BackupError(
    'throttled',
    `Cognito throttled ${operation} for ${minutes} min without one call getting through`,
    {
      hint: "The account's quota is used up elsewhere: run the same command again later, it goes on",
      cause,
      ...(cause.awsName === undefined ? {} : { awsName: cause.awsName }),
    },
  );
}

/** Doubling from 200 ms, at a random point of its upper half. */
function backoffMs(attempt: number, maxMs: number, runtime: Runtime): number {
  const [byte = 0] = runtime.randomBytes(1);
  const fullMs = Math.min(maxMs, FIRST_DELAY_MS * 2 ** (attempt - 1));
  return fullMs * (0.5 + byte / 512);
}
