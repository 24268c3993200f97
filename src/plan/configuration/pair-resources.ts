import { WHOLE_POOL, type ConfigurationResource } from '../../model/pool-configuration.ts';

/**
 * The name under which a resource of one pool and its counterpart in the other meet. In one pool that is its own; between two,
 * client ids differ and a domain cannot be the same: clients meet by their name, where each pool has one of it.
 */
export type Naming = (resource: ConfigurationResource) => string;

export function namings(
  before: readonly ConfigurationResource[],
  after: readonly ConfigurationResource[],
  samePool: boolean,
): readonly [before: Naming, after: Naming] {
  if (samePool) return [ownName, ownName];
  const old = clientsByName(before);
  const now = clientsByName(after);
  const newIds = new Map([...old].flatMap(([name, id]) => (now.has(name) ? [[id, now.get(name) ?? ''] as const] : [])));
  return [
    (resource) => nameBetweenPools(resource, (id) => newIds.get(id) ?? id),
    (resource) => nameBetweenPools(resource, (id) => id),
  ];
}

function ownName({ kind, key }: ConfigurationResource): string {
  return `${kind} ${key}`;
}

function nameBetweenPools(resource: ConfigurationResource, idOf: (id: string) => string): string {
  const { kind, key, document } = resource;
  switch (kind) {
    case 'client':
    case 'client-session':
    case 'branding':
      return `${kind} ${idOf(key)}`;
    case 'ui-customization':
    case 'risk':
      return `${kind} ${key === WHOLE_POOL ? key : idOf(key)}`;
    case 'terms': {
      const [clientId = '', ...name] = key.split(' ');
      return `${kind} ${[idOf(clientId), ...name].join(' ')}`;
    }
    case 'domain':
      return `${kind} ${document['CustomDomainConfig'] === undefined ? 'prefix' : 'custom'}`;
    default:
      return ownName(resource);
  }
}

/** Without names that several clients have. */
function clientsByName(resources: readonly ConfigurationResource[]): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  const repeated = new Set<string>();
  for (const { kind, key, document } of resources) {
    if (kind !== 'client') continue;
    const name = typeof document['ClientName'] === 'string' ? document['ClientName'] : key;
    if (ids.has(name)) repeated.add(name);
    ids.set(name, key);
  }
  for (const name of repeated) ids.delete(name);
  return ids;
}
