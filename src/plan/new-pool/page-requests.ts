import type { ConfigurationResource, JsonObject } from '../../model/pool-configuration.ts';
import type { ConfigurationLoss } from './configuration-losses.ts';
import { dropMembers, member, objectAt, objectsAt, pickMembers, textAt } from './json-members.ts';
import type { PreparedResource } from './prepared-resource.ts';

/** Which domains the new pool gets. */
export interface DomainChoice {
  /** Another prefix than the source's; `false`: none. */
  readonly prefix?: string | false;
  /** `false`: no custom domain. */
  readonly custom?: false;
}

/** CreateUserPoolDomain. A prefix that the source still has is taken: another can be chosen. */
export function domainRequest(domain: ConfigurationResource, choice: DomainChoice): PreparedResource {
  const { key, document } = domain;
  const isCustom = isCustomDomain(domain);
  if (isCustom ? choice.custom === false : choice.prefix === false) {
    return { request: undefined, expected: undefined, losses: [{ kind: 'domain', resource: 'domain', key }] };
  }
  const name = isCustom ? key : choice.prefix || key;
  const settings = pickMembers(document, ['ManagedLoginVersion', 'CustomDomainConfig']);
  return {
    request: { Domain: name, ...settings },
    // Failover routing is a replica's.
    expected: { ...dropMembers(document, ['Routing']), Domain: name },
    losses: [],
  };
}

export function isCustomDomain({ document }: ConfigurationResource): boolean {
  return objectAt(document, 'CustomDomainConfig') !== undefined;
}

/** CreateManagedLoginBranding: settings and assets, or the word that there are none of one's own. */
export function brandingRequest({ document }: ConfigurationResource): PreparedResource {
  const usesDefaults = member(document, 'UseCognitoProvidedValues') === true;
  const assets = objectsAt(document, 'Assets').map((asset) =>
    pickMembers(asset, ['Category', 'ColorMode', 'Extension', 'Bytes', 'ResourceId']),
  );
  const own = { ...pickMembers(document, ['Settings']), ...(assets.length > 0 && { Assets: assets }) };
  const isPlain = usesDefaults || Object.keys(own).length === 0;
  return { request: isPlain ? { UseCognitoProvidedValues: true } : own, expected: document, losses: [] };
}

/** SetUICustomization. */
export function uiRequest(ui: ConfigurationResource, { hasDomain }: { readonly hasDomain: boolean }): PreparedResource {
  const { key, document } = ui;
  const losses: ConfigurationLoss[] = [];
  if (textAt(document, 'ImageUrl') !== undefined && textAt(document, 'ImageFile') === undefined) {
    losses.push({ kind: 'ui-image', resource: 'ui-customization', key });
  }
  const request = pickMembers(document, ['CSS', 'ImageFile']);
  if (!hasDomain) losses.push({ kind: 'ui-customization', resource: 'ui-customization', key });
  if (!hasDomain || Object.keys(request).length === 0) return { request: undefined, expected: undefined, losses };
  return { request, expected: document, losses };
}

/** CreateTerms. */
export function termsRequest({ document }: ConfigurationResource): PreparedResource {
  return {
    request: pickMembers(document, ['TermsName', 'TermsSource', 'Enforcement', 'Links']),
    expected: document,
    losses: [],
  };
}

/** SetUserPoolMfaConfig names a domain that passkeys belong to: where that was the source's prefix, it is the new one. */
export function withRelyingParty(mfa: JsonObject, [old, now]: readonly [old: string, now: string]): JsonObject {
  const passkeys = objectAt(mfa, 'WebAuthnConfiguration');
  if (!passkeys || textAt(passkeys, 'RelyingPartyId') !== old) return mfa;
  return { ...mfa, WebAuthnConfiguration: { ...passkeys, RelyingPartyId: now } };
}
