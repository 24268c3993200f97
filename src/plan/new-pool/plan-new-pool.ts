import { regionOfPool } from '../../model/ids.ts';
import {
  isObject,
  RESOURCE_KINDS,
  WHOLE_POOL,
  type ConfigurationResource,
  type JsonObject,
  type ResourceKind,
} from '../../model/pool-configuration.ts';
import { clientRequest, secretFate } from './client-request.ts';
import type { ConfigurationLoss } from './configuration-losses.ts';
import {
  clientSessionRequest,
  isManaged,
  logRequest,
  resourceServerRequest,
  riskRequest,
  sessionRequest,
} from './guard-requests.ts';
import { dropMembers, member, objectAt, textAt, textsAt } from './json-members.ts';
import { accountOfArn, foreignArns, mapArns, type ForeignArn } from './map-arns.ts';
import { mfaRequest } from './mfa-request.ts';
import {
  STEP_KINDS,
  stepName,
  type NewPoolInput,
  type NewPoolPlan,
  type NewPoolStep,
  type PlannedClient,
} from './new-pool-plan.ts';
import {
  brandingRequest,
  domainRequest,
  isCustomDomain,
  termsRequest,
  uiRequest,
  withRelyingParty,
} from './page-requests.ts';
import { prefixDomainName } from './pool-addresses.ts';
import { creationRequest, expectedPool, poolSettings, quietTriggers, updateRequest } from './pool-request.ts';
import type { PreparedResource } from './prepared-resource.ts';
import { providerRequest } from './provider-request.ts';
import { schemaRequest } from './schema-request.ts';

/** What other services hold, or another command makes. */
const BY_HAND: readonly ResourceKind[] = ['replica', 'web-acl', 'trigger-permission'];
const POOL = stepName({ kind: 'pool', key: WHOLE_POOL });

/** The way from a snapshot to a new pool, as a value: what is made in which order, what is lost, what it should look like. */
export function planNewPool(input: NewPoolInput): NewPoolPlan {
  return new Planning(input).plan();
}

class Planning {
  readonly #input: NewPoolInput;
  readonly #raw: JsonObject;
  readonly #resources: readonly ConfigurationResource[];
  readonly #steps: NewPoolStep[] = [];
  readonly #losses: ConfigurationLoss[] = [];
  readonly #expected: ConfigurationResource[] = [];
  readonly #absentProviders = new Set<string>();
  #quiet: JsonObject = {};

  constructor(input: NewPoolInput) {
    const { source, resources, options } = input;
    this.#input = input;
    this.#raw = mapArns(isObject(source.raw) ? source.raw : {}, options.arns);
    const wanted = options.scope === 'users' ? resources.filter(({ kind }) => kind === 'mfa') : resources;
    this.#resources = wanted.map((one) => ({ ...one, document: mapArns(one.document, options.arns) }));
  }

