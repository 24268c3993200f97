import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { cleanEvent, exportEvent, importEvent } from '../../src/lambda/events.ts';
import { CANARY, expectNoPollution } from './judge.ts';
import { DEEP_JSON, mutatedJson } from './mutate-json.ts';
import { sortedMembers } from './sorted-members.ts';
import { sweep } from './sweep.ts';

const POOL = 'eu-central-1_AbCdEfGhI';
const OTHER = 'eu-central-1_StandbyXY';
const ID = '20261122T225951Z-3f9a1c';
const VAULT = 's3://bucket/prefix';
const COUNTS = {
  createGroups: 0,
  updateGroups: 0,
  deleteGroups: 0,
  createUsers: 2,
  updateUsers: 0,
  deleteUsers: 0,
};
const RUN = { runId: ID, cursor: { stage: 1, entry: 2 }, seen: { firstRound: 1, previous: 'x' } };

const EVENTS: readonly (readonly [name: string, schema: z.ZodType, documents: readonly object[]])[] = [
  [
    'export',
    exportEvent,
    [
      { poolId: POOL, vault: VAULT, csv: 's3://bucket/csv', forPool: OTHER, listing: 'sharded', maxRps: 5 },
      { poolId: POOL, vault: VAULT, done: false, continue: { phase: 'csv', snapshot: ID, durationMs: 5 } },
    ],
  ],
  [
    'clean',
    cleanEvent,
    [
      { target: POOL, sourcePoolId: OTHER, vault: VAULT, confirm: POOL, dryRun: true },
      {
        target: POOL,
        sourcePoolId: OTHER,
        vault: VAULT,
        confirm: POOL,
        continue: { phase: 'apply', apply: { run: RUN, counts: COUNTS }, durationMs: 1 },
      },
    ],
  ],
  [
    'import',
    importEvent,
    [
      { target: POOL, vault: VAULT, snapshot: 'latest', existing: 'update', engine: 'api', passwords: 'none' },
      {
        target: POOL,
        vault: VAULT,
        csv: [`s3://bucket/${CANARY}/`],
        groups: 's3://bucket/groups.csv',
        importRole: 'arn:aws:iam::1:role/x',
      },
      {
        target: POOL,
        vault: VAULT,
        csv: 's3://bucket/x/',
        continue: { phase: 'apply', apply: { counts: COUNTS, planned: COUNTS, losses: {} }, durationMs: 0 },
      },
    ],
  ],
];

describe('an event for', () => {
  it.each(EVENTS)('%s is taken as it stands, or refused field by field', (name, schema, documents) => {
    let taken = 0;
    fc.assert(
      fc.property(mutatedJson(documents.map((document) => JSON.stringify(document))), (text) => {
        const event = JSON.parse(text) as unknown;
        const parsed = schema.safeParse(event);
        expectNoPollution();
        if (parsed.success) {
          taken += 1;
          // No transforms: what was said is what is done.
          expect(JSON.stringify(sortedMembers(parsed.data))).toBe(JSON.stringify(sortedMembers(JSON.parse(text))));
          return;
        }
        for (const { message } of parsed.error.issues) expect(message).not.toContain(CANARY);
      }),
      sweep(`event for ${name}`, { ordinary: 1_500, long: 20_000 }),
    );
    expect(taken).toBeGreaterThan(50);
  });

  it.each(EVENTS)('%s may nest without end', (_name, schema) => {
    for (const deep of DEEP_JSON) {
      expect(schema.safeParse(JSON.parse(deep)).success).toBe(false);
      expect(schema.safeParse(JSON.parse(`{"continue":${deep}}`)).success).toBe(false);
    }
  });
});
