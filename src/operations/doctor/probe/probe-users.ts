import type { CognitoGateway } from '../../../cognito/gateway.ts';
import { shardFilter } from '../../../cognito/read-pool.ts';
import { listAll } from '../../../cognito/listing.ts';
import { isBackupError } from '../../../model/errors.ts';
import { SHARD_DIGITS } from '../../../model/ids.ts';
import { inParallel } from '../../../runtime/in-parallel.ts';
import type { Probe, ProbeContext } from './probe-fact.ts';

/** Enough for every first digit of `sub` to come up: one is missing in one of forty probes by chance alone. */
export const PROBE_USERS = 100;
const AT_ONCE = 8;
/** Longer than any lag that was ever reported. */
const LONGEST_LAG_MS = 60_000;
const LOOK_EVERY_MS = 1_000;
const TIMED_PAGES = 5;

/** Nobody's: RFC 2606 keeps the name from ever being given to anybody. */
function probeName(index: number): string {
  return `probe-${String(index).padStart(4, '0')}`;
}

export function probeEmail(index: number): string {
  return `${probeName(index)}@cognito-backup.invalid`;
}

/** Creates the users; a name that is there already was created by an attempt whose answer was lost. */
async function createProbeUsers({ gateway, pool, signal }: ProbeContext): Promise<void> {
  const indices = Array.from({ length: PROBE_USERS }, (_, index) => index);
  await inParallel(indices, AT_ONCE, async (index) => {
    const attributes = [
      ['email', probeEmail(index)],
      ['email_verified', 'true'],
    ] as const;
    try {
      await gateway.send('AdminCreateUser', { poolId: pool.id, username: probeName(index), attributes }, signal);
    } catch (error) {
      if (!isBackupError(error, 'rejected') || error.awsName !== 'UsernameExistsException') throw error;
    }
  });
}

export const lagProbe: Probe = {
  id: 'listing-lag',
  question: 'How long after their creation are users missing from listings?',
  async ask(context) {
    const { runtime, signal } = context;
    await createProbeUsers(context);
    const createdMs = runtime.monotonicMs();
    const tried = `${PROBE_USERS} users created, then ListUsers every ${LOOK_EVERY_MS / 1_000} s until it showed them all`;
    let shown = 0;
    for (;;) {
      const startedMs = runtime.monotonicMs();
      shown = (await subsOf(context)).size;
      const lagMs = startedMs - createdMs;
      if (shown >= PROBE_USERS) {
        return { verdict: 'observed', tried, observed: `All were there ${seconds(lagMs)} after the last was created` };
      }
      if (lagMs > LONGEST_LAG_MS) break;
      await runtime.sleep(LOOK_EVERY_MS, signal);
    }
    return {
      verdict: 'inconclusive',
      tried,
      observed: `After ${seconds(LONGEST_LAG_MS)} ${shown} of them were listed`,
    };
  },
};

export const prefixProbe: Probe = {
  id: 'prefix-listing-complete',
  question: 'Do the sixteen listings by the first digit of sub show everybody, and nobody twice?',
  async ask(context) {
    const whole = await subsOf(context);
    const seen = new Map<string, number>();
    for (const digit of SHARD_DIGITS) {
      for (const sub of await listOf(context, shardFilter(digit))) seen.set(sub, (seen.get(sub) ?? 0) + 1);
    }
    const missed = [...whole].filter((sub) => !seen.has(sub)).length;
    const twice = [...seen.values()].filter((count) => count > 1).length;
    const isComplete = missed + twice === 0 && seen.size === whole.size && whole.size >= PROBE_USERS;
    return {
      // One user who is missed settles it; a hundred who are not are no proof of a million, which the answer says.
      verdict: isComplete || missed > 0 || twice > 0 ? 'observed' : 'inconclusive',
      tried: 'ListUsers whole, then with sub ^= "0" to "f"',
      observed: `${whole.size} users in one chain, ${seen.size} in the sixteen: ${missed} missed, ${twice} twice (few users are no proof for many)`,
    };
  },
};

export const digitsProbe: Probe = {
  id: 'digits-of-sub',
  question: 'How are the first two digits of sub spread?',
  async ask(context) {
    const subs = [...(await subsOf(context))];
    const spread = (at: number) => new Set(subs.map((sub) => sub[at])).size;
    const counts = SHARD_DIGITS.map((digit) => subs.filter((sub) => sub.startsWith(digit)).length);
    return {
      verdict: 'observed',
      tried: `The subs of ${subs.length} users just created`,
      observed: `The first digit has ${spread(0)} values (${Math.min(...counts)} to ${Math.max(...counts)} users each), the second ${spread(1)}`,
    };
  },
};

export const latencyProbe: Probe = {
  id: 'page-latency',
  question: 'Is a page by prefix slower than one of the whole listing?',
  async ask(context) {
    const whole = await medianMs(context, () => firstPage(context, {}));
    const prefixed = await medianMs(context, (index) => firstPage(context, shardFilter(SHARD_DIGITS[index] ?? '0')));
    return {
      verdict: 'observed',
      tried: `The first page ${TIMED_PAGES} times each way, one after another, from this machine`,
      observed: `Median ${whole} ms for the whole listing, ${prefixed} ms by prefix`,
    };
  },
};

async function firstPage({ gateway, pool, signal }: ProbeContext, filter: { readonly filter?: string }): Promise<void> {
  await gateway.send('ListUsers', { poolId: pool.id, ...filter }, signal);
}

async function medianMs({ runtime }: ProbeContext, call: (index: number) => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < TIMED_PAGES; index += 1) {
    const startedMs = runtime.monotonicMs();
    await call(index);
    times.push(runtime.monotonicMs() - startedMs);
  }
  return Math.round(times.sort((one, other) => one - other)[Math.floor(TIMED_PAGES / 2)] ?? 0);
}

async function subsOf(context: ProbeContext): Promise<ReadonlySet<string>> {
  return new Set(await listOf(context, {}));
}

async function listOf(
  { gateway, pool, signal }: { readonly gateway: CognitoGateway } & Pick<ProbeContext, 'pool' | 'signal'>,
  filter: { readonly filter?: string },
): Promise<readonly string[]> {
  const subs: string[] = [];
  for await (const { sub } of listAll(gateway, 'ListUsers', { poolId: pool.id, ...filter }, signal)) subs.push(sub);
  return subs;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
