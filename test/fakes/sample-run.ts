import { noActions } from '../../src/model/counts.ts';
import { parsePoolId, type RunId } from '../../src/model/ids.ts';
import type { RunRecord } from '../../src/runs/run-record.ts';

export const RUN_TARGET = parsePoolId('eu-central-1_TargetPool');
export const RUN_SOURCE = parsePoolId('eu-central-1_AbCdEfGhI');

/** A run that began at the given minute, with nothing planned. */
export function sampleRun(minute: number, overrides: Partial<RunRecord> = {}): RunRecord {
  const at = `2026-11-22T12:${String(minute).padStart(2, '0')}:00.000Z`;
  return {
    id: `${at.slice(0, 19).replace(/[-:]/g, '')}Z-00000${minute % 10}` as RunId,
    target: RUN_TARGET,
    command: 'restore',
    source: RUN_SOURCE,
    scope: 'whole',
    planKey: '0'.repeat(64),
    startedAt: at,
    seenUntil: at,
    mayDelete: 0,
    state: 'done',
    savedAt: at,
    round: 1,
    plannedAt: at,
    groups: [],
    importRows: 0,
    recreations: 0,
    plan: [],
    groupDeletes: [],
    done: noActions(),
    findings: [],
    failures: [],
    map: [],
    ...overrides,
  };
}
