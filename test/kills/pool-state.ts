import { identitiesOf } from '../../src/simulator/simulated-pool.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';

/** What somebody of a pool can be told by, whatever names the pool has generated: one line each, so that doubles show. */
export interface PoolState {
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

/** A pool as it really is, looked at without any code of the tool. */
export function poolState(simulator: Simulator, poolId: string): PoolState {
  const pool = simulator.pool(poolId);
  const isOwn = (group: string): boolean => !group.startsWith(`${poolId}_`);
  const users = [...pool.users()].map((user) => {
    const attributes = user.attributes.filter(([name]) => name !== 'identities').map((pair) => pair.join('='));
    const hasGeneratedName = user.username === user.sub;
    return JSON.stringify({
      ...(hasGeneratedName ? {} : { username: user.username }),
      attributes: attributes.sort(),
      links: identitiesOf({ attributes: user.attributes.flat() }).map((link) => `${link.providerName}:${link.userId}`),
      status: user.status,
      enabled: user.enabled,
      smsMfa: user.smsMfa,
      groups: user.groups.filter(isOwn).sort(),
    });
  });
  const groups = pool.groups().filter(({ name }) => isOwn(name));
  return {
    users: users.sort(),
    groups: groups.map(({ name, description, precedence }) => JSON.stringify([name, description, precedence])).sort(),
  };
}
