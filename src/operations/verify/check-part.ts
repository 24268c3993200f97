import { isBackupError } from '../../model/errors.ts';
import { countByKind, RESOURCE_KINDS, resourceName } from '../../model/pool-configuration.ts';
import type { CallOptions } from '../../storage/storage.ts';
import type { Census } from '../../snapshot/census.ts';
import { partKey } from '../../snapshot/keys.ts';
import { holdsSub, isOfPool } from '../../snapshot/checked-records.ts';
import type { Manifest, PartEntry } from '../../snapshot/manifest.ts';
import { decodeRecords, readPart, type OpenedPart, type PartSource } from '../../snapshot/read-part.ts';
import { groupCodec, poolCodec, resourceCodec } from '../../snapshot/record-codec.ts';
import { scanMemberships, scanUsers } from '../../snapshot/scan-part.ts';
import type { VerifyProblem } from './verify-problem.ts';

export interface PartCheck {
  readonly manifest: Manifest;
  /** Counts what the part holds. */
  readonly census: Census;
}

export type FetchedPart = { readonly entry: PartEntry } & (
  | { readonly part: OpenedPart }
  | { readonly problem: VerifyProblem }
);

/** Checks every record of a part that was fetched; what is wrong is listed. */
export function checkPart(fetched: FetchedPart, check: PartCheck): readonly VerifyProblem[] {
  if ('problem' in fetched) return [fetched.problem];
  const { part } = fetched;
  try {
    const counts = checkRecords(part, check);
    return Object.entries(counts)
      .filter(([, found]) => found > 0)
      .map(([code, found]) => ({ ...describe(code as Finding, found), path: part.key }));
  } catch (error) {
    return [damageOf(error, part.key)];
  }
}

/** Reads one part whole; damage is an answer. */
export async function fetchPart(source: PartSource, entry: PartEntry, options: CallOptions): Promise<FetchedPart> {
  try {
    return { entry, part: await readPart(source, entry, options) };
  } catch (error) {
    return { entry, problem: damageOf(error, partKey(source.ref, entry.path)) };
  }
}

/** Throws what is no damage. */
function damageOf(error: unknown, path: string): VerifyProblem {
  if (!isBackupError(error, 'damaged')) throw error;
  return { code: 'part-damaged', message: error.message, path };
}

type Finding =
  | 'part-damaged'
  | 'resource-repeated'
  | 'configuration-differs'
  | 'user-misplaced'
  | 'group-repeated'
  | 'membership-without-group';
type Findings = { readonly [key in Finding]?: number };

function checkRecords(part: OpenedPart, { manifest, census }: PartCheck): Findings {
  switch (part.entry.kind) {
    case 'pool':
      return { 'part-damaged': count(decodeRecords(part, poolCodec), (pool) => !isOfPool(pool, manifest)) };
    case 'config':
      return checkConfiguration(part, manifest);
    case 'groups':
      return { 'group-repeated': count(decodeRecords(part, groupCodec), ({ name }) => !census.addGroup(name)) };
    case 'users':
      return { 'user-misplaced': countMisplaced(part, census) };
    case 'memberships':
      return checkMemberships(part, census);
    default:
      return part.entry.kind satisfies never;
  }
}

function checkConfiguration(part: OpenedPart, { configuration = {} }: Manifest): Findings {
  const resources = [...decodeRecords(part, resourceCodec)];
  const names = new Set(resources.map(resourceName));
  const counts = countByKind(resources);
  const differing = RESOURCE_KINDS.filter((kind) => counts[kind] !== configuration[kind]);
  return { 'resource-repeated': resources.length - names.size, 'configuration-differs': differing.length };
}

function countMisplaced(part: OpenedPart, census: Census): number {
  return count(scanUsers(part), (user) => {
    census.addUser(user);
    return !holdsSub(part.entry, user.sub);
  });
}

function checkMemberships(part: OpenedPart, census: Census): Findings {
  return {
    'membership-without-group': count(scanMemberships(part), (membership) => {
      census.addMembership(membership);
      return !census.hasGroup(membership.group);
    }),
  };
}

function count<Item>(items: Iterable<Item>, test: (item: Item) => boolean): number {
  let found = 0;
  for (const item of items) if (test(item)) found += 1;
  return found;
}

function describe(code: Finding, found: number): VerifyProblem {
  switch (code) {
    case 'part-damaged':
      return { code, message: 'It describes another pool' };
    case 'resource-repeated':
      return { code, message: `${found} resources come a second time` };
    case 'configuration-differs':
      return { code, message: `It holds other numbers of resources than the manifest states, of ${found} kinds` };
    case 'user-misplaced':
      return { code, message: `${found} users belong into the part of another shard` };
    case 'group-repeated':
      return { code, message: `${found} groups come a second time` };
    case 'membership-without-group':
      return { code, message: `${found} memberships name groups that are not in the snapshot` };
    default:
      return code satisfies never;
  }
}
