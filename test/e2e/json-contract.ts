import { z } from 'zod';
import type { ACTION_KINDS } from '../../src/model/counts.ts';

/*
 * What programs rely on in `--json`, written down a second time: fields may be added (these schemas let them pass), none
 * may go or change its type. `ACTION_KINDS` is checked against the list in `CONTRACT_ACTIONS` for the same reason.
 */

const CONTRACT_ACTIONS = [
  'createUsers',
  'updateUsers',
  'deleteUsers',
  'createGroups',
  'updateGroups',
  'deleteGroups',
  'addMemberships',
  'removeMemberships',
  'disableUsers',
  'enableUsers',
  'setPasswords',
] as const satisfies typeof ACTION_KINDS;

const count = z.int().min(0);
const tally = z.record(z.string(), count);
const named = (name: string) => z.literal(`cognito-backup/${name}/v1`);
const differences = z.object({ missing: count, extra: count, changed: count });
const location = z.string().min(1).nullable();

const backupFields = {
  snapshot: z.object({ id: z.string().min(1) }),
  status: z.enum(['complete', 'suspect']),
  totals: z.object({ users: count, groups: count, memberships: count, byStatus: tally }),
  configuration: tally,
  notCaptured: z.array(z.object({ kind: z.string(), reason: z.string(), count: count.optional() })),
  calls: tally,
  throttles: count,
  durationMs: count,
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
};

export const backupDocument = z.object({ schema: named('backup'), ...backupFields });

export const backupsDocument = z.object({
  schema: named('backup'),
  status: z.enum(['complete', 'suspect', 'failed']),
  backups: z.array(
    z.union([
      z.object({ poolId: z.string(), ...backupFields }),
      z.object({
        poolId: z.string(),
        status: z.literal('failed'),
        error: z.object({ code: z.string(), message: z.string(), hint: z.string().nullable() }),
      }),
    ]),
  ),
  calls: tally,
  throttles: count,
  durationMs: count,
});

export const verifyDocument = z.object({
  schema: named('verify'),
  ok: z.boolean(),
  problems: z.array(z.object({ message: z.string() })),
});

const configuration = z
  .object({
    added: count,
    removed: count,
    changed: count,
    differences: z.array(
      z.object({
        kind: z.enum(['added', 'removed', 'changed']),
        resource: z.string(),
        key: z.string(),
        changes: z.array(z.object({ path: z.string() })),
      }),
    ),
    notCompared: z.array(z.string()),
  })
  .nullable();

export const verifyPoolDocument = verifyDocument.extend({ differences, configuration });

const actions = z.object(
  Object.fromEntries(CONTRACT_ACTIONS.map((kind) => [kind, count])) as Record<
    (typeof CONTRACT_ACTIONS)[number],
    typeof count
  >,
);

export const applyDocument = (command: 'restore' | 'import' | 'clean' | 'mirror') =>
  z.object({
    schema: named(command),
    dryRun: z.boolean(),
    planned: actions,
    done: actions,
    failed: count,
    conflicts: count,
    losses: z.array(z.object({ kind: z.string(), count, effect: z.string() })),
    remaining: differences,
    mapFile: location,
    failuresFile: location,
  });

/** `restore --new-pool`; the last three are absent after a dry run. */
export const newPoolDocument = z.object({
  schema: named('restore-new-pool'),
  dryRun: z.boolean(),
  name: z.string(),
  account: z.object({ id: z.string(), isAssumed: z.boolean() }),
  region: z.string(),
  resumes: z.string().nullable(),
  detaches: z.array(z.string()),
  steps: z.array(z.object({ kind: z.string(), key: z.string(), dependsOn: z.array(z.string()) })),
  configuration: z.object({ calls: tally }),
  plannedDurationMs: count,
  losses: z.array(z.object({ kind: z.string(), resource: z.string(), key: z.string(), effect: z.string() })),
  origin: z.enum(['created', 'resumed', 'complete']).optional(),
  pool: z.object({ id: z.string(), name: z.string(), arn: z.string() }).optional(),
  failures: z.array(z.object({ kind: z.string(), key: z.string(), operation: z.string() })).optional(),
});

export const diffDocument = z.object({
  schema: named('diff'),
  added: count,
  removed: count,
  changed: count,
  configuration,
});

const level = z.enum(['ok', 'note', 'warning', 'problem']);
const examinedPool = z.object({
  id: z.string(),
  name: z.string().nullable(),
  arn: z.string().nullable(),
  region: z.string(),
  estimatedUsers: count.nullable(),
});
const knownCount = count.nullable();

