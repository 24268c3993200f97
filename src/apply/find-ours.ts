import { listAll } from '../cognito/listing.ts';
import type { User } from '../model/user.ts';
import { identityKey, signInName } from '../plan/identity.ts';
import type { CreateUser } from '../plan/entries.ts';
import type { ApplyContext } from './apply-context.ts';

/** Lists lag writes, so a user just created may not be listed yet; half a minute in all. COGNITO-FACTS §4 [D, duration unknown]. */
const DELAYS_MS = [0, 1_000, 2_000, 4_000, 8_000, 16_000];
/** A filter takes 256 characters in all. COGNITO-FACTS §1 [D]. */
const MAX_FILTER_VALUE = 200;

/**
 * Finds the user that this run created and whose answer was lost, by listing (AdminGetUser would bill an MAU).
 * `undefined`: the name belongs to somebody else, or the listing does not show it yet.
 */
export async function findOurs(entry: CreateUser, context: ApplyContext): Promise<User | undefined> {
  for (const delayMs of DELAYS_MS) {
    if (delayMs > 0) await context.runtime.sleep(delayMs, context.signal);
    const found = await lookUp(entry, context);
    if (found) return isOurs(found, context) ? found : undefined;
  }
  return undefined;
}

/** An import job or AdminCreateUser makes no UNCONFIRMED user: that is somebody who signed up meanwhile. */
function isOurs(user: User, context: ApplyContext): boolean {
  return user.createdAt > context.oursSince && user.status !== 'UNCONFIRMED';
}

/** A user of a provider may have the same e-mail address and is somebody else: the whole key decides, not the filter. */
async function lookUp(entry: CreateUser, context: ApplyContext): Promise<User | undefined> {
  const wanted = { username: entry.username, attributes: [...entry.attributes, ...entry.setLater] };
  const name = signInName(wanted, context.identity);
  const [attribute, value] = name ? [name.kind, name.value] : ['username', entry.username];
  const key = identityKey(wanted, context.identity);
  const request = { poolId: context.target.id, filter: filterFor(attribute, value) };
  for await (const user of listAll(context.gateway, 'ListUsers', request, context.signal)) {
    if (user.status !== 'EXTERNAL_PROVIDER' && identityKey(user, context.identity) === key) return user;
  }
  return undefined;
}

/** Values too long for a filter are looked up by their beginning. */
function filterFor(attribute: string, value: string): string {
  let quoted = '';
  for (const character of value) {
    const next = quoted + character.replace(/["\\]/, '\\$&');
    if (next.length > MAX_FILTER_VALUE) return `${attribute} ^= "${quoted}"`;
    quoted = next;
  }
  return `${attribute} = "${quoted}"`;
}
