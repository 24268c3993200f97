import type { PoolId } from '../model/ids.ts';
import type { KnownPair } from '../plan/match-users.ts';
import type { CallOptions, Storage } from '../storage/storage.ts';
import { readRunFile } from './run-files.ts';
import { runsOf } from './run-record.ts';

/** One line of a map file: who a source user is in the target. */
export interface MapEntry extends KnownPair {
  readonly sourceUsername: string;
  readonly targetUsername: string;
}

/** The pairs of the newest map from this source to this target; each run rebuilds the map from the whole match. */
export async function* knownPairs(
  storage: Storage,
  source: PoolId,
  target: PoolId,
  options: CallOptions = {},
): AsyncIterable<MapEntry> {
  for await (const run of runsOf(storage, target, options)) {
    if (run.source !== source || run.map.length === 0) continue;
    yield* readRunFile<MapEntry>(storage, run.map, options);
    return;
  }
}
