import { poolOf, type Context, type Operation } from '../operations/context.ts';
import type { PoolState } from '../pool-state.ts';
import { ServiceError, invalidParameter } from '../service-error.ts';
import { epochSeconds } from '../user-state.ts';
import { pageOf } from './pages.ts';
import type { ProviderState } from './pool-resources.ts';
import { checkDetails, completeMapping, describedDetails, PROVIDER_TYPES } from './provider-details.ts';
import { list, map, structure, text, word } from './shape.ts';
import { anyText } from './shapes.ts';

/** Most a pool. [D] developer guide, resource quotas. */
const MOST_PROVIDERS = 300;

/** Source of the bounds: botocore 1.43.107; 2026-11. */
const changes = {
  ProviderDetails: map(anyText, anyText),
  AttributeMapping: map(text({ min: 1, max: 32 }), anyText),
  IdpIdentifiers: list(text({ min: 1, max: 40, pattern: /^[\w\s+=.@-]+$/ }), { max: 50 }),
  AcrMapping: map(word('Level1', 'Level2', 'Level3', 'Level4'), anyText),
};
const { ProviderDetails, ...optionalMembers } = changes;
const createRequest = structure(
  {
    ProviderName: text({ min: 3, max: 32, pattern: /^[^_\p{Z}][\p{L}\p{M}\p{S}\p{N}\p{P}][^_\p{Z}]+$/u }),
    ProviderType: word(...PROVIDER_TYPES),
    ProviderDetails,
  },
  optionalMembers,
);
const updateRequest = structure({}, changes);

export const identityProviderOperations: Readonly<Record<string, Operation>> = {
  CreateIdentityProvider: (context) => {
    const pool = poolOf(context);
    const asked = createRequest(context.request.body, '');
    const { ProviderName: name, ProviderType: type } = asked;
    const isSocial = type !== 'SAML' && type !== 'OIDC';
    if (isSocial !== (PROVIDER_TYPES as readonly string[]).includes(name) || (isSocial && name !== type)) {
      throw invalidParameter(`The provider name ${name} does not go with the type ${type}.`);
    }
    if (pool.resources.providers.has(name)) {
      throw new ServiceError('DuplicateProviderException', `A provider with the name ${name} already exists.`);
    }
    if (pool.resources.providers.size >= MOST_PROVIDERS) {
      throw new ServiceError('LimitExceededException', 'Exceeded the limit of identity providers in a user pool.');
    }
    const now = pool.now();
    const provider: ProviderState = {
      name,
      type,
      details: asked.ProviderDetails,
      mapping: completeMapping(type, asked.AttributeMapping ?? {}),
      identifiers: asked.IdpIdentifiers ?? [],
      acr: asked.AcrMapping,
      createdAt: now,
      modifiedAt: now,
    };
    return keep(pool, provider);
  },

  /** Members left out keep their value (*unproven*). */
  UpdateIdentityProvider: (context) => {
    const pool = poolOf(context);
    const old = existing(pool, context);
    const asked = updateRequest(context.request.body, '');
    return keep(pool, {
      ...old,
      details: asked.ProviderDetails ?? old.details,
      mapping: completeMapping(old.type, asked.AttributeMapping ?? old.mapping),
      identifiers: asked.IdpIdentifiers ?? old.identifiers,
      acr: asked.AcrMapping ?? old.acr,
      modifiedAt: pool.now(),
    });
  },

  DescribeIdentityProvider: (context) => {
    const pool = poolOf(context);
    return { IdentityProvider: rendered(pool, existing(pool, context)) };
  },

  GetIdentityProviderByIdentifier: (context) => {
    const pool = poolOf(context);
    const identifier = context.request.text('IdpIdentifier', { min: 1, max: 40 });
    const provider = [...pool.resources.providers.values()].find(({ identifiers }) => identifiers.includes(identifier));
    if (!provider) throw noProvider(identifier);
    return { IdentityProvider: rendered(pool, provider) };
  },

  ListIdentityProviders: (context) => {
    const pool = poolOf(context);
    const { page, next } = pageOf(context, [...pool.resources.providers.values()], { poolId: pool.id, most: 60 });
    return {
      Providers: page.map(({ name, type, createdAt, modifiedAt }) => ({
        ProviderName: name,
        ProviderType: type,
        ...dates({ createdAt, modifiedAt }),
      })),
      ...next,
    };
  },

  DeleteIdentityProvider: (context) => {
    const pool = poolOf(context);
    pool.resources.providers.delete(existing(pool, context).name);
    return {};
  },
};

function keep(pool: PoolState, provider: ProviderState): object {
  checkDetails(provider.type, provider.details);
  checkMapping(pool, provider);
  if (provider.acr && provider.type !== 'OIDC') throw invalidParameter('Only OIDC providers support AcrMapping.');
  for (const { name, identifiers } of pool.resources.providers.values()) {
    if (name !== provider.name && identifiers.some((identifier) => provider.identifiers.includes(identifier))) {
      throw invalidParameter('An identity provider identifier is already in use in this user pool.');
    }
  }
  pool.resources.providers.set(provider.name, provider);
  keepProviderGroup(pool, provider.name);
  return { IdentityProvider: rendered(pool, provider) };
}

/** Cognito keeps a group for the users of a provider. [D] COGNITO-FACTS §4; that it comes with the provider is *unproven*. */
function keepProviderGroup(pool: PoolState, name: string): void {
  const group = `${pool.id}_${name}`;
  if (pool.groups.has(group)) return;
  const description = `Autogenerated group for users who sign in using ${name}`;
  pool.addGroup(group, { description, precedence: undefined, roleArn: undefined });
}

/** Mapped attributes exist and can change. [D] SDK 3.1169, `SchemaAttributeType.Mutable`. */
function checkMapping(pool: PoolState, { mapping }: ProviderState): void {
  for (const name of Object.keys(mapping)) {
    const attribute = name === 'username' ? { Mutable: true } : pool.schema.get(name);
    if (!attribute) throw invalidParameter(`Invalid attribute mapping: ${name} is not in the schema.`);
    if (attribute.Mutable === false) throw invalidParameter(`Invalid attribute mapping: ${name} is not mutable.`);
  }
}

function existing(pool: PoolState, { request }: Context): ProviderState {
  const name = request.text('ProviderName', { min: 1, max: 32 });
  const provider = pool.resources.providers.get(name);
  if (!provider) throw noProvider(name);
  return provider;
}

function noProvider(name: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', `Identity provider ${name} does not exist.`);
}

function rendered(pool: PoolState, provider: ProviderState): object {
  return {
    UserPoolId: pool.id,
    ProviderName: provider.name,
    ProviderType: provider.type,
    ProviderDetails: describedDetails(provider.type, provider.details),
    AttributeMapping: provider.mapping,
    IdpIdentifiers: provider.identifiers,
    ...(provider.acr ? { AcrMapping: provider.acr } : {}),
    ...dates(provider),
  };
}

function dates({ createdAt, modifiedAt }: Pick<ProviderState, 'createdAt' | 'modifiedAt'>): object {
  return { CreationDate: epochSeconds(createdAt), LastModifiedDate: epochSeconds(modifiedAt) };
}
