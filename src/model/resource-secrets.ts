import { isObject, type ConfigurationResource, type JsonObject } from './pool-configuration.ts';

/** What keys of a provider's details hold secrets; the names that AWS documents, and those that sound like one. */
const SECRET_DETAIL = /secret|private_?key|password|passphrase/i;

/**
 * Paths of the secrets in a resource. [D] SDK 3.1169: `ClientSecret` of a client, `client_secret` and `private_key` in
 * `ProviderDetails`. Names of roles, functions and keys are none.
 */
export function secretsOf({ kind, document }: ConfigurationResource): readonly string[] {
  if (kind === 'client') return typeof document['ClientSecret'] === 'string' ? ['ClientSecret'] : [];
  if (kind !== 'identity-provider') return [];
  const details = document['ProviderDetails'];
  if (!isObject(details)) return [];
  return Object.keys(details)
    .filter((name) => SECRET_DETAIL.test(name))
    .map((name) => `ProviderDetails.${name}`)
    .sort();
}

/** The resource without its secrets, which are named in their place. */
export function withholdSecrets(resource: ConfigurationResource): ConfigurationResource {
  const withheld = secretsOf(resource);
  if (withheld.length === 0) return resource;
  return { ...resource, document: without(resource.document, new Set(withheld), ''), withheld };
}

function without(value: JsonObject, paths: ReadonlySet<string>, prefix: string): JsonObject {
  const kept = Object.entries(value).filter(([name]) => !paths.has(prefix + name));
  return Object.fromEntries(
    kept.map(([name, inner]) => [name, prefix === '' && isObject(inner) ? without(inner, paths, `${name}.`) : inner]),
  );
}
