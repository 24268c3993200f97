import type { Group } from '../../model/group.ts';
import type { ConfigurationResource, JsonObject, NotCaptured } from '../../model/pool-configuration.ts';
import type { PoolDescription, SchemaAttribute } from '../../model/pool.ts';
import type { ComparedPool } from '../configuration/compare-configuration.ts';
import type { ClientSecretFate } from './client-request.ts';
import type { ConfigurationLoss } from './configuration-losses.ts';
import type { ArnMap, ForeignArn, PoolPlace } from './map-arns.ts';
import type { DomainChoice } from './page-requests.ts';
import type { SnapshotPart } from './pool-mark.ts';
import type { ProviderSecrets } from './provider-request.ts';

/**
 * What a new pool is made of, in the order in which it is made (COGNITO-FACTS §5). Nothing fires while users are written, and the
 * pool can be deleted again until the last step.
 */
export const STEP_KINDS = [
  'pool',
  'custom-attributes',
  'resource-server',
  'identity-provider',
  'client',
  'domain',
  'branding',
  'ui-customization',
  'terms',
  'mfa',
  'session',
  'client-session',
  'users',
  'triggers',
  'log-delivery',
  'risk',
  'finish',
] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** One step; without the ids that are known only when it is taken. */
export type NewPoolStep = {
  readonly key: string;
  /** Names of the steps before it that it needs, as `kind key`. */
  readonly dependsOn: readonly string[];
} & (
  | {
      readonly kind: Exclude<StepKind, 'custom-attributes' | 'users'>;
      readonly document: JsonObject;
      /** Id in the source of the client that it belongs to; the request names the new one. */
      readonly client?: string;
    }
  | { readonly kind: 'custom-attributes'; readonly attributes: readonly SchemaAttribute[] }
  | { readonly kind: 'users' }
);

export interface NewPoolOptions {
  readonly name: string;
  /** `POOL@SNAPSHOT`. */
  readonly snapshot: string;
  readonly arns: ArnMap;
  readonly providerSecrets: ProviderSecrets;
  readonly domains: DomainChoice;
  /** `false`: they are left detached. */
  readonly triggers: boolean;
  /** `users`: only what users need, no clients, providers or pages. `configuration`: no users and groups. */
  readonly scope: 'all' | 'configuration' | 'users';
  /** The same with the choice of users, for the mark of the pool; `undefined`: everything. */
  readonly part: SnapshotPart | undefined;
}

export interface NewPoolInput {
  readonly source: PoolDescription;
  readonly resources: readonly ConfigurationResource[];
  readonly notCaptured: readonly NotCaptured[];
  readonly groups: readonly Group[];
  readonly target: PoolPlace;
  readonly options: NewPoolOptions;
}

/** What is known before it is known where the pool will be. */
export type PlainInput = Omit<NewPoolInput, 'target'>;

export interface PlannedClient {
  readonly oldId: string;
  readonly name: string;
  readonly secret: ClientSecretFate;
}

export interface NewPoolPlan {
  readonly name: string;
  readonly target: PoolPlace;
  readonly snapshot: string;
  readonly steps: readonly NewPoolStep[];
  readonly losses: readonly ConfigurationLoss[];
  /** Not empty: nothing may be written. */
  readonly foreign: readonly ForeignArn[];
  readonly clients: readonly PlannedClient[];
  /** What the new pool should show, by the source's client ids. */
  readonly expected: ComparedPool;
  /** UpdateUserPool under which no trigger fires while users are written: for a pool that has them attached already. */
  readonly quiet: JsonObject;
  /** What is still to be done by hand: triggers as they will be, resources that are not made. */
  readonly triggers: JsonObject;
  readonly byHand: readonly ConfigurationResource[];
}

export function stepName({ kind, key }: Pick<NewPoolStep, 'kind' | 'key'>): string {
  return `${kind} ${key}`;
}
