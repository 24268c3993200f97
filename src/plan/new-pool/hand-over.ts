import { regionOfPool } from '../../model/ids.ts';
import { isObject, type ConfigurationResource } from '../../model/pool-configuration.ts';
import type { PoolDescription } from '../../model/pool.ts';
import { objectAt, textAt } from './json-members.ts';
import { triggerFunctions } from '../../model/trigger-functions.ts';
import type { ClientSecretFate } from './client-request.ts';
import type { NewPoolPlan } from './new-pool-plan.ts';
import { isCustomDomain } from './page-requests.ts';
import { poolAddresses, prefixDomainName } from './pool-addresses.ts';

/** What was, and what is now. */
export interface Replaced {
  readonly old: string;
  readonly new: string;
}

export interface HandedClient {
  readonly name: string;
  readonly oldId: string;
  readonly newId: string;
  readonly secret: ClientSecretFate;
}

export interface HandedDomain {
  readonly kind: 'prefix' | 'custom';
  readonly old: string;
  readonly new: string;
  /** Where the DNS record of a custom domain has to point. */
  readonly target?: string;
}

/** An identity provider has to know where it sends users back to, and a SAML one also who asks. */
export interface HandedProvider {
  readonly name: string;
  readonly type: string;
  readonly redirectUris: readonly string[];
  readonly entityId?: string;
}

export interface HandedTrigger {
  readonly trigger: string;
  readonly functionArn: string;
  /** What lets the new pool invoke it. */
  readonly command: string;
}

/** Everything that has to change outside of Cognito once a pool lives on under another id. */
export interface HandOver {
  readonly region: Replaced;
  readonly pool: Replaced;
  /** In policies of IAM, of functions, of API Gateway, and wherever else the pool is named. */
  readonly arn: Replaced;
  readonly issuer: Replaced;
  readonly jwksUrl: Replaced;
  readonly clients: readonly HandedClient[];
  readonly domains: readonly HandedDomain[];
  readonly providers: readonly HandedProvider[];
  readonly triggers: readonly HandedTrigger[];
  /** Resources of other services, and of Cognito, that are not made here; permissions of triggers stand with these. */
  readonly byHand: readonly HandedResource[];
}

export interface HandedResource {
  readonly resource: string;
  readonly key: string;
  /** What makes it, where one command does. */
  readonly command?: string;
}

export interface MadePool {
  readonly pool: PoolDescription;
  readonly resources: readonly ConfigurationResource[];
  readonly clients: ReadonlyMap<string, string>;
}

/** What applications, identity providers and operators have to be told. Pure; holds no secret and nothing of users. */
export function handOver(source: PoolDescription, plan: NewPoolPlan, made: MadePool): HandOver {
  const [old, now] = [source, made.pool].map((pool) => ({ pool, region: regionOfPool(pool.id), ...addressesOf(pool) }));
  if (!old || !now) throw new TypeError('There are two pools');
  const domains = handedDomains(plan, made, { old: old.region, now: now.region });
  return {
    region: { old: old.region, new: now.region },
    pool: { old: source.id, new: made.pool.id },
    arn: { old: source.arn, new: made.pool.arn },
    issuer: { old: old.issuer, new: now.issuer },
    jwksUrl: { old: old.jwksUrl, new: now.jwksUrl },
    clients: plan.clients.flatMap(({ oldId, name, secret }) => {
      const newId = made.clients.get(oldId);
      return newId === undefined ? [] : [{ name, oldId, newId, secret }];
    }),
    domains,
    providers: handedProviders(made, domains),
    triggers: handedTriggers(made.pool),
    byHand: plan.byHand
      .filter(({ kind }) => kind !== 'trigger-permission')
      .map((resource) => handedResource(resource, made.pool)),
  };
}

function addressesOf({ id, raw }: PoolDescription) {
  const issuer = objectAt(isObject(raw) ? raw : {}, 'IssuerConfiguration') ?? {};
  return poolAddresses(id, regionOfPool(id), { issuerType: textAt(issuer, 'Type') });
}

function handedDomains(
  plan: NewPoolPlan,
  { resources }: MadePool,
  regions: { readonly old: string; readonly now: string },
): readonly HandedDomain[] {
  return plan.steps.flatMap((step): HandedDomain[] => {
    if (step.kind !== 'domain') return [];
    const name = textAt(step.document, 'Domain') ?? '';
    const there = resources.find(({ kind, key }) => kind === 'domain' && key === name);
    if (!there) return [];
    if (!isCustomDomain(there)) {
      const old = prefixDomainName(step.key, regions.old);
      return [{ kind: 'prefix', old, new: prefixDomainName(name, regions.now) }];
    }
    const target = textAt(there.document, 'CloudFrontDistribution');
    return [{ kind: 'custom', old: step.key, new: name, ...(target !== undefined && { target }) }];
  });
}

function handedProviders({ pool, resources }: MadePool, domains: readonly HandedDomain[]): readonly HandedProvider[] {
  return resources
    .filter(({ kind }) => kind === 'identity-provider')
    .map(({ key, document }) => {
      const type = textAt(document, 'ProviderType') ?? '';
      const path = type === 'SAML' ? 'saml2/idpresponse' : 'oauth2/idpresponse';
      return {
        name: key,
        type,
        redirectUris: domains.map((domain) => `https://${domain.new}/${path}`),
        ...(type === 'SAML' && { entityId: `urn:amazon:cognito:sp:${pool.id}` }),
      };
    });
}

/** A web ACL guards resources of its own Region and account alone; one of another Region has no command. */
function handedResource({ kind, key, document }: ConfigurationResource, pool: PoolDescription): HandedResource {
  const acl = kind === 'web-acl' ? textAt(document, 'ARN') : undefined;
  if (acl === undefined) return { resource: kind, key };
  const placeOf = (arn: string): string => arn.split(':').slice(3, 5).join(':');
  if (placeOf(acl) !== placeOf(pool.arn)) return { resource: kind, key: acl };
  const region = regionOfPool(pool.id);
  const command = `aws wafv2 associate-web-acl --region ${region} --web-acl-arn ${acl} --resource-arn ${pool.arn}`;
  return { resource: kind, key: acl, command };
}

function handedTriggers(pool: PoolDescription): readonly HandedTrigger[] {
  const { id, arn } = pool;
  return triggerFunctions(pool).map(({ trigger, functionArn }) => {
    const command =
      `aws lambda add-permission --function-name ${functionArn} --statement-id cognito-${id} ` +
      `--action lambda:InvokeFunction --principal cognito-idp.amazonaws.com --source-arn ${arn}`;
    return { trigger, functionArn, command };
  });
}
