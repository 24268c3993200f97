import {
  RESOURCE_KINDS,
  type ConfigurationResource,
  type JsonObject,
  type PoolConfiguration,
  type ResourceKind,
} from '../model/pool-configuration.ts';
import type { PoolDescription } from '../model/pool.ts';
import { secretsOf, withholdSecrets } from '../model/resource-secrets.ts';
import { ConfigurationGaps, refusalOf, type Refusal } from './configuration-gaps.ts';
import type { CognitoGateway, OperationName, RequestOf, ResponseOf } from './gateway.ts';
import { listAll, type ItemOf, type ListingOperation } from './listing.ts';

export interface ReadConfigurationOptions {
  /** Keeps client secrets and those of identity providers. Default: false. */
  readonly includeSecrets?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Asked before each client; once it says true, the clients left are not read. */
  readonly deadline?: (() => boolean) | undefined;
  /** Told after every resource how many there are. */
  readonly onResource?: (done: number) => void;
}

export type PoolListing = Exclude<ListingOperation, 'ListUserPools' | 'ListUsersInGroup'>;

/** What has been read of one pool so far, and what could not be. */
export class ConfigurationReading {
  readonly pool: PoolDescription;
  readonly gaps = new ConfigurationGaps();
  readonly #gateway: CognitoGateway;
  readonly #options: ReadConfigurationOptions;
  readonly #resources = new Map<string, ConfigurationResource>();
  /** Operations that need not be asked again. */
  readonly #closed = new Set<OperationName>();

  constructor(gateway: CognitoGateway, pool: PoolDescription, options: ReadConfigurationOptions) {
    this.pool = pool;
    this.#gateway = gateway;
    this.#options = options;
  }

  isOutOfTime(): boolean {
    return this.#options.deadline?.() ?? false;
  }

  result(): PoolConfiguration {
    const resources = [...this.#resources.values()].sort(byKindAndKey);
    return { resources, notCaptured: this.gaps.list() };
  }

  /** Nothing where there is none. */
  add(kind: ResourceKind, key: string, document: JsonObject | undefined): void {
    if (document === undefined || Object.keys(document).length === 0) return;
    const resource = { kind, key, document };
    const isKept = this.#options.includeSecrets === true || secretsOf(resource).length === 0;
    if (!isKept && (kind === 'client' || kind === 'identity-provider')) {
      this.gaps.count(`${kind}-secrets`, { reason: 'secrets-not-included' });
    }
    this.#resources.set(`${kind} ${key}`, isKept ? resource : withholdSecrets(resource));
    this.#options.onResource?.(this.#resources.size);
  }

  /** `undefined` where there is none, or it could not be read. */
  async ask<Name extends OperationName>(
    kind: ResourceKind,
    operation: Name,
    request: RequestOf<Name>,
    refusalIn = refusalOf,
  ): Promise<ResponseOf<Name> | undefined> {
    if (this.#closed.has(operation)) return undefined;
    try {
      return await this.#gateway.send(operation, request, this.#options.signal);
    } catch (error) {
      const refusal = refusalIn(error);
      if (refusal === 'absent') return undefined;
      if (refusal.reason === 'refused') this.gaps.count(kind, refusal, { operation });
      else this.#close(kind, refusal, operation);
      return undefined;
    }
  }

  /** Everything that is listed, no item twice; nothing where the listing is refused. */
  async list<Name extends PoolListing>(
    kind: ResourceKind,
    operation: Name,
    refused = (refusal: Refusal): void => this.gaps.add(kind, refusal, operation),
  ): Promise<readonly ItemOf<Name>[]> {
    const items = new Set<ItemOf<Name>>();
    try {
      const request = { poolId: this.pool.id } as RequestOf<Name>;
      for await (const item of listAll(this.#gateway, operation, request, this.#options.signal)) items.add(item);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal !== 'absent') refused(refusal);
      return [];
    }
    return [...items];
  }

  #close(kind: ResourceKind, refusal: Refusal, operation: OperationName): void {
    this.#closed.add(operation);
    this.gaps.add(kind, refusal, operation);
  }
}

function byKindAndKey(one: ConfigurationResource, other: ConfigurationResource): number {
  const kinds = RESOURCE_KINDS.indexOf(one.kind) - RESOURCE_KINDS.indexOf(other.kind);
  return kinds || (one.key < other.key ? -1 : 1);
}
