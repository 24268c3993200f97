import {
  RESOURCE_KINDS,
  WHOLE_POOL,
  type ConfigurationResource,
  type JsonObject,
  type PoolConfiguration,
  type ResourceKind,
} from '../model/pool-configuration.ts';
import type { JsonValue, PoolDescription } from '../model/pool.ts';
import { secretsOf, withholdSecrets } from '../model/resource-secrets.ts';
import { triggerFunctions } from '../model/trigger-functions.ts';
import { inParallel } from '../runtime/in-parallel.ts';
import { ConfigurationGaps, refusalOf, refusalOfOther, type Refusal } from './configuration-gaps.ts';
import type { CognitoGateway, OperationName, RequestOf, ResponseOf, UiCustomization } from './gateway.ts';
import { listAll, type ItemOf, type ListingOperation } from './listing.ts';

export interface ReadConfigurationOptions {
  /** Keeps client secrets and those of identity providers. Default: false. */
  readonly includeSecrets?: boolean;
  readonly signal?: AbortSignal;
  /** Asked before each client; once it says true, the clients left are not read. */
  readonly deadline?: () => boolean;
  /** Told after every resource how many there are. */
  readonly onResource?: (done: number) => void;
}

/** Calls in flight; the governor paces them, five a second for each operation. */
const SECTIONS_AT_ONCE = 4;
const RESOURCES_AT_ONCE = 8;

const RISK_SETTINGS = [
  'CompromisedCredentialsRiskConfiguration',
  'AccountTakeoverRiskConfiguration',
  'RiskExceptionConfiguration',
];

/** What cannot be known where the clients are not. */
const KINDS_OF_CLIENTS = ['client', 'branding', 'client-session', 'ui-customization', 'risk'] as const;

/**
 * Reads everything that a pool is configured with. What permissions, tier or endpoint do not give is no error: it is listed,
 * with its reason. Throws what the gateway throws for anything else, an outage above all.
 */
export async function readConfiguration(
  gateway: CognitoGateway,
  pool: PoolDescription,
  options: ReadConfigurationOptions = {},
): Promise<PoolConfiguration> {
  const reading = new Reading(gateway, pool, options);
  const sections = [
    () => reading.clients(),
    () => reading.wholePool(),
    () => reading.resourceServers(),
    () => reading.identityProviders(),
    () => reading.domains(),
    () => reading.terms(),
    () => reading.replicas(),
    () => reading.webAcl(),
    () => reading.triggerPermissions(),
  ];
  await inParallel(sections, SECTIONS_AT_ONCE, (section) => section());
  return reading.result();
}

class Reading {
  readonly #gateway: CognitoGateway;
  readonly #pool: PoolDescription;
  readonly #options: ReadConfigurationOptions;
  readonly #resources = new Map<string, ConfigurationResource>();
  readonly #gaps = new ConfigurationGaps();
  /** Operations that need not be asked again. */
  readonly #closed = new Set<OperationName>();

  constructor(gateway: CognitoGateway, pool: PoolDescription, options: ReadConfigurationOptions) {
    this.#gateway = gateway;
    this.#pool = pool;
    this.#options = options;
  }

  async wholePool(): Promise<void> {
    const poolId = this.#pool.id;
    this.#add('mfa', WHOLE_POOL, await this.#ask('mfa', 'GetUserPoolMfaConfig', { poolId }));
    this.#add('session', WHOLE_POOL, await this.#ask('session', 'GetUserPoolSessionConfiguration', { poolId }));
    const logs = await this.#ask('log-delivery', 'GetLogDeliveryConfiguration', { poolId });
    if (isFilled(logs?.['LogConfigurations'])) this.#add('log-delivery', WHOLE_POOL, logs);
    this.#addRisk(WHOLE_POOL, await this.#ask('risk', 'DescribeRiskConfiguration', { poolId }));
    this.#addCustomization(WHOLE_POOL, await this.#ask('ui-customization', 'GetUICustomization', { poolId }));
  }

