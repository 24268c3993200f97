import { poolOf, type Context, type Operation } from '../operations/context.ts';
import type { PoolState } from '../pool-state.ts';
import { ServiceError, invalidParameter } from '../service-error.ts';
import { epochSeconds } from '../user-state.ts';
import { randomUuid } from '../uuid.ts';
import { ownClient } from './app-client-operations.ts';
import { pageOf } from './pages.ts';
import type { TermsState } from './pool-resources.ts';
import { map, structure, text, word } from './shape.ts';

/** Source of the bounds: botocore 1.43.107; 2026-11. */
const termsName = text({ pattern: /^(terms-of-use|privacy-policy)$/ });
const LANGUAGE =
  /^cognito:(default|dutch|english|french|spanish|german|bahasa-indonesia|italian|japanese|korean|portuguese-brazil|chinese-(simplified|traditional))$/;
const links = map(
  text({ pattern: LANGUAGE }),
  text({ min: 1, max: 1024, pattern: /^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u }),
  { min: 1, max: 13 },
);
const createRequest = structure(
  { TermsName: termsName, TermsSource: word('LINK'), Enforcement: word('NONE') },
  { Links: links },
);
const updateRequest = structure(
  {},
  { TermsName: termsName, TermsSource: word('LINK'), Enforcement: word('NONE'), Links: links },
);

export const termsOperations: Readonly<Record<string, Operation>> = {
  CreateTerms: (context) => {
    const pool = poolOf(context);
    const client = ownClient(context, pool);
    const asked = createRequest(context.request.body, '');
    const now = pool.now();
    return keep(pool, {
      id: randomUuid(context.account.random),
      clientId: client.id,
      name: asked.TermsName,
      source: asked.TermsSource,
      enforcement: asked.Enforcement,
      links: asked.Links ?? {},
      createdAt: now,
      modifiedAt: now,
    });
  },

  UpdateTerms: (context) => {
    const pool = poolOf(context);
    const old = byId(context, pool);
    const asked = updateRequest(context.request.body, '');
    const { TermsName: name = old.name, Links: newLinks = old.links } = asked;
    return keep(pool, { ...old, name, links: newLinks, modifiedAt: pool.now() });
  },

  DescribeTerms: (context) => {
    const pool = poolOf(context);
    return { Terms: rendered(pool, byId(context, pool)) };
  },

  DescribeTermsByClient: (context) => {
    const pool = poolOf(context);
    const client = ownClient(context, pool);
    const name = context.request.text('TermsName');
    const found = [...pool.resources.terms.values()].find(
      (terms) => terms.clientId === client.id && terms.name === name,
    );
    if (!found) throw noTerms();
    return { Terms: rendered(pool, found) };
  },

  /** Without links and clients. [D] COGNITO-FACTS §5. */
  ListTerms: (context) => {
    const pool = poolOf(context);
    const { page, next } = pageOf(context, [...pool.resources.terms.values()], { poolId: pool.id, most: 60 });
    return { Terms: page.map(summary), ...next };
  },

  DeleteTerms: (context) => {
    const pool = poolOf(context);
    pool.resources.terms.delete(byId(context, pool).id);
    return {};
  },
};

/** One document of a kind for a client. [D] TermsExistsException. */
function keep(pool: PoolState, terms: TermsState): object {
  if (terms.links['cognito:default'] === undefined) throw invalidParameter('A link for cognito:default is required.');
  for (const { id, clientId, name } of pool.resources.terms.values()) {
    if (id !== terms.id && clientId === terms.clientId && name === terms.name) {
      throw new ServiceError('TermsExistsException', 'Terms document names must be unique to the app client.');
    }
  }
  pool.resources.terms.set(terms.id, terms);
  return { Terms: rendered(pool, terms) };
}

function byId({ request }: Context, pool: PoolState): TermsState {
  const terms = pool.resources.terms.get(request.text('TermsId'));
  if (!terms) throw noTerms();
  return terms;
}

function noTerms(): ServiceError {
  return new ServiceError('ResourceNotFoundException', 'Terms do not exist.');
}

function summary({ id, name, enforcement, createdAt, modifiedAt }: TermsState): object {
  return {
    TermsId: id,
    TermsName: name,
    Enforcement: enforcement,
    CreationDate: epochSeconds(createdAt),
    LastModifiedDate: epochSeconds(modifiedAt),
  };
}

function rendered(pool: PoolState, terms: TermsState): object {
  return {
    ...summary(terms),
    UserPoolId: pool.id,
    ClientId: terms.clientId,
    TermsSource: terms.source,
    Links: terms.links,
  };
}
