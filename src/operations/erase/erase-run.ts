import { isImportRow, type UserEntry } from '../../plan/entries.ts';
import { readRunPart, type RunPart } from '../../runs/run-files.ts';
import { rewrittenPartKey, runPrefix, type RunRef } from '../../runs/run-keys.ts';
import { RunRecordFile } from '../../runs/run-record-file.ts';
import { RUN_FILES, type RunRecord } from '../../runs/run-record.ts';
import { deleteBelow, sweepRun, takeOverAndSweep } from '../../runs/sweep-runs.ts';
import { randomHex } from '../../runtime/random-hex.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { sealPart } from '../../snapshot/part.ts';
import type { Vault } from '../../snapshot/vault.ts';
import type { CallOptions } from '../../storage/storage.ts';
import { concernsErased } from './concerns-erased.ts';
import type { ErasedPeople } from './erased-people.ts';
import { openRun, poolsOfRun, type OpenRun } from './survey-runs.ts';

/** What an erasure works with; `vault` keeps the lease of the pool before every write. */
export interface EraseDependencies {
  readonly vault: Vault;
  readonly runtime: Runtime;
  readonly people: ErasedPeople;
}

/**
 * Writes a run's files anew without the lines about erased people: new parts first, then the record that names them, then
 * the old parts go, and with them whatever else no record names. Only the holder of the target's lease may do so.
 */
export async function eraseRun(deps: EraseDependencies, ref: RunRef, options: CallOptions): Promise<void> {
  const { storage } = deps.vault;
  const opened = await openRun(deps.vault, ref, options);
  if (opened.kind === 'never-began') return deleteBelow(storage, runPrefix(ref), options);
  if (opened.kind === 'unreadable') return;
  const file = new RunRecordFile(storage, ref);
  const erased = await withoutErased(deps, opened, options);
  if (!erased) return takeOverAndSweep(storage, opened.run);
  await file.save(erased);
  await sweepRun(storage, erased);
}

/** `undefined` where the run names none of them. A plan that gets shorter is made good by planning again. */
async function withoutErased(
  deps: EraseDependencies,
  opened: OpenRun,
  options: CallOptions,
): Promise<RunRecord | undefined> {
  let { run } = opened;
  let isChanged = false;
  for (const name of RUN_FILES) {
    const parts: RunPart[] = [];
    for (const part of run[name]) {
      const { kept, dropped } = await splitPart(deps, opened, part, options);
      if (dropped.length === 0) {
        parts.push(part);
        continue;
      }
      isChanged = true;
      if (kept.length > 0) parts.push(await storePart(deps, opened, { part, kept }));
      if (name === 'plan') {
        const rows = (dropped as readonly UserEntry[]).filter(isImportRow);
        run = { ...run, importRows: run.importRows - rows.length };
      }
    }
    run = { ...run, [name]: parts };
  }
  return isChanged ? run : undefined;
}

async function splitPart(
  { vault, people }: EraseDependencies,
  { run, cipher }: OpenRun,
  part: RunPart,
  options: CallOptions,
): Promise<{ readonly kept: readonly unknown[]; readonly dropped: readonly unknown[] }> {
  const pools = poolsOfRun(run);
  const lines = await readRunPart<unknown>(vault.storage, part, { cipher, ...options });
  const dropped = new Set(lines.filter((line) => concernsErased(line, people, pools)));
  return { kept: lines.filter((line) => !dropped.has(line)), dropped: [...dropped] };
}

async function storePart(
  { vault, runtime }: EraseDependencies,
  { cipher }: OpenRun,
  { part, kept }: { readonly part: RunPart; readonly kept: readonly unknown[] },
): Promise<RunPart> {
  const lines = kept.map((line) => JSON.stringify(line));
  const { bytes, ...facts } = await sealPart(lines, cipher.seal);
  const key = rewrittenPartKey(part.key, randomHex(runtime, 4));
  await vault.storage.put(key, bytes);
  return { key, ...facts };
}
