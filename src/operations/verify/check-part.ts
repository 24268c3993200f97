import { isBackupError } from '../../model/errors.ts';
import { countByKind, RESOURCE_KINDS, resourceName } from '../../model/pool-configuration.ts';
import type { CallOptions } from '../../storage/storage.ts';
import type { Census } from '../../snapshot/census.ts';
import { partKey } from '../../snapshot/keys.ts';
import { holdsSub, isOfPool } from '../../snapshot/checked-records.ts';
import type { Manifest, PartEntry } from '../../snapshot/manifest.ts';
import { decodeRecords, readPart, type OpenedPart, type PartSource } from '../../snapshot/read-part.ts';
import { groupCodec, membershipCodec, poolCodec, resourceCodec, userCodec } from '../../snapshot/record-codec.ts';
import type { VerifyProblem } from './verify-problem.ts';

export interface PartToCheck {
  readonly source: PartSource;
  readonly manifest: Manifest;
  readonly entry: PartEntry;
  /** Counts what the part holds. */
  readonly census: Census;
  readonly options: CallOptions;
}

/** Reads one part and every record in it; what is wrong is listed. */
export async function checkPart(check: PartToCheck): Promise<readonly VerifyProblem[]> {
  const { source, entry, options } = check;
  const path = partKey(source.ref, entry.path);
  try {
    const part = await readPart(source, entry, options);
    const counts = checkRecords(part, check);
    return Object.entries(counts)
      .filter(([, found]) => found > 0)
      .map(([code, found]) => ({ ...describe(code as Finding, found), path }));
  } catch (error) {
    if (!isBackupError(error, 'damaged')) throw error;
    return [{ code: 'part-damaged', message: error.message, path }];
  }
}

type Finding =
  | 'part-damaged'
  | 'resource-repeated'
  | 'configuration-differs'
  | 'user-misplaced'
  | 'group-repeated'
  | 'membership-without-group';
type Findings = { readonly [key in Finding]?: number };

function checkRecords(part: OpenedPart, { manifest, census }: PartToCheck): Findings {
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
  return count(decodeRecords(part, userCodec), (user) => {
    census.addUser(user);
    return !holdsSub(part.entry, user.sub);
  });
}

function checkMemberships(part: OpenedPart, census: Census): Findings {
  return {
    'membership-without-group': count(decodeRecords(part, membershipCodec), (membership) => {
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
