import type { LossKind } from '../model/losses.ts';
import { attributeOf, type Attribute } from '../model/user.ts';
import type { PlanContext } from './context.ts';
import type { IdentityLink } from './entries.ts';

/** Identities linked to one user. COGNITO-FACTS §4, AdminLinkProviderForUser [D]. */
const MAX_LINKS = 5;

/**
 * The external identities linked to a user, from the `identities` attribute: a JSON array of
 * `{userId, providerName, providerType, issuer, primary, dateCreated}` in a string. What does not parse is no link.
 */
export function linksOf(user: { readonly attributes: readonly Attribute[] }): IdentityLink[] {
  const text = attributeOf(user, 'identities');
  if (text === undefined) return [];
  try {
    const identities: unknown = JSON.parse(text);
    return Array.isArray(identities) ? identities.flatMap(linkOf) : [];
  } catch {
    return [];
  }
}

export interface WantedLinks {
  readonly links: readonly IdentityLink[];
  readonly losses: readonly LossKind[];
}

/**
 * The links that a user is to have besides those present, as far as the target can have them. What it refuses for sure is a loss
 * instead of a call that fails: a provider it lacks, an identity that is somebody there already, a sixth link.
 */
export function wantedLinks(
  wanted: readonly IdentityLink[],
  present: readonly IdentityLink[],
  context: Pick<PlanContext, 'targetProviders' | 'isTaken'>,
): WantedLinks {
  const there = new Set(present.map(linkKey));
  const links: IdentityLink[] = [];
  const losses: LossKind[] = [];
  for (const link of wanted) {
    if (there.has(linkKey(link))) continue;
    if (!context.targetProviders.has(link.providerName)) losses.push('identity-link');
    else if (context.isTaken(link)) losses.push('identity-taken');
    else if (there.size >= MAX_LINKS) losses.push('identity-link');
    else {
      there.add(linkKey(link));
      links.push(link);
    }
  }
  return { links, losses };
}

export function linkKey({ providerName, userId }: IdentityLink): string {
  return JSON.stringify([providerName, userId]);
}

function linkOf(identity: unknown): IdentityLink[] {
  if (typeof identity !== 'object' || identity === null) return [];
  const { providerName, userId } = identity as { providerName?: unknown; userId?: unknown };
  return typeof providerName === 'string' && typeof userId === 'string' ? [{ providerName, userId }] : [];
}
