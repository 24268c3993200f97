import { isTimedId, type PoolId, type RunId } from '../model/ids.ts';

/** Where an apply run of a target pool stands in a vault. */
export interface RunRef {
  readonly target: PoolId;
  readonly id: RunId;
}

export const RUNS_PREFIX = 'runs/';

export function runsPrefix(target: PoolId): string {
  return `${RUNS_PREFIX}${target}/`;
}

export function runPrefix(ref: RunRef): string {
  return `${runsPrefix(ref.target)}${ref.id}/`;
}

export function runRecordKey(ref: RunRef): string {
  return `${runPrefix(ref)}run.json`;
}

/** The parts of a run's files, numbered from 1. */
export function runPartKey(ref: RunRef, name: RunFile, sequence: number, isEncrypted = false): string {
  return `${runPrefix(ref)}${name}-${String(sequence).padStart(6, '0')}.jsonl.gz${isEncrypted ? '.age' : ''}`;
}

/** The key of a part that `erase` has written anew: no run writes such a one, so none is ever replaced. */
export function rewrittenPartKey(key: string, attempt: string): string {
  return key.replace(/(?:-[0-9a-f]{8})?(?=\.jsonl\.gz(?:\.age)?$)/, `-${attempt}`);
}

/** A run plans in rounds, from 1; no round touches what another wrote. */
export type RunFile =
  `${'plan' | 'groups' | 'group-deletes' | 'findings' | 'remaining' | 'failures' | 'map'}-${number}`;

export function leaseKey(target: PoolId): string {
  return `locks/${target}.json`;
}

export function asRunId(folder: string): RunId | undefined {
  return isTimedId(folder) ? (folder as RunId) : undefined;
}
