import type * as z from 'zod';
import { composeGateways, type Gateways, type Surroundings } from '../compose.ts';
import { BackupError, isBackupError } from '../model/errors.ts';
import type { Observer } from '../model/events.ts';
import { stackFramesOf } from '../model/stack-frames.ts';
import { singleWord } from '../model/withheld.ts';
import { silenceSdkNodeVersionWarning } from '../runtime/quiet-sdk.ts';
import { realRuntime } from '../runtime/real-runtime.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { jsonLog, loggingObserver, type JsonLog } from './json-log.ts';
import { TimeBudget, type LambdaContext } from './time-budget.ts';

/** One call of a function, with everything it stands on. */
export interface Call<Event> {
  readonly event: Event;
  readonly budget: TimeBudget;
  readonly runtime: Runtime;
  readonly observer: Observer;
  readonly surroundings: Surroundings;
  readonly gateways: Gateways;
  /** Time since the call began. */
  elapsedMs(): number;
}

/** What every event has. */
interface AnyEvent {
  readonly maxRps?: number;
  readonly continue?: { readonly phase: string };
}

export type LambdaHandler<Answer> = (event: unknown, context: LambdaContext) => Promise<Answer>;

/**
 * Makes a Lambda handler of `work`: event checked, time watched, everything logged. It throws errors whose `name` is the
 * code of the `BackupError`, for Step Functions to retry or catch by, for example `throttled`, `locked`, `refused`.
 */
export function lambdaHandler<Event extends AnyEvent, Answer extends { readonly done: boolean }>(
  functionName: string,
  schema: z.ZodType<Event>,
  work: (call: Call<Event>) => Promise<Answer>,
): LambdaHandler<Answer> {
  const runtime = realRuntime;
  const environment = new WarmEnvironment(runtime);
  return async (input, context) => {
    const out = (line: string): void => void process.stdout.write(line);
    const log = jsonLog({ runtime, requestId: context.awsRequestId, functionName, out });
    let budget: TimeBudget | undefined;
    try {
      silenceSdkNodeVersionWarning();
      const event = parseEvent(schema, input);
      budget = new TimeBudget(context, runtime, process.env);
      log.write('info', 'called', { phase: event.continue?.phase ?? 'begin' });
      const answer = await work(newCall(event, { budget, runtime, log, environment }));
      logAnswer(log, answer);
      return answer;
    } catch (error) {
      throw logFailure(log, error);
    } finally {
      budget?.close();
    }
  };
}

interface CallParts {
  readonly budget: TimeBudget;
  readonly runtime: Runtime;
  readonly log: JsonLog;
  readonly environment: WarmEnvironment;
}

function newCall<Event extends AnyEvent>(event: Event, { budget, runtime, log, environment }: CallParts): Call<Event> {
  const startedMs = runtime.monotonicMs();
  const observer = loggingObserver(log, runtime);
  const { maxRps } = event;
  return {
    event,
    budget,
    runtime,
    observer,
    surroundings: { runtime, observer },
    gateways: environment.gateways(observer, maxRps),
    elapsedMs: () => Math.round(runtime.monotonicMs() - startedMs),
  };
}

/** What one call leaves to the next in the same process: connections, and the rates that the governor has found. */
class WarmEnvironment {
  readonly #runtime: Runtime;
  readonly #gateways = new Map<number | undefined, Gateways>();
  #observer: Observer = () => {};

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Lambda gives a process one call at a time, so the latest observer is the right one. */
  gateways(observer: Observer, maxRps: number | undefined): Gateways {
    this.#observer = observer;
    const known = this.#gateways.get(maxRps);
    if (known) return known;
    const composed = composeGateways({
      runtime: this.#runtime,
      observer: (event) => this.#observer(event),
      ...(maxRps !== undefined && { maxRps }),
    });
    this.#gateways.set(maxRps, composed);
    return composed;
  }
}

const SHOWN_PROBLEMS = 5;

/** zod's messages say what was expected, never the value that was given. */
function parseEvent<Event>(schema: z.ZodType<Event>, input: unknown): Event {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .slice(0, SHOWN_PROBLEMS)
    .map(({ path, message }) => `${path.length === 0 ? 'the event' : path.join('.')}: ${message}`);
  throw new BackupError('usage', `Bad event: ${problems.join('; ')}`, {
    hint: 'Nothing was done. To go on with earlier work, pass back its answer unchanged',
  });
}

/** What of an answer is worth a line: numbers and ids. */
const LOGGED_FIELDS = [
  'done',
  'snapshot',
  'status',
  'totals',
  'planned',
  'counts',
  'failed',
  'conflicts',
  'losses',
  'remaining',
  'durationMs',
];

function logAnswer(
  log: JsonLog,
  answer: { readonly done: boolean; readonly continue?: { readonly phase: string } },
): void {
  const fields = Object.entries(answer).filter(([name]) => LOGGED_FIELDS.includes(name));
  const { continue: next } = answer;
  log.write('info', 'answered', { ...Object.fromEntries(fields), ...(next && { phase: next.phase }) });
}

/** The text of an error that is not ours may quote anything: only where it came from is logged. */
function logFailure(log: JsonLog, error: unknown): Error {
  if (!isBackupError(error)) {
    const name = (error instanceof Error ? singleWord(error.name) : undefined) ?? typeof error;
    log.write('error', 'failed', { code: 'internal', name, stack: stackFramesOf(error) });
    return named('internal', 'The function failed unexpectedly', 'Its log says where; please report it');
  }
  const { code, message, hint, awsName } = error;
  log.write('error', 'failed', { code, message, hint, awsName });
  return named(code, message, hint);
}

function named(code: string, message: string, hint: string | undefined): Error {
  const error = new Error(hint === undefined ? message : `${message}. ${hint}`);
  error.name = code;
  return error;
}