  async clients(): Promise<void> {
    const ids = await this.#list('client', 'ListUserPoolClients', (refusal) => {
      for (const kind of KINDS_OF_CLIENTS) this.#gaps.add(kind, refusal, 'ListUserPoolClients');
    });
    let left = ids.length;
    await inParallel(ids, RESOURCES_AT_ONCE, async (clientId) => {
      if (this.#options.deadline?.()) return;
      left -= 1;
      await this.#client(clientId);
    });
    for (const kind of KINDS_OF_CLIENTS) this.#gaps.count(kind, { reason: 'out-of-time' }, { count: left });
  }

  async #client(clientId: string): Promise<void> {
    const request = { poolId: this.#pool.id, clientId };
    this.#add('client', clientId, await this.#ask('client', 'DescribeUserPoolClient', request));
    this.#add(
      'client-session',
      clientId,
      await this.#ask('client-session', 'GetUserPoolClientSessionConfiguration', request),
    );
    const branding = await this.#ask('branding', 'DescribeManagedLoginBrandingByClient', request);
    if (branding?.['ManagedLoginBrandingId'] !== undefined) this.#add('branding', clientId, branding);
    this.#addRisk(clientId, await this.#ask('risk', 'DescribeRiskConfiguration', request));
    this.#addCustomization(clientId, await this.#ask('ui-customization', 'GetUICustomization', request));
  }

  async resourceServers(): Promise<void> {
    for (const server of await this.#list('resource-server', 'ListResourceServers')) {
      this.#add('resource-server', textOf(server['Identifier']), server);
    }
  }

  async identityProviders(): Promise<void> {
    const names = await this.#list('identity-provider', 'ListIdentityProviders');
    await inParallel(names, RESOURCES_AT_ONCE, async (providerName) => {
      const request = { poolId: this.#pool.id, providerName };
      const provider = await this.#ask('identity-provider', 'DescribeIdentityProvider', request);
      this.#add('identity-provider', providerName, provider);
      // Apple's private key is taken and never shown. [D] COGNITO-FACTS §5
      if (provider?.['ProviderType'] !== 'SignInWithApple') return;
      this.#gaps.count('identity-provider-secrets', { reason: 'no-api' });
    });
  }

  /** Of a pool's two domains, its description names the prefix and the custom one. */
  async domains(): Promise<void> {
    const { id: poolId, raw } = this.#pool;
    const description = raw as JsonObject | null;
    for (const name of [description?.['Domain'], description?.['CustomDomain']]) {
      if (typeof name !== 'string' || name === '') continue;
      const domain = await this.#ask('domain', 'DescribeUserPoolDomain', { poolId, domain: name });
      if (domain?.['UserPoolId'] === poolId) this.#add('domain', name, domain);
    }
  }

  /** A listing of terms lacks their links. */
  async terms(): Promise<void> {
    const ids = await this.#list('terms', 'ListTerms');
    await inParallel(ids, RESOURCES_AT_ONCE, async (termsId) => {
      const terms = await this.#ask('terms', 'DescribeTerms', { poolId: this.#pool.id, termsId });
      if (terms) this.#add('terms', `${textOf(terms['ClientId'])} ${textOf(terms['TermsName'])}`, terms);
    });
  }

  async replicas(): Promise<void> {
    for (const replica of await this.#list('replica', 'ListUserPoolReplicas')) {
      this.#add('replica', textOf(replica['RegionName']), replica);
    }
  }

  async webAcl(): Promise<void> {
    const request = { resourceArn: this.#pool.arn };
    this.#add('web-acl', WHOLE_POOL, await this.#ask('web-acl', 'GetWebACLForResource', request, refusalOfOther));
  }

  async triggerPermissions(): Promise<void> {
    for (const { functionArn } of triggerFunctions(this.#pool)) {
      const policy = await this.#ask('trigger-permission', 'GetPolicy', { functionArn }, refusalOfOther);
      this.#add('trigger-permission', functionArn, policy);
    }
  }

  result(): PoolConfiguration {
    const resources = [...this.#resources.values()].sort(byKindAndKey);
    return { resources, notCaptured: this.#gaps.list() };
  }

  /** Which client the answer is for, it says itself: without its own, a client is shown what holds for all. [D] SDK 3.1169 */
  #addCustomization(key: string, customization: UiCustomization | undefined): void {
    const { document, image } = customization ?? {};
    if (!document || !isOwn(document, key)) return;
    if (!isFilled(document['CSS']) && !isFilled(document['ImageUrl'])) return;
    if (image === 'unreachable') this.#gaps.count('ui-images', { reason: 'unreachable' });
    const bytes = image instanceof Uint8Array ? { ImageFile: Buffer.from(image).toString('base64') } : {};
    this.#add('ui-customization', key, { ...document, ...bytes });
  }

  #addRisk(key: string, document: JsonObject | undefined): void {
    if (!document || !isOwn(document, key)) return;
    if (RISK_SETTINGS.some((name) => document[name] !== undefined)) this.#add('risk', key, document);
  }

  #add(kind: ResourceKind, key: string, document: JsonObject | undefined): void {
    if (document === undefined || Object.keys(document).length === 0) return;
    const resource = { kind, key, document };
    const isKept = this.#options.includeSecrets === true || secretsOf(resource).length === 0;
    if (!isKept && (kind === 'client' || kind === 'identity-provider')) {
      this.#gaps.count(`${kind}-secrets`, { reason: 'secrets-not-included' });
    }
    this.#resources.set(`${kind} ${key}`, isKept ? resource : withholdSecrets(resource));
    this.#options.onResource?.(this.#resources.size);
  }

  /** `undefined` where there is none, or it could not be read. */
  async #ask<Name extends OperationName>(
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
      if (refusal.reason === 'refused') this.#gaps.count(kind, refusal, { operation });
      else this.#close(kind, refusal, operation);
      return undefined;
    }
  }

  #close(kind: ResourceKind, refusal: Refusal, operation: OperationName): void {
    this.#closed.add(operation);
    this.#gaps.add(kind, refusal, operation);
  }

  /** Everything that is listed, no item twice; nothing where the listing is refused. */
  async #list<Name extends PoolListing>(
    kind: ResourceKind,
    operation: Name,
    refused = (refusal: Refusal): void => this.#gaps.add(kind, refusal, operation),
  ): Promise<readonly ItemOf<Name>[]> {
    const items = new Set<ItemOf<Name>>();
    try {
      const request = { poolId: this.#pool.id } as RequestOf<Name>;
      for await (const item of listAll(this.#gateway, operation, request, this.#options.signal)) items.add(item);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal !== 'absent') refused(refusal);
      return [];
    }
    return [...items];
  }
}

type PoolListing = Exclude<ListingOperation, 'ListUserPools' | 'ListUsersInGroup'>;

function isOwn(document: JsonObject, key: string): boolean {
  const clientId = document['ClientId'] ?? WHOLE_POOL;
  return clientId === key;
}

function isFilled(value: JsonValue | undefined): boolean {
  return (typeof value === 'string' || Array.isArray(value)) && value.length > 0;
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function byKindAndKey(one: ConfigurationResource, other: ConfigurationResource): number {
  const kinds = RESOURCE_KINDS.indexOf(one.kind) - RESOURCE_KINDS.indexOf(other.kind);
  return kinds || (one.key < other.key ? -1 : 1);
}
