import type { User } from '../model/user.ts';
import { signInName } from '../plan/identity.ts';
import type { CreateUser } from '../plan/entries.ts';
import type { ApplyContext } from './apply-context.ts';

/** Lists lag writes, so a user just created may not be listed yet; half a minute in all. COGNITO-FACTS §4 [D, duration unknown]. */
const DELAYS_MS = [0, 1_000, 2_000, 4_000, 8_000, 16_000];

/**
 * Finds the user that this run created and whose answer was lost, by listing (AdminGetUser would bill an MAU).
 * `undefined`: the name belongs to somebody who was there before, or the listing does not show it yet.
 */
export async function findOurs(entry: CreateUser, context: ApplyContext): Promise<User | undefined> {
  for (const delayMs of DELAYS_MS) {
    if (delayMs > 0) await context.runtime.sleep(delayMs, context.signal);
    const found = await lookUp(entry, context);
    if (found) return found.createdAt > context.oursSince ? found : undefined;
  }
  return undefined;
}

async function lookUp(entry: CreateUser, context: ApplyContext): Promise<User | undefined> {
  const name = signInName({ username: entry.username, attributes: entry.attributes }, context.identity);
  const [attribute, value] = name ? [name.kind, name.value] : ['username', entry.username];
  const filter = `${attribute} = "${value.replace(/["\\]/g, '\\$&')}"`;
  const { items } = await context.gateway.send('ListUsers', { poolId: context.target.id, filter }, context.signal);
  return items[0];
}
