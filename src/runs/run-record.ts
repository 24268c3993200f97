import * as z from 'zod';
import { encryptionFacts } from '../encryption/encryption-facts.ts';
import { isBackupError } from '../model/errors.ts';
import { ACTION_KINDS, type ActionKind } from '../model/counts.ts';
import { isTimedId, parseTimedId, timedId, type PoolId, type RunId } from '../model/ids.ts';
import { timedIdAfter } from '../model/timed-id-after.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { damaged } from '../snapshot/damaged.ts';
import { decodeDigested, encodeDigested, FORMAT_VERSION } from '../snapshot/digested-json.ts';
import { count, digest, instant, poolId } from '../snapshot/manifest.ts';
import { MAX_INDEX_BYTES, MAX_PLAIN_BYTES, maxStoredBytes } from '../snapshot/size-limits.ts';
import type { CallOptions, Storage } from '../storage/storage.ts';
import { asRunId, runPrefix, runRecordKey, runsPrefix, type RunRef } from './run-keys.ts';

const part = z.strictObject({
  key: z.string(),
  records: count,
  sizeBytes: count.max(maxStoredBytes(MAX_PLAIN_BYTES)),
  plainBytes: count.max(MAX_PLAIN_BYTES),
  sha256: digest,
  /** Absent where the part is encrypted. */
  plainSha256: digest.exactOptional(),
});
const parts = z.array(part).readonly();

/** What a run keeps beside its record; all of it may name people. */
export const RUN_FILES = ['groups', 'plan', 'groupDeletes', 'findings', 'failures', 'map'] as const;
const files = Object.fromEntries(RUN_FILES.map((file) => [file, parts])) as {
  readonly [File in (typeof RUN_FILES)[number]]: typeof parts;
};

const runRecord = z.strictObject({
  format: z.literal(FORMAT_VERSION),
  id: z.custom<RunId>((value) => typeof value === 'string' && isTimedId(value)),
  target: poolId,
  command: z.enum(['restore', 'import', 'clean', 'mirror']),
  /** The pool that the desired value came from, where it came from one. */
  source: poolId.nullable(),
  /** Whether it was for every user and group, or for some by name. */
  scope: z.enum(['whole', 'part']),
  /** SHA-256 over the desired value's identity and every option that shapes the plan. */
  planKey: digest,
  /** Absent where its parts are not encrypted. */
  encryption: encryptionFacts.exactOptional(),
  /** What the target's clock says was created later was created by this run. */
  startedAt: instant,
  /** Whoever was created until then is in every listing that the confirmed plan was made of; nobody younger is deleted later. */
  seenUntil: instant,
  /** How many users the confirmed plan deletes; no later round deletes more. */
  mayDelete: count,
  /**
   * `open`: interrupted; a later run finishes what this one created. `left`: ended, but users whom it created are half-made, or were
   * deleted and are not back; its findings name them, its plan still knows what they were to have.
   */
  state: z.enum(['open', 'left', 'done']),
  /** When entries were last carried out, by our clock: listings before may lag behind. */
  savedAt: instant,
  round: count,
  plannedAt: instant,
  /** Users whom an import job creates; their job runs before the other entries. */
  importRows: count,
  /** Users of the plan who are deleted and created anew, or were by an earlier run. */
  recreations: count,
  done: z.record(z.enum(ACTION_KINDS as unknown as readonly [ActionKind, ...ActionKind[]]), count),
  ...files,
  digest,
});

/** What a vault remembers of one apply: its start by the target's clock, its plan, and how far it came. */
export type RunRecord = Readonly<Omit<z.infer<typeof runRecord>, 'digest' | 'format'>>;

export function encodeRun(run: RunRecord): Uint8Array {
  return encodeDigested({ format: FORMAT_VERSION, ...run });
}

/** Reads a run's record; `undefined` where there is none. Throws `damaged`, `vault-too-new`. */
export async function loadRun(
  storage: Storage,
  ref: RunRef,
  options: CallOptions = {},
): Promise<RunRecord | undefined> {
  const key = runRecordKey(ref);
  const stored = await storage.get(key, { ...options, maxBytes: MAX_INDEX_BYTES });
  if (!stored) return undefined;
  const { digest: _digest, format: _format, ...run } = decodeDigested(stored.bytes, key, runRecord);
  if (run.id !== ref.id || run.target !== ref.target) throw damaged(key, 'it belongs to another run');
  // Parts are deleted once they are carried out: a record must not name anybody else's.
  if (!partsOf(run).every((named) => named.key.startsWith(runPrefix(ref))))
    throw damaged(key, 'it names files of another run');
  return run;
}

/** The parts of all files that a record names. */
export function partsOf(run: RunRecord): z.infer<typeof parts> {
  return RUN_FILES.flatMap((file) => run[file]);
}

/**
 * An id that sorts after every run of the target: which of them is the newest, and so which users are ours to finish, is told by
 * the order of the ids alone. `at` is by the service's clock; behind a run from the future the id is of that run's time.
 */
export async function newRunId(
  storage: Storage,
  target: PoolId,
  { at, runtime, ...options }: CallOptions & { readonly at: Date; readonly runtime: Runtime },
): Promise<RunId> {
  const random = runtime.randomBytes(3);
  const id = timedId(at, random);
  const last = (await runIdsOf(storage, target, options)).at(-1);
  if (last === undefined || last < id) return id as RunId;
  const nextSecond = (): string => timedId(new Date(parseTimedId(last).getTime() + 1_000), random);
  return (timedIdAfter(last, random) ?? nextSecond()) as RunId;
}

/** The runs of a target, oldest first, those without a record too. */
export async function runIdsOf(storage: Storage, target: PoolId, options: CallOptions = {}): Promise<readonly RunId[]> {
  const ids: RunId[] = [];
  for await (const folder of storage.folders(runsPrefix(target), options)) {
    const id = asRunId(folder);
    if (id) ids.push(id);
  }
  return ids;
}

export interface RunsOptions extends CallOptions {
  /** Told of a record that cannot be read. It is passed over: on the worst day a restore matters more than its history. */
  readonly onDamaged?: (key: string) => void;
}

/** The records of a target's runs, newest first. */
export async function* runsOf(storage: Storage, target: PoolId, options: RunsOptions = {}): AsyncIterable<RunRecord> {
  for (const id of (await runIdsOf(storage, target, options)).toReversed()) {
    const run = await loadReadable(storage, { target, id }, options);
    if (run) yield run;
  }
}

async function loadReadable(storage: Storage, ref: RunRef, options: RunsOptions): Promise<RunRecord | undefined> {
  try {
    return await loadRun(storage, ref, options);
  } catch (error) {
    if (!isBackupError(error, 'damaged')) throw error;
    options.onDamaged?.(runRecordKey(ref));
    return undefined;
  }
}
