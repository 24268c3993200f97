import { attributeOf, type Attribute } from '../model/user.ts';
import type { IdentityLink } from './entries.ts';

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

function linkOf(identity: unknown): IdentityLink[] {
  const { providerName, userId } = (identity ?? {}) as { readonly providerName?: unknown; readonly userId?: unknown };
  return typeof providerName === 'string' && typeof userId === 'string' ? [{ providerName, userId }] : [];
}
