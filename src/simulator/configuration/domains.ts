import type { AccountState } from '../account-state.ts';
import { poolOf, type Context, type Operation } from '../operations/context.ts';
import type { PoolState } from '../pool-state.ts';
import { ServiceError, invalidParameter } from '../service-error.ts';
import type { DomainState } from './pool-resources.ts';
import { structure, text, whole, word, type Shaped } from './shape.ts';
import { arn } from './shapes.ts';
import { requireTier } from './tiers.ts';

const PREFIX = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const FULL_NAME = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/;
/** Words that a prefix may not hold. [D] developer guide, prefix domains. */
const RESERVED_WORDS = /aws|amazon|cognito/;
/** CloudFront reads certificates there alone. [D] COGNITO-FACTS §5. */
const CERTIFICATE = /^arn:aws[\w-]*:acm:us-east-1:/;

const domainRequest = structure(
  { Domain: text({ min: 1, max: 63 }) },
  {
    ManagedLoginVersion: whole(1, 2),
    CustomDomainConfig: structure(
      { CertificateArn: arn },
      { SecurityPolicy: word('TLS_V1', 'TLS_V1_2_2021', 'TLS_V1_3_2025') },
    ),
    Routing: structure(
      {},
      { Failover: structure({ SecondaryRegion: text(), PrimaryRoute53HealthCheckId: text() }, {}) },
    ),
  },
);

export const domainOperations: Readonly<Record<string, Operation>> = {
  CreateUserPoolDomain: (context) => {
    const pool = poolOf(context);
    const asked = domainRequest(context.request.body, '');
    const isCustom = asked.CustomDomainConfig !== undefined;
    checkName(asked.Domain, isCustom);
    if (holderOf(context.account, asked.Domain)) {
      throw invalidParameter(`Domain already exists: ${asked.Domain}`);
    }
    if ([...pool.resources.domains.values()].some((domain) => domain.isCustom === isCustom)) {
      throw invalidParameter(`The user pool already has a ${isCustom ? 'custom' : 'prefix'} domain.`);
    }
    return keep(pool, asked, { isCustom, createdAt: pool.now() });
  },

  UpdateUserPoolDomain: (context) => {
    const pool = poolOf(context);
    const { isCustom, createdAt } = ownDomain(pool, context);
    const asked = domainRequest(context.request.body, '');
    if (isCustom !== (asked.CustomDomainConfig !== undefined)) {
      throw invalidParameter('CustomDomainConfig belongs to custom domains, and they need it.');
    }
    return keep(pool, asked, { isCustom, createdAt });
  },

  /** Empty for a name that nobody has. */
  DescribeUserPoolDomain: ({ account, request }) => {
    const name = request.text('Domain', { min: 1, max: 63 });
    const pool = holderOf(account, name);
    const domain = pool?.resources.domains.get(name);
    if (!pool || !domain) return { DomainDescription: {} };
    return {
      DomainDescription: {
        UserPoolId: pool.id,
        AWSAccountId: account.accountId,
        Domain: name,
        S3Bucket: `aws-cognito-prod-${account.region}-assets`,
        CloudFrontDistribution: 'd111111abcdef8.cloudfront.net',
        Version: String(domain.modifiedAt),
        Status: 'ACTIVE',
        ...domain.fields,
      },
    };
  },

  DeleteUserPoolDomain: (context) => {
    const pool = poolOf(context);
    pool.resources.domains.delete(ownDomain(pool, context).name);
    return {};
  },
};

/** `Domain` and `CustomDomain` of DescribeUserPool. */
export function domainNames({ resources }: PoolState): { readonly Domain?: string; readonly CustomDomain?: string } {
  const domains = [...resources.domains.values()];
  const prefix = domains.find(({ isCustom }) => !isCustom);
  const custom = domains.find(({ isCustom }) => isCustom);
  return { ...(prefix ? { Domain: prefix.name } : {}), ...(custom ? { CustomDomain: custom.name } : {}) };
}

/** A name is one pool's in the account. */
function holderOf({ pools }: AccountState, name: string): PoolState | undefined {
  return [...pools.values()].find(({ resources }) => resources.domains.has(name));
}

function checkName(name: string, isCustom: boolean): void {
  if (!(isCustom ? FULL_NAME : PREFIX).test(name)) {
    throw invalidParameter(`Invalid domain ${name}: ${isCustom ? 'not a full domain name' : 'not a domain prefix'}.`);
  }
  if (!isCustom && RESERVED_WORDS.test(name)) throw invalidParameter('The domain prefix contains a reserved word.');
}

interface Kept {
  readonly isCustom: boolean;
  readonly createdAt: number;
}

function keep(pool: PoolState, asked: Shaped<typeof domainRequest>, { isCustom, createdAt }: Kept): object {
  const { Domain: name, ManagedLoginVersion = 1, CustomDomainConfig, Routing } = asked;
  if (CustomDomainConfig && !CERTIFICATE.test(CustomDomainConfig.CertificateArn)) {
    throw invalidParameter('The certificate of a custom domain must be in us-east-1.');
  }
  if (Routing && !isCustom) throw invalidParameter('Routing is supported for custom domains only.');
  if (ManagedLoginVersion === 2) requireTier(pool.settings, 'ESSENTIALS', 'Managed login');
  const custom = CustomDomainConfig ? { CustomDomainConfig: { SecurityPolicy: 'TLS_V1', ...CustomDomainConfig } } : {};
  const routing = Routing ? { Routing } : {};
  const fields = { ManagedLoginVersion, ...custom, ...routing };
  pool.resources.domains.set(name, { name, isCustom, fields, createdAt, modifiedAt: pool.now() });
  return {
    ManagedLoginVersion,
    ...(isCustom ? { CloudFrontDomain: 'd111111abcdef8.cloudfront.net' } : {}),
    ...routing,
  };
}

function ownDomain(pool: PoolState, { request }: Context): DomainState {
  const name = request.text('Domain', { min: 1, max: 63 });
  const domain = pool.resources.domains.get(name);
  if (!domain) throw new ServiceError('ResourceNotFoundException', `Domain ${name} does not exist.`);
  return domain;
}
