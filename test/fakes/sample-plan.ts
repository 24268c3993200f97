import type { PoolDescription, SchemaAttribute } from '../../src/model/pool.ts';
import type { PlanContext, PlanOptions } from '../../src/plan/context.ts';
import type { ActualUser, DesiredUser } from '../../src/plan/desired.ts';
import { identityModelOf } from '../../src/plan/identity.ts';
import type { Scope } from '../../src/plan/scope.ts';
import { parsePoolId } from '../../src/model/ids.ts';
import { sampleGroup, samplePool } from './sample-pool.ts';

export function textAttribute(name: string, overrides: Partial<SchemaAttribute> = {}): SchemaAttribute {
  return {
    name,
    type: 'String',
    mutable: true,
    required: false,
    developerOnly: false,
    minLength: 0,
    maxLength: 2048,
    ...overrides,
  };
}

const SCHEMA = [
  textAttribute('sub', { mutable: false, required: true }),
  ...['email', 'phone_number', 'given_name', 'preferred_username', 'custom:a', 'custom:b'].map((name) =>
    textAttribute(name),
  ),
  textAttribute('custom:fixed', { mutable: false }),
  textAttribute('email_verified', { type: 'Boolean' }),
  textAttribute('phone_number_verified', { type: 'Boolean' }),
];

const TARGET_ID = parsePoolId('eu-central-1_TargetPool');

export function targetPool(overrides: Partial<PoolDescription> = {}): PoolDescription {
  return samplePool({ id: TARGET_ID, schema: SCHEMA, ...overrides });
}

export interface SampleContext extends Partial<
  Omit<PlanContext, 'scope' | 'options' | 'targetGroups' | 'wantedGroups' | 'targetProviders'>
> {
  readonly scope?: Partial<Scope>;
  readonly options?: Partial<PlanOptions>;
  /** Group names of the target, created before any run. */
  readonly groups?: readonly string[];
  readonly wanted?: readonly string[];
  readonly providers?: readonly string[];
}

/** A restore into another, empty pool that signs in by username, unless told otherwise. */
export function sampleContext(given: SampleContext = {}): PlanContext {
  const { scope, options, groups = [], wanted = [], providers = [], ...rest } = given;
  const target = given.target ?? targetPool();
  return {
    source: samplePool(),
    target,
    identity: identityModelOf(target),
    importHeader: undefined,
    ownRuns: [],
    deletesUntil: undefined,
    targetGroups: new Map(groups.map((name) => [name, sampleGroup(name)])),
    wantedGroups: new Set(wanted),
    targetProviders: new Set(providers),
    targetFactors: new Set(),
    isTaken: () => false,
    ...rest,
    scope: sampleScope(scope),
    options: {
      engine: 'auto',
      passwords: 'random',
      adopt: false,
      recreate: false,
      mapping: { drop: [], rename: new Map() },
      ...options,
    },
  };
}

export const SNAPSHOT_USER: DesiredUser = {
  username: 'ann',
  sub: '0a000000-0000-4000-8000-000000000001',
  status: 'CONFIRMED',
  enabled: true,
  attributes: [
    ['email', 'ann@example.com'],
    ['email_verified', 'true'],
  ],
  createdAt: '2026-01-02T03:04:05.678Z',
  groups: [],
};

export function wantedUser(overrides: Partial<DesiredUser> = {}): DesiredUser {
  return { ...SNAPSHOT_USER, ...overrides };
}

/** The same person in the target, made long ago. */
export function presentUser(overrides: Partial<ActualUser> = {}): ActualUser {
  return {
    username: 'ann',
    sub: '1b000000-0000-4000-8000-000000000001',
    status: 'CONFIRMED',
    enabled: true,
    attributes: SNAPSHOT_USER.attributes,
    createdAt: '2026-02-02T00:00:00.000Z',
    modifiedAt: '2026-02-02T00:00:00.000Z',
    groups: [],
    ...overrides,
  };
}

export function sampleScope(scope: Partial<Scope> = {}): Scope {
  return { values: 'exact', existing: 'skip', deletes: false, onlyUsers: [], onlyGroups: [], ...scope };
}
