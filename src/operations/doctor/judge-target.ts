import type { PoolId } from '../../model/ids.ts';
import type { PoolDescription, SchemaAttribute } from '../../model/pool.ts';
import { hasTag, STANDBY_TAG } from '../../plan/guards.ts';
import { schemaByName } from '../../plan/fit-attributes.ts';
import { missingAttributes } from '../reconcile/missing-attributes.ts';
import type { DoctorFinding, Level } from './doctor-finding.ts';
import { judgeAsTarget } from './judge-pool.ts';

/** [D] COGNITO-FACTS §5. */
const MAX_CUSTOM_ATTRIBUTES = 50;

/** Whether users of `source` fit into `target`, by their settings alone: no user is read. */
export function judgeTarget(source: PoolDescription, target: PoolDescription): DoctorFinding[] {
  if (source.id === target.id) return [samePool(target.id), ...judgeAsTarget(target, 'target')];
  return [
    ...occupied(source, target),
    ...signInModel(source, target),
    ...schemaGaps(source, target),
    ...otherAttributes(source, target),
    ...requiredAttributes(source, target),
    ...standby(target),
    ...judgeAsTarget(target, 'target'),
  ];
}

function samePool(poolId: PoolId): DoctorFinding {
  return {
    ...finding('target-is-source', 'warning', 'The target is the pool itself'),
    means: `mirror refuses it; a restore wants --confirm ${poolId}, and brings back what is missing`,
  };
}

function occupied(source: PoolDescription, target: PoolDescription): DoctorFinding[] {
  const { estimatedUsers } = target;
  if (estimatedUsers === 0) return [finding('target-empty', 'ok', 'The target is empty, or nearly so')];
  return [
    {
      ...finding('target-not-empty', 'note', `The target has about ${estimatedUsers} users`),
      means: 'A restore leaves them alone unless --existing update is given; mirror deletes whom the source lacks',
      command: dryRun(source, target),
    },
  ];
}

/** Fixed when a pool is made. [D] COGNITO-FACTS §5 */
function signInModel(source: PoolDescription, target: PoolDescription): DoctorFinding[] {
  const differing = [
    isSame(source.usernameAttributes, target.usernameAttributes) ? [] : ['what users sign in with'],
    isSame(source.aliasAttributes, target.aliasAttributes) ? [] : ['sign-in aliases'],
    source.caseSensitive === target.caseSensitive ? [] : ['whether case counts in usernames'],
  ].flat();
  if (differing.length === 0) return [finding('sign-in-alike', 'ok', 'Both pools sign users in the same way')];
  return [
    {
      ...finding('sign-in-differs', 'warning', `The pools differ in ${differing.join(', ')}`),
      means: 'Set when a pool is made, and never changed. Users without a name that the target takes stay behind',
      next: 'See who it concerns, or restore into a new pool (--new-pool)',
      command: dryRun(source, target),
    },
  ];
}

function schemaGaps(source: PoolDescription, target: PoolDescription): DoctorFinding[] {
  const missing = missingAttributes(source, target).map(({ name }) => name);
  if (missing.length === 0) return [finding('schema-fits', 'ok', 'The target has every custom attribute of the pool')];
  const there = target.schema.filter(({ name }) => name.startsWith('custom:')).length;
  const hasRoom = there + missing.length <= MAX_CUSTOM_ATTRIBUTES;
  return [
    {
      ...finding(
        'schema-gap',
        hasRoom ? 'warning' : 'problem',
        `The target lacks ${missing.length} custom attributes: ${listed(missing)}`,
      ),
      means: hasRoom
        ? 'A restore refuses to begin (schema-gap)'
        : `A restore refuses to begin, and there is room for ${MAX_CUSTOM_ATTRIBUTES - there} more alone`,
      next: hasRoom
        ? 'restore --create-missing-attributes (for good), --drop-attribute or --map-attribute'
        : 'restore --drop-attribute or --map-attribute, or into a new pool: --new-pool',
    },
  ];
}

function otherAttributes(source: PoolDescription, target: PoolDescription): DoctorFinding[] {
  const there = schemaByName(target);
  const differing = source.schema
    .filter(({ name }) => name.startsWith('custom:'))
    .flatMap((attribute) => {
      const other = there.get(attribute.name);
      return other && isNarrower(attribute, other) ? [attribute.name] : [];
    });
  if (differing.length === 0) return [];
  return [
    {
      ...finding('schema-narrower', 'warning', `Values may not fit the target's definition of: ${listed(differing)}`),
      means: 'Users whose values do not fit are conflicts, and left alone',
      next: 'See how many it concerns',
      command: dryRun(source, target),
    },
  ];
}

function isNarrower(one: SchemaAttribute, other: SchemaAttribute): boolean {
  return (
    one.type !== other.type ||
    (other.maxLength ?? Infinity) < (one.maxLength ?? Infinity) ||
    (other.minLength ?? 0) > (one.minLength ?? 0) ||
    (other.maxValue ?? Infinity) < (one.maxValue ?? Infinity) ||
    (other.minValue ?? -Infinity) > (one.minValue ?? -Infinity)
  );
}

function requiredAttributes(source: PoolDescription, target: PoolDescription): DoctorFinding[] {
  const here = schemaByName(source);
  const required = target.schema
    .filter(({ name, required: isRequired }) => isRequired && name !== 'sub' && here.get(name)?.required !== true)
    .map(({ name }) => name);
  if (required.length === 0) return [];
  return [
    {
      ...finding('schema-stricter', 'warning', `The target requires what the pool does not: ${listed(required)}`),
      means: 'Users without these attributes are conflicts, and left alone',
      next: 'See how many it concerns',
      command: dryRun(source, target),
    },
  ];
}

function standby(target: PoolDescription): DoctorFinding[] {
  if (hasTag(target, STANDBY_TAG, 'standby')) {
    return [finding('target-standby', 'ok', `The target is tagged ${STANDBY_TAG}=standby: --yes confirms every write`)];
  }
  return [
    {
      ...finding('target-not-standby', 'note', 'The target is not tagged as a standby pool'),
      means: `clean, and mirror with deletes, want --confirm ${target.id}`,
      next: `Tag it ${STANDBY_TAG}=standby if that is what it is for`,
    },
  ];
}

function dryRun(source: PoolDescription, target: PoolDescription): string {
  return `cognito-backup restore ${source.id}@latest --pool ${target.id} --dry-run`;
}

const MOST_NAMED = 6;

function listed(names: readonly string[]): string {
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  return `${names.slice(0, MOST_NAMED).join(', ')}${more}`;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((value) => other.includes(value));
}

function finding(code: string, level: Level, found: string): DoctorFinding {
  return { topic: 'target', code, level, found };
}
