import type { PoolState } from '../pool-state.ts';
import { linkKey } from '../pool-state.ts';
import type { RequestReader } from '../request-reader.ts';
import { ServiceError, invalidParameter } from '../service-error.ts';
import { identitiesOf } from '../simulated-pool.ts';
import { withAttribute, type UserState } from '../user-state.ts';
import { noSuchUser, poolOf, type Operation } from './context.ts';

/** Identities linked to one user. [D] COGNITO-FACTS §4. */
const MOST_LINKS = 5;
/** Providers whose subject is the only attribute to link by. [D] AdminLinkProviderForUser. */
const SOCIAL = new Set(['Facebook', 'Google', 'LoginWithAmazon', 'SignInWithApple']);

export const linkOperations: Readonly<Record<string, Operation>> = {
  AdminLinkProviderForUser: (context) => {
    const pool = poolOf(context);
    const { account, request } = context;
    const source = identityOf(pool, request, 'SourceUser');
    const user = destinationOf(pool, request);
    account.quotas.admitUserWrite(user.sub);
    account.counters.bill(user.sub);
    const key = linkKey(source.provider, source.userId);
    const profile = pool.directory.byUsername(`${source.provider}_${source.userId}`);
    if (profile || (pool.links.has(key) && pool.links.get(key) !== user)) {
      throw invalidParameter(
        'Merging is not currently supported, provide a SourceUser that has not been signed up in order to link',
      );
    }
    if (pool.links.has(key)) throw invalidParameter('SourceUser is already linked to DestinationUser');
    const identities = identitiesOf(user);
    const links = identities.filter((identity) => !('primary' in identity) || isFalse(identity.primary));
    if (links.length >= MOST_LINKS) {
      throw new ServiceError('LimitExceededException', 'Exceeded the limit of linked identities for a user.');
    }
    const added = {
      userId: source.userId,
      providerName: source.provider,
      providerType:
        pool.resources.providers.get(source.provider)?.type ?? (SOCIAL.has(source.provider) ? source.provider : 'OIDC'),
      issuer: null,
      primary: false,
      dateCreated: account.clock(),
    };
    pool.links.set(key, user);
    pool.change(user, () => {
      user.attributes = withAttribute(user.attributes, 'identities', JSON.stringify([...identities, added]));
    });
    return {};
  },

  AdminDisableProviderForUser: (context) => {
    const pool = poolOf(context);
    const { account, request } = context;
    const { provider, userId } = identityOf(pool, request, 'User');
    const user = pool.links.get(linkKey(provider, userId));
    if (!user) throw noSuchUser();
    account.quotas.admitUserWrite(user.sub);
    account.counters.bill(user.sub);
    const kept = identitiesOf(user).filter(
      (identity) => identity.providerName !== provider || identity.userId !== userId,
    );
    pool.links.delete(linkKey(provider, userId));
    pool.change(user, () => {
      user.attributes = withAttribute(
        user.attributes,
        'identities',
        kept.length > 0 ? JSON.stringify(kept) : undefined,
      );
    });
    return {};
  },
};

interface ProviderIdentity {
  readonly provider: string;
  readonly userId: string;
}

function identityOf(pool: PoolState, request: RequestReader, member: string): ProviderIdentity {
  const identity = request.object(member);
  if (!identity)
    throw invalidParameter(
      `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
    );
  const provider = identity.text('ProviderName', { min: 1, max: 32 });
  const userId = identity.text('ProviderAttributeValue');
  if (provider === 'Cognito' || !acceptsProvider(pool, provider)) {
    throw new ServiceError('ResourceNotFoundException', `Identity provider ${provider} does not exist.`);
  }
  if (SOCIAL.has(provider) && identity.optionalText('ProviderAttributeName') !== 'Cognito_Subject') {
    throw invalidParameter('Invalid ProviderAttributeName for the SourceUser');
  }
  return { provider, userId };
}

/** A pool made without requests, and without a word on providers, takes any name. */
function acceptsProvider({ resources, fixed }: PoolState, provider: string): boolean {
  const isOpen = fixed.identityProviders === undefined && resources.providers.size === 0;
  return isOpen || resources.providers.has(provider);
}

function destinationOf(pool: PoolState, request: RequestReader): UserState {
  const destination = request.object('DestinationUser');
  const provider = destination?.optionalText('ProviderName') ?? 'Cognito';
  const value = destination?.text('ProviderAttributeValue') ?? '';
  const name = provider === 'Cognito' ? value : `${provider}_${value}`;
  const user = pool.directory.byUsername(name);
  if (!user) throw noSuchUser();
  return user;
}

function isFalse(primary: unknown): boolean {
  return primary === false || primary === 'false';
}