export const doctorDocument = z.object({
  schema: named('doctor'),
  pool: examinedPool,
  target: examinedPool.nullable(),
  vault: location,
  level,
  counts: z.object({ ok: count, note: count, warning: count, problem: count }),
  findings: z.array(
    z.object({
      topic: z.enum(['permissions', 'quotas', 'pool', 'vault', 'target']),
      code: z.string(),
      level,
      found: z.string(),
      means: z.string().optional(),
      next: z.string().optional(),
      command: z.string().optional(),
    }),
  ),
  permissions: z.array(
    z.object({
      command: z.string(),
      pool: z.string().nullable(),
      answered: z.array(z.string()),
      denied: z.array(z.string()),
      deniedOptional: z.array(z.string()),
      unclear: z.array(z.string()),
      notTried: z.array(z.string()),
      policy: z.object({
        Version: z.literal('2012-10-17'),
        Statement: z.array(z.object({ Effect: z.literal('Allow'), Action: z.array(z.string()), Resource: z.string() })),
      }),
    }),
  ),
  quotas: z.array(
    z.object({
      category: z.string(),
      requestsPerSecond: z.number(),
      source: z.enum(['provisioned', 'default']),
      refusal: z.string().optional(),
      pace: z.number(),
      perPoolPace: z.number().optional(),
    }),
  ),
  size: z.object({ users: count, disabled: knownCount, memberships: knownCount, groups: knownCount }).nullable(),
  prices: z.array(
    z.object({
      job: z.enum(['backup', 'restore', 'clean']),
      passwords: z.enum(['random', 'temporary', 'none']).optional(),
      callsByCategory: tally,
      durationMs: count,
      mauUsers: count,
    }),
  ),
  notCaptured: z.array(z.object({ kind: z.string(), reason: z.string(), count: count.optional() })),
  losses: z.array(z.object({ kind: z.string(), effect: z.string() })),
  calls: tally,
  throttles: count,
  durationMs: z.number().min(0),
});

export const probedDocument = doctorDocument.extend({
  probe: z.object({
    region: z.string(),
    pool: z.string(),
    remains: z.string().nullable(),
    leftovers: z.object({
      removed: z.array(z.string()),
      left: z.array(z.object({ poolId: z.string(), reason: z.string() })),
    }),
    facts: z.array(
      z.object({
        id: z.string(),
        question: z.string(),
        verdict: z.enum(['observed', 'inconclusive', 'unproven']),
        tried: z.string(),
        observed: z.string(),
        at: z.iso.datetime(),
        region: z.string(),
      }),
    ),
  }),
});

export const errorDocument = z.strictObject({
  schema: named('error'),
  code: z.string().min(1),
  message: z.string().min(1),
  hint: z.string().min(1).nullable(),
});

const poolNames = z.array(z.object({ poolId: z.string(), name: z.string() }));
const effects = z.array(z.object({ kind: z.string(), effect: z.string() }));

/** `drill`; the last two are absent after a dry run. */
export const drillDocument = z.object({
  schema: named('drill'),
  snapshot: z.object({ id: z.string(), poolId: z.string() }),
  dryRun: z.boolean(),
  account: z.object({ id: z.string(), isAssumed: z.boolean() }),
  region: z.string(),
  scratchPool: z.string(),
  users: z.object({ restored: count, all: count }),
  steps: z.array(z.object({ kind: z.string(), key: z.string() })),
  losses: z.array(z.object({ kind: z.string(), resource: z.string(), key: z.string() })),
  userLosses: z.array(z.object({ kind: z.string(), count, effect: z.string() })),
  withheld: effects,
  leftovers: z.object({ removable: poolNames, left: poolNames }),
  price: z.object({ calls: tally, durationMs: count, mauUsers: count }),
  calls: tally,
  throttles: count,
  durationMs: count,
  evidence: z
    .object({
      schema: named('drill-evidence'),
      id: z.string(),
      tool: z.string(),
      startedAt: z.iso.datetime(),
      endedAt: z.iso.datetime(),
      verdict: z.enum(['pass', 'fail']),
      problems: z.array(z.object({ kind: z.string(), count, meaning: z.string() })),
      scope: z.object({ users: z.enum(['all', 'sample']), restored: count, ofUsers: count }),
      snapshot: z.object({ id: z.string(), manifestSha256: z.string(), signature: z.string(), encrypted: z.boolean() }),
      place: z.object({ account: z.string(), region: z.string(), pool: z.object({ fate: z.string() }) }),
      restored: z.object({ users: count, groups: count, memberships: count, failed: count, conflicts: count }),
      comparison: z.object({ differences }),
      phases: z.array(z.object({ phase: z.string(), durationMs: count })),
    })
    .optional(),
  files: z.array(z.string()).optional(),
});
