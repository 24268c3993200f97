import { BackupError } from '../../model/errors.ts';
import { checkGuards, type GuardInput } from '../../plan/guards.ts';
import type { PlanSummary } from '../../plan/plan-summary.ts';
import type { ReconcileRequest } from './requests.ts';
import type { Target } from './target.ts';

/** Refuses what must not be written, before anything is. */
export function checkPlan(request: ReconcileRequest, target: Target, summary: PlanSummary): void {
  refuseUnknownUsers(summary);
  refuseUselessHashes(summary);
  refuseUnknownGroups(summary);
  refuseOrphans(request, summary);
  refuseUnknownScope(request, target);
  refuseUnknownAttributes(request, target);
  checkGuards({ ...guardFacts(request, target), summary });
  if (summary.schemaGaps.length > 0) refuseGaps(request, summary);
}

export function guardFacts(request: ReconcileRequest, target: Target): Omit<GuardInput, 'summary'> {
  return {
    command: request.command,
    source: request.desired.source,
    target: target.pool,
    passwords: request.options.passwords,
    allowTriggers: request.allowTriggers,
    maxDeletes: request.maxDeletes,
    suspect: request.suspect,
  };
}

function refuseGaps({ target }: ReconcileRequest, { schemaGaps }: PlanSummary): never {
  const listed = schemaGaps.map(({ attribute, users }) => `${attribute} (${users} users)`).join(', ');
  throw new BackupError('schema-gap', `Pool ${target} lacks attributes that users carry: ${listed}`, {
    hint: 'Nothing was written. Pass --create-missing-attributes, or --drop-attribute NAME, or --map-attribute NAME=OTHER',
  });
}

function refuseUnknownUsers({ unknownUsers }: PlanSummary): void {
  if (unknownUsers === 0) return;
  throw new BackupError(
    'user-not-found',
    `Users asked for by name who are neither in the source nor in the target: ${unknownUsers}`,
    {
      hint: 'Give a username, e-mail address, phone number or sub exactly as the source has it; look it up with: cognito-backup show --user KEY',
    },
  );
}

/** Most likely the names are of another kind than the pool's usernames. */
function refuseUselessHashes({ hashes }: PlanSummary): void {
  if (!hashes || hashes.users > 0) return;
  throw new BackupError('bad-input', `None of the ${hashes.lines} password hashes is of a user of the snapshot`, {
    hint: 'The file has to name users as the snapshot does: by username, or in pools that sign in by e-mail or phone by that contact',
  });
}

/** Memberships in groups that neither the target nor the value has would fail one by one: said at once instead. */
function refuseUnknownGroups({ unknownGroups }: PlanSummary): void {
  if (unknownGroups.length === 0) return;
  throw new BackupError(
    'bad-input',
    `${unknownGroups.length} groups of the memberships exist neither in the target nor in the groups given`,
    { hint: 'Give the groups file too (--groups), or create the groups in the target first' },
  );
}

/** A snapshot skips orphans when it is taken; in files of a person they are most likely a mistake. */
function refuseOrphans({ command }: ReconcileRequest, { orphanMemberships }: PlanSummary): void {
  if (command !== 'import' || orphanMemberships === 0) return;
  throw new BackupError('bad-input', `${orphanMemberships} memberships name users whom the users file does not hold`, {
    hint: 'The column username has to say what stands in cognito:username; leave out the memberships of anybody else',
  });
}

function refuseUnknownScope({ desired }: ReconcileRequest, { groups }: Target): void {
  const known = new Set([...(desired.groups ?? []), ...groups].map(({ name }) => name));
  const unknown = desired.scope.onlyGroups.filter((name) => !known.has(name)).length;
  if (unknown === 0) return;
  throw new BackupError(
    'group-not-found',
    `Groups asked for by name that are neither in the source nor in the target: ${unknown}`,
    { hint: 'Give the name of a group exactly as the source has it' },
  );
}

/** A name that is mistyped would write what was to be left out. What else a file may hold nobody knows. */
function refuseUnknownAttributes({ desired, options }: ReconcileRequest, { pool }: Target): void {
  if (!desired.source) return;
  const known = new Set([...desired.source.schema, ...pool.schema].map(({ name }) => name));
  const { drop, rename } = options.mapping;
  const unknown = [...drop, ...rename.keys()].filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new BackupError(
    'bad-input',
    `Neither the source nor the target has an attribute ${unknown.map((name) => JSON.stringify(name)).join(', ')}`,
    { hint: 'Nothing was written. Give the name as the pool has it: those of its own begin with custom:' },
  );
}
