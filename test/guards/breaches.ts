import type { SimulatedUser } from '../../src/simulator/pool-config.ts';
import type { Case } from './dimensions.ts';
import { extrasOf, TWINS, type Stage } from './guard-world.ts';
import { creates, deletes, readsItsSource, takesLease, type Promised } from './oracle.ts';
import type { Observed } from './run-case.ts';

/** How what was seen differs from what is promised; nothing where it is kept. */
export function breachesOf(one: Case, stage: Stage, promised: Promised, seen: Observed): string[] {
  return [
    ...endBreaches(promised, seen),
    ...(promised.ends === 'done' ? effectBreaches(one, seen) : untouchedBreaches(seen)),
    ...vaultBreaches(one, stage, promised, seen),
    ...(seen.messagesSent > 0 ? [`${seen.messagesSent} messages were sent`] : []),
  ];
}

function endBreaches(promised: Promised, seen: Observed): string[] {
  const { exitCode, code, message = '', asked } = seen;
  const breaches: string[] = [];
  const wanted =
    promised.ends === 'refused'
      ? { exitCode: promised.by.exitCode, code: promised.by.code }
      : { exitCode: promised.exitCode, code: undefined };
  if (exitCode !== wanted.exitCode || code !== wanted.code) {
    breaches.push(`ends with ${exitCode} ${code} (${message}), not with ${wanted.exitCode} ${wanted.code}`);
  } else if (promised.ends === 'refused' && !promised.by.message.test(message)) {
    breaches.push(`refused by another guard: ${message}`);
  }
  if (asked.join() !== promised.asked.join()) breaches.push(`asks [${asked.join()}], not [${promised.asked.join()}]`);
  return breaches;
}

function untouchedBreaches({ mutations, before, after }: Observed): string[] {
  const breaches = mutations.map((operation) => `calls ${operation}`);
  if (JSON.stringify(before) !== JSON.stringify(after)) breaches.push('changes the pool');
  return breaches;
}

/** Who should be gone is gone, who should come is there, and everybody else is as before. */
function effectBreaches(one: Case, { before, after, mutations }: Observed): string[] {
  const breaches: string[] = [];
  if (!creates(one) && !deletes(one)) breaches.push(...mutations.map((operation) => `calls ${operation} for nothing`));
  const goes = new Set(goingUsers(one, before));
  const comes = [...(creates(one) ? ['bob'] : []), ...(one.goes === 'recreated' ? ['eve'] : [])];
  const stays = before.filter(({ username }) => !goes.has(username));
  const now = new Map(after.map((user) => [user.username, user]));
  for (const user of stays) {
    if (JSON.stringify(now.get(user.username)) !== JSON.stringify(user))
      breaches.push(`${user.username} is not as before`);
  }
  const subsBefore = new Set(before.map(({ sub }) => sub));
  for (const username of comes) {
    const user = now.get(username);
    if (!user || subsBefore.has(user.sub)) breaches.push(`${username} did not come`);
    if (user?.attributes.some(([, value]) => value === 'old')) breaches.push(`${username} came as before`);
  }
  const wanted = stays.length + comes.length;
  if (after.length !== wanted) breaches.push(`${after.length} users are in the pool, not ${wanted}`);
  if (TWINS.some((name) => now.has(name))) breaches.push('a user in conflict was written');
  return breaches;
}

function goingUsers(one: Case, before: readonly SimulatedUser[]): readonly string[] {
  if (one.verb === 'clean') return before.map(({ username }) => username);
  if (one.goes === 'recreated') return ['eve'];
  return one.verb === 'mirror' ? extrasOf(one) : [];
}

/** A refusal leaves the vault as it was, but for a lease that is free, and the snapshot that `mirror pool:ID` compares with. */
function vaultBreaches(one: Case, { source, targetId }: Stage, promised: Promised, seen: Observed): string[] {
  const snapshotsOf = (poolId: string): string => `pools/${poolId}/snapshots/`;
  const takesSnapshot = one.verb === 'mirror' && one.source === 'pool' && readsItsSource(promised);
  const backsUp = one.verb === 'clean' && promised.ends === 'done' && deletes(one);
  const allowed = [
    ...(takesSnapshot ? [snapshotsOf(source.poolId)] : []),
    ...(backsUp ? [snapshotsOf(targetId)] : []),
    ...(takesLease(one, promised) ? [`locks/${targetId}.json`] : []),
    ...(promised.ends === 'done' ? [`runs/${targetId}/`] : []),
  ];
  const breaches = seen.changedOrGone.map((key) => `the vault's ${key} was changed`);
  for (const key of seen.added) {
    if (!allowed.some((prefix) => key.startsWith(prefix))) breaches.push(`${key} was written to the vault`);
  }
  if (seen.heldLeases > 0) breaches.push('the lease of the target is still held');
  const newManifests = seen.added.filter((key) => key.endsWith('/manifest.json')).length;
  if (newManifests !== Number(takesSnapshot || backsUp)) breaches.push(`${newManifests} snapshots were taken`);
  return breaches;
}