  plan(): NewPoolPlan {
    const { source, resources, notCaptured, options, target } = this.#input;
    this.#resourceServers();
    this.#providers();
    this.#clients();
    const hasDomain = this.#domains();
    this.#pages(hasDomain);
    const mfa = this.#mfa();
    this.#guards();
    if (options.scope !== 'configuration') this.#steps.push({ kind: 'users', key: WHOLE_POOL, dependsOn: [POOL] });
    const triggers = this.#triggers();
    const settings = poolSettings(this.#raw);
    this.#losses.push(...settings.losses);
    this.#pool(settings, { mfa, triggers });
    this.#leftOut();
    return {
      name: options.name,
      target,
      snapshot: options.snapshot,
      steps: inOrder(this.#steps),
      losses: inOrderOfResources(this.#losses),
      foreign: this.#foreign(),
      clients: this.#plannedClients(),
      expected: {
        pool: { ...source, raw: expectedPool(this.#raw, settings, { mfa, triggers }) },
        resources: this.#expected,
        notCaptured,
      },
      quiet: this.#quiet,
      triggers: triggers ?? {},
      byHand: resources.filter(({ kind, document }) => BY_HAND.includes(kind) && !isPrimary(document)),
    };
  }

  #resourceServers(): void {
    for (const server of this.#of('resource-server')) {
      if (!isManaged(server)) this.#take(server, resourceServerRequest(server));
    }
  }

  #providers(): void {
    for (const provider of this.#of('identity-provider')) {
      const prepared = providerRequest(provider, this.#input.options.providerSecrets);
      if (!prepared.request) this.#absentProviders.add(provider.key);
      this.#take(provider, prepared);
    }
  }

  #clients(): void {
    for (const client of this.#of('client')) {
      const prepared = clientRequest(client, this.#absentProviders);
      const providers = textsAt(prepared.request ?? {}, 'SupportedIdentityProviders').filter(
        (name) => name !== 'COGNITO',
      );
      const scopes = new Set(
        textsAt(client.document, 'AllowedOAuthScopes').map((scope) => scope.slice(0, scope.lastIndexOf('/'))),
      );
      const servers = this.#steps.filter(({ kind, key }) => kind === 'resource-server' && scopes.has(key));
      this.#take(client, prepared, [
        ...servers.map(stepName),
        ...providers.map((key) => stepName({ kind: 'identity-provider', key })),
      ]);
    }
  }

  #domains(): boolean {
    for (const domain of this.#of('domain')) this.#take(domain, domainRequest(domain, this.#input.options.domains));
    return this.#steps.some(({ kind }) => kind === 'domain');
  }

  #pages(hasDomain: boolean): void {
    for (const branding of this.#of('branding')) this.#take(branding, brandingRequest(branding));
    for (const ui of this.#of('ui-customization')) {
      const domains = this.#steps.filter(({ kind }) => kind === 'domain').map(stepName);
      this.#take(ui, uiRequest(ui, { hasDomain }), domains);
    }
    for (const terms of this.#of('terms')) this.#take(terms, termsRequest(terms));
  }

  /** MfaConfiguration of the pool in the end. */
  #mfa(): string {
    const [captured] = this.#of('mfa');
    const { request, mode, expected, losses } = mfaRequest(this.#raw, captured);
    this.#losses.push(...losses);
    const moved = (document: JsonObject): JsonObject => withRelyingParty(document, this.#prefixes());
    if (request) {
      this.#steps.push({ kind: 'mfa', key: WHOLE_POOL, document: moved(request), dependsOn: [POOL] });
    }
    if (captured && expected) this.#expected.push({ ...captured, document: moved(expected) });
    return mode;
  }

  /** The addresses of the prefix domain, before and afterwards. */
  #prefixes(): readonly [old: string, now: string] {
    const { source, target, options } = this.#input;
    const domain = this.#of('domain').find((one) => !isCustomDomain(one));
    const old = prefixDomainName(domain?.key ?? '', regionOfPool(source.id));
    return [old, prefixDomainName(options.domains.prefix || (domain?.key ?? ''), target.region)];
  }

  #guards(): void {
    const [session] = this.#of('session');
    const isTracked = session !== undefined && textAt(session.document, 'UserSessionTracking') === 'ENABLED';
    if (session) this.#take(session, sessionRequest(session));
    for (const one of this.#of('client-session')) this.#take(one, clientSessionRequest(one, { isTracked }));
    for (const risk of this.#of('risk')) this.#take(risk, riskRequest(risk));
    for (const logs of this.#of('log-delivery')) this.#take(logs, logRequest(logs));
  }

  #triggers(): JsonObject | undefined {
    const triggers = objectAt(this.#raw, 'LambdaConfig') ?? {};
    if (Object.keys(triggers).length === 0) return undefined;
    const { triggers: isWanted, scope } = this.#input.options;
    if (isWanted && scope !== 'users') return triggers;
    for (const key of Object.keys(triggers)) this.#losses.push({ kind: 'triggers', resource: 'pool', key });
    return undefined;
  }

  #pool(
    settings: ReturnType<typeof poolSettings>,
    { mfa, triggers }: { mfa: string; triggers: JsonObject | undefined },
  ): void {
    const { name, snapshot } = this.#input.options;
    const { source } = this.#input;
    const schema = schemaRequest(source);
    const beginning = { state: 'in-progress', snapshot } as const;
    const creation = creationRequest(this.#raw, settings, { name, mark: beginning, schema: schema.creation });
    this.#steps.push({ kind: 'pool', key: WHOLE_POOL, document: creation, dependsOn: [] });
    for (const [index, attributes] of schema.additions.entries()) {
      this.#steps.push({ kind: 'custom-attributes', key: String(index + 1), attributes, dependsOn: [POOL] });
    }
    const update = { name, mfa, triggers };
    const meanwhile = { ...update, mark: beginning, deletionProtection: false };
    this.#quiet = updateRequest(this.#raw, settings, { ...meanwhile, triggers: quietTriggers(triggers) });
    if (triggers) {
      const document = updateRequest(this.#raw, settings, meanwhile);
      this.#steps.push({ kind: 'triggers', key: WHOLE_POOL, document, dependsOn: [POOL] });
    }
    const { deletionProtection } = source;
    const mark = { state: 'done', snapshot, part: this.#input.options.part } as const;
    const last = updateRequest(this.#raw, settings, { ...update, mark, deletionProtection });
    const before = this.#steps.map(stepName);
    this.#steps.push({ kind: 'finish', key: WHOLE_POOL, document: last, dependsOn: before });
  }

  #leftOut(): void {
    const { resources, notCaptured, options } = this.#input;
    const isUsersOnly = options.scope === 'users';
    for (const { kind, key, document } of resources) {
      if (isUsersOnly && kind !== 'mfa') this.#losses.push({ kind: 'left-out', resource: kind, key });
      else if (kind === 'web-acl' || kind === 'trigger-permission') this.#losses.push({ kind, resource: kind, key });
      else if (kind === 'replica' && !isPrimary(document)) this.#losses.push({ kind, resource: kind, key });
    }
    const kinds: readonly string[] = RESOURCE_KINDS;
    for (const { kind, reason } of notCaptured) {
      // What the source's tier did not have, it did not lose.
      if (kinds.includes(kind) && reason !== 'not-available')
        this.#losses.push({ kind: 'not-captured', resource: kind, key: WHOLE_POOL });
    }
  }

  #plannedClients(): readonly PlannedClient[] {
    return this.#of('client').map((client) => ({
      oldId: client.key,
      name: textAt(client.document, 'ClientName') ?? client.key,
      secret: secretFate(client),
    }));
  }

  #foreign(): readonly ForeignArn[] {
    const { source, groups, options, target } = this.#input;
    const raw = isObject(source.raw) ? source.raw : {};
    const hasTriggers = this.#steps.some(({ kind }) => kind === 'triggers');
    const left = ['Arn', ...(hasTriggers ? [] : ['LambdaConfig'])];
    const taken = new Set(this.#expected.map(({ kind, key }) => `${kind} ${key}`));
    const resources = this.#input.resources.filter(({ kind, key }) => taken.has(`${kind} ${key}`));
    const roles = options.scope === 'configuration' ? [] : groups.flatMap(({ roleArn }) => roleArn ?? []);
    return foreignArns(
      [
        ['pool', dropMembers(raw, left)],
        ...resources.map(({ kind, key, document }) => [`${kind} ${key}`, document] as const),
        ...roles.map((role) => ['groups RoleArn', role] as const),
      ],
      { source: { region: regionOfPool(source.id), account: accountOfArn(source.arn) }, target },
      options.arns,
    );
  }

  #of(kind: ResourceKind): readonly ConfigurationResource[] {
    return this.#resources.filter((resource) => resource.kind === kind);
  }

  #take(resource: ConfigurationResource, prepared: PreparedResource, dependsOn: readonly string[] = []): void {
    const { kind, key } = resource;
    const { request, expected, withheld, losses } = prepared;
    this.#losses.push(...losses);
    if (expected) {
      const { withheld: _old, ...bare } = resource;
      this.#expected.push({ ...bare, document: expected, ...(withheld && { withheld }) });
    }
    if (!request) return;
    const owner = ownerOf(resource);
    this.#steps.push({
      kind: kind as Exclude<NewPoolStep['kind'], 'custom-attributes' | 'users'>,
      key,
      document: request,
      ...(owner !== undefined && { client: owner }),
      dependsOn: [POOL, ...(owner === undefined ? [] : [stepName({ kind: 'client', key: owner })]), ...dependsOn],
    });
  }
}

/** The client on which a resource hangs. */
function ownerOf({ kind, key }: ConfigurationResource): string | undefined {
  switch (kind) {
    case 'branding':
    case 'client-session':
      return key;
    case 'terms':
      return key.split(' ')[0];
    case 'ui-customization':
    case 'risk':
      return key === WHOLE_POOL ? undefined : key;
    default:
      return undefined;
  }
}

function isPrimary(replica: JsonObject): boolean {
  return member(replica, 'Role') === 'PRIMARY';
}

/** By kind; within one, as they came. */
function inOrder(steps: readonly NewPoolStep[]): readonly NewPoolStep[] {
  return STEP_KINDS.flatMap((kind) => steps.filter((step) => step.kind === kind));
}

function inOrderOfResources(losses: readonly ConfigurationLoss[]): readonly ConfigurationLoss[] {
  const order: readonly string[] = ['pool', ...RESOURCE_KINDS];
  return losses.toSorted((one, other) => order.indexOf(one.resource) - order.indexOf(other.resource));
}
