import type { Simulator } from '../../src/simulator/simulator.ts';

/** A user as the test sees it: what must be equal in two pools, whatever their generated names are. */
interface Comparable {
  readonly attributes: readonly (readonly [string, string])[];
  readonly enabled: boolean;
  readonly groups: readonly string[];
}

/**
 * Compares two simulated pools by looking into them, without any code of the tool: users by username (or e-mail or phone in
 * pools that generate usernames). Answers one line a difference.
 */
export function comparePools(
  simulator: Simulator,
  sourceId: string,
  targetId: string,
  options: { readonly by?: 'username' | 'contact' } = {},
): string[] {
  const source = read(simulator, sourceId, options.by ?? 'username');
  const target = read(simulator, targetId, options.by ?? 'username');
  const differences: string[] = [];
  for (const [key, user] of source) {
    const other = target.get(key);
    if (!other) differences.push(`missing ${key}`);
    else if (JSON.stringify(user) !== JSON.stringify(other)) {
      differences.push(`changed ${key}: ${JSON.stringify(user)} -> ${JSON.stringify(other)}`);
    }
  }
  for (const key of target.keys()) if (!source.has(key)) differences.push(`extra ${key}`);
  return differences;
}

/** Users that no restore brings back: they come by themselves, or never confirmed. */
const NEVER_RESTORED = new Set(['UNCONFIRMED', 'EXTERNAL_PROVIDER']);

function read(simulator: Simulator, poolId: string, by: 'username' | 'contact'): Map<string, Comparable> {
  const pool = simulator.pool(poolId);
  const groups = new Map<string, string[]>();
  for (const { group, sub } of pool.memberships()) {
    if (group.startsWith(`${poolId}_`)) continue;
    groups.set(sub, [...(groups.get(sub) ?? []), group]);
  }
  const users = new Map<string, Comparable>();
  for (const user of pool.users()) {
    if (NEVER_RESTORED.has(user.status)) continue;
    const attributes = user.attributes
      .filter(([name]) => name !== 'sub' && name !== 'identities')
      .filter(([name, value]) => !(name.endsWith('_verified') && value === 'false'))
      .map(([name, value]) => [name, value] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const contact =
      attributes.find(([name]) => name === 'email') ?? attributes.find(([name]) => name === 'phone_number');
    users.set(by === 'username' ? user.username : (contact?.[1] ?? user.username), {
      attributes,
      enabled: user.enabled,
      groups: (groups.get(user.sub) ?? []).sort(),
    });
  }
  return users;
}

/** The same for groups, without those that Cognito keeps for identity providers. */
export function compareGroups(simulator: Simulator, sourceId: string, targetId: string): string[] {
  const describe = (poolId: string): Map<string, string> =>
    new Map(
      simulator
        .pool(poolId)
        .groups()
        .filter(({ name }) => !name.startsWith(`${poolId}_`))
        .map(({ name, description, precedence }) => [name, JSON.stringify([description, precedence])]),
    );
  const source = describe(sourceId);
  const target = describe(targetId);
  const names = new Set([...source.keys(), ...target.keys()]);
  return [...names].filter((name) => source.get(name) !== target.get(name)).map((name) => `group ${name}`);
}
