import type { JsonValue } from './pool.ts';

/**
 * What a pool consists of besides its own description and its groups, in the order in which a new pool would get it. Named
 * for what AWS creates or sets, one kind an operation: a restore goes through them kind by kind.
 */
export const RESOURCE_KINDS = [
  'mfa',
  'resource-server',
  'identity-provider',
  'client',
  'domain',
  'branding',
  'ui-customization',
  'terms',
  'session',
  'client-session',
  'risk',
  'log-delivery',
  'replica',
  'web-acl',
  'trigger-permission',
] as const;

export type ResourceKind = (typeof RESOURCE_KINDS)[number];

/** The key of what a pool has once; of customization and risk, of what holds for every client without its own. AWS's own word. */
export const WHOLE_POOL = 'ALL';

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One resource of a pool as the service shows it. */
export interface ConfigurationResource {
  readonly kind: ResourceKind;
  /**
   * Which one of its kind: a client's id (also of what hangs on a client), a provider's name, a resource server's identifier,
   * a domain, `<client id> <name>` of terms, a replica's Region, a function's ARN; else `ALL`.
   */
  readonly key: string;
  /** The service's own answer: dates as ISO 8601, bytes as base64. */
  readonly document: JsonObject;
  /** Paths of the secrets that were left out of the document: they are there in the pool. */
  readonly withheld?: readonly string[];
}

/** Everything a pool is, besides its configuration, that a snapshot may lack. */
const NEVER_LISTED = [
  'passwords',
  'mfa-preferences',
  'totp-secrets',
  'passkeys',
  'devices',
  'sessions-and-tokens',
  'auth-events',
] as const;

/** Parts of a resource that may be missing while the rest of it is there. */
const PARTIAL = ['client-secrets', 'identity-provider-secrets', 'ui-images'] as const;

export const UNCAPTURED_KINDS = [...NEVER_LISTED, ...RESOURCE_KINDS, ...PARTIAL] as const;
export type UncapturedKind = (typeof UNCAPTURED_KINDS)[number];

/**
 * Why not:
 *
 * - `no-api`: no operation of Cognito shows it. `not-listed`: no listing has it, each user would have to be asked for.
 * - `not-authorized`: the permission is missing. `not-available`: the pool's tier or settings do not have it.
 * - `not-supported`: the endpoint does not know the operation. `refused`: for another reason, which `exception` names.
 * - `secrets-not-included`: there, and left out (`--include-secrets`). `unreachable`: an image that could not be fetched.
 * - `out-of-time`: the run had to end. `not-read-here`: this version does not ask that service.
 */
export const UNCAPTURED_REASONS = [
  'no-api',
  'not-listed',
  'not-authorized',
  'not-available',
  'not-supported',
  'refused',
  'secrets-not-included',
  'unreachable',
  'out-of-time',
  'not-read-here',
] as const;
export type UncapturedReason = (typeof UNCAPTURED_REASONS)[number];

/** What a snapshot does not hold, and why. */
export interface NotCaptured {
  readonly kind: UncapturedKind;
  readonly reason: UncapturedReason;
  /** How many resources it concerns; absent where it is the kind as a whole. */
  readonly count?: number;
  /** The call that was refused, and AWS's name for the refusal. */
  readonly operation?: string;
  readonly exception?: string;
}

/** A pool's configuration as far as it could be read. */
export interface PoolConfiguration {
  /** By kind, then by key. */
  readonly resources: readonly ConfigurationResource[];
  readonly notCaptured: readonly NotCaptured[];
}

/** What no operation, or no listing, shows of any pool. Source: COGNITO-FACTS §1, §4. */
export const NEVER_CAPTURED: readonly NotCaptured[] = [
  { kind: 'passwords', reason: 'no-api' },
  { kind: 'mfa-preferences', reason: 'not-listed' },
  { kind: 'totp-secrets', reason: 'no-api' },
  { kind: 'passkeys', reason: 'no-api' },
  { kind: 'devices', reason: 'not-listed' },
  { kind: 'sessions-and-tokens', reason: 'no-api' },
  { kind: 'auth-events', reason: 'not-listed' },
];

export function countByKind(resources: readonly ConfigurationResource[]): Partial<Record<ResourceKind, number>> {
  const counts: Partial<Record<ResourceKind, number>> = {};
  for (const { kind } of resources) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** No two resources of a pool have the same. */
export function resourceName({ kind, key }: ConfigurationResource): string {
  return `${kind} ${key}`;
}
