import { isBackupError } from '../../model/errors.ts';
import type { CallOptions } from '../../storage/storage.ts';
import type { Census } from '../../snapshot/census.ts';
import { partKey } from '../../snapshot/keys.ts';
import type { PartEntry } from '../../snapshot/manifest.ts';
import { decodeRecords, readPart, type OpenedPart, type PartSource } from '../../snapshot/read-part.ts';
import { groupCodec, membershipCodec, poolCodec, userCodec } from '../../snapshot/record-codec.ts';
import type { VerifyProblem } from './verify-problem.ts';

export interface PartToCheck {
  readonly source: PartSource;
  readonly entry: PartEntry;
  /** Counts what the part holds. */
  readonly census: Census;
  readonly options: CallOptions;
}

/** Reads one part and every record in it; what is wrong is listed. */
export async function checkPart({ source, entry, census, options }: PartToCheck): Promise<readonly VerifyProblem[]> {
  const path = partKey(source.ref, entry.path);
  try {
    const part = await readPart(source, entry, options);
    const counts = checkRecords(part, source, census);
    return Object.entries(counts)
      .filter(([, found]) => found > 0)
      .map(([code, found]) => ({ ...describe(code as Finding, found), path }));
  } catch (error) {
    if (!isBackupError(error, 'damaged')) throw error;
    return [{ code: 'part-damaged', message: error.message, path }];
  }
}

type Finding = 'part-damaged' | 'group-repeated' | 'membership-without-user' | 'membership-without-group';
type Findings = { readonly [key in Finding]?: number };

function checkRecords(part: OpenedPart, { ref }: PartSource, census: Census): Findings {
  switch (part.entry.kind) {
    case 'pool':
      return { 'part-damaged': count(decodeRecords(part, poolCodec), ({ id }) => id !== ref.poolId) };
    case 'groups':
      return { 'group-repeated': count(decodeRecords(part, groupCodec), ({ name }) => !census.addGroup(name)) };
    case 'users':
      for (const user of decodeRecords(part, userCodec)) census.addUser(user);
      return {};
    case 'memberships':
      return checkMemberships(part, census);
    default:
      return part.entry.kind satisfies never;
  }
}

function checkMemberships(part: OpenedPart, census: Census): Findings {
  let withoutUser = 0;
  let withoutGroup = 0;
  for (const membership of decodeRecords(part, membershipCodec)) {
    if (!census.addMembership(membership)) withoutUser += 1;
    if (!census.hasGroup(membership.group)) withoutGroup += 1;
  }
  return { 'membership-without-user': withoutUser, 'membership-without-group': withoutGroup };
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
    case 'group-repeated':
      return { code, message: `${found} groups come a second time` };
    case 'membership-without-user':
      return { code, message: `${found} memberships name users that are not in the snapshot` };
    case 'membership-without-group':
      return { code, message: `${found} memberships name groups that are not in the snapshot` };
    default:
      return code satisfies never;
  }
}
