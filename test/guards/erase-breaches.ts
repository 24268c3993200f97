import { parsePoolId, parseSnapshotId } from '../../src/model/ids.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import type { SnapshotRef } from '../../src/snapshot/keys.ts';
import { openSnapshot, type SnapshotReader } from '../../src/snapshot/snapshot-reader.ts';
import { openVault } from '../../src/snapshot/vault.ts';
import { openLocalFolder } from '../../src/storage/local-folder.ts';
import type { CliHereResult } from '../support/cli-here.ts';
import * as oracle from './erase-oracle.ts';
import type { EraseCase } from './erase-oracle.ts';
import type { EraseStage } from './erase-stage.ts';
import { contentsOf, subOf, type Contents } from './guard-world.ts';

/** How what was seen differs from what is promised; nothing where it is kept. */
export async function eraseBreaches(
  one: EraseCase,
  stage: EraseStage,
  seen: CliHereResult & { readonly asked: number; readonly calls: number },
): Promise<string[]> {
  const after = await contentsOf(stage.source.vault);
  const refusal = oracle.refusalOf(one);
  const breaches: string[] = [];
  const exitCode = refusal?.exitCode ?? oracle.exitCodeOf(one);
  const { code, message } = JSON.parse(seen.stdout) as { readonly code?: string; readonly message?: string };
  if (seen.exitCode !== exitCode || code !== refusal?.code) {
    breaches.push(`ends with ${seen.exitCode} ${code} (${message}), not with ${exitCode} ${refusal?.code}`);
  }
  if (seen.asked > 0) breaches.push('asks');
  if (seen.calls > 0) breaches.push('calls Cognito');
  if ([subOf('ada'), 'ada@example'].some((text) => `${seen.stdout}${seen.stderr}`.includes(text))) {
    breaches.push('names ada');
  }
  const isWritten = !refusal && one.apply;
  breaches.push(...(isWritten ? await writtenBreaches(one, stage, after) : changesOf(stage.before, after)));
  return breaches;
}

function changesOf(before: Contents, after: Contents): string[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  return keys.filter((key) => before.get(key) !== after.get(key)).map((key) => `writes ${key}`);
}

async function writtenBreaches(one: EraseCase, stage: EraseStage, after: Contents): Promise<string[]> {
  const { poolId, olderId, snapshotId, vault: folder } = stage.source;
  const goes = goingIds(one, stage);
  const ids = [...new Set([...after.keys()].flatMap((key) => idOf(key) ?? []))].toSorted();
  const breaches = [...otherChanges(one, stage, after), ...ledgerBreaches(one, stage, after)];
  for (const id of goes) if (ids.includes(id)) breaches.push(`${id} still stands`);
  const [older, newest] = ids.map((id) => ({ poolId: parsePoolId(poolId), id: parseSnapshotId(id) }));
  if (!older || !newest || ids.length > 2) return [...breaches, `there are ${ids.length} snapshots`];
  const isKept = (ref: SnapshotRef, id: string): boolean => goes.includes(id) || ref.id === id;
  if (!isKept(older, olderId) || !isKept(newest, snapshotId)) return [...breaches, 'their order is another'];
  const storage = await openLocalFolder(folder, { runtime: realRuntime, create: false });
  const vault = await openVault(storage, { create: false, runtime: realRuntime });
  breaches.push(...(await holdsOthers(one, 'older', await openSnapshot(vault, older), goes.includes(olderId))));
  if (['damaged', 'without-key', 'unfinished'].includes(one.snapshot)) return breaches;
  const reader = await openSnapshot(vault, newest);
  breaches.push(...(await holdsOthers(one, 'newest', reader, goes.includes(snapshotId))));
  const state = one.snapshot === 'suspect' || one.snapshot === 'accepted' ? one.snapshot : 'complete';
  // Four users fewer are no drop that makes a snapshot suspect.
  if (reader.state !== state) breaches.push(`the newest is ${reader.state}, not ${state}`);
  return breaches;
}

function goingIds(one: EraseCase, { source: { olderId, snapshotId } }: EraseStage): readonly string[] {
  if (oracle.isBusy(one)) return [];
  return [...(oracle.rewrites(one) ? [olderId] : []), ...(oracle.rewritesNewest(one) ? [snapshotId] : [])];
}

function idOf(key: string): string | undefined {
  return /^pools\/[^/]+\/snapshots\/([^/]+)\//.exec(key)?.[1];
}

/** Everything but snapshots that go or come, the lease while there is work, and the ledger where somebody is added. */
function otherChanges(one: EraseCase, stage: EraseStage, after: Contents): string[] {
  const { source, before } = stage;
  const goes = goingIds(one, stage);
  const takesLease = oracle.hasWork(one) && !oracle.isBusy(one);
  return changesOf(before, after).filter((text) => {
    const key = text.slice(text.indexOf(' ') + 1);
    const id = idOf(key);
    if (id !== undefined) return [source.olderId, source.snapshotId].includes(id) && !goes.includes(id);
    if (key === `locks/${source.poolId}.json`) return !takesLease;
    return !(oracle.remembers(one) && key.startsWith('erasures/') && !before.has(key));
  });
}

function ledgerBreaches(one: EraseCase, { before }: EraseStage, after: Contents): string[] {
  const entries = (contents: Contents): number =>
    [...contents.keys()].filter((key) => key.startsWith('erasures/2')).length;
  return entries(after) - entries(before) === Number(oracle.remembers(one)) ? [] : ['the ledger is another'];
}

/** Ada is handed out only where nobody has ever erased her; where her snapshot went she is not stored either. */
async function holdsOthers(
  one: EraseCase,
  which: 'older' | 'newest',
  reader: SnapshotReader,
  isRewritten: boolean,
): Promise<string[]> {
  const names: string[] = [];
  for await (const { username } of reader.users()) names.push(username);
  const members: string[] = [];
  for await (const { sub } of reader.memberships()) members.push(sub);
  const isErased = one.names === 'ada' || one.ledger !== 'empty';
  const hadAda = which === 'older' || one.snapshot !== 'empty';
  const wanted = [...oracle.othersIn(one, which), ...(hadAda && !isErased ? ['ada'] : [])].toSorted();
  const breaches: string[] = [];
  if (names.toSorted().join() !== wanted.join()) breaches.push(`the ${which} holds [${names.join()}]`);
  if (members.length > 0 !== (hadAda && !isErased)) breaches.push(`the ${which} has ${members.length} memberships`);
  if (isRewritten && reader.manifest.totals.users !== wanted.length) breaches.push(`the ${which} still stores ada`);
  if (isRewritten && (reader.manifest.signature !== undefined) !== one.isSigned) {
    breaches.push(`the ${which} is signed or not, other than before`);
  }
  return breaches;
}
