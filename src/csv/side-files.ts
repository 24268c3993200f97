import type { GroupFields } from '../model/group.ts';
import { badRecord, readRecords, type ReadOptions } from './rfc4180.ts';

/** A line of `memberships.csv`. */
export interface MembershipRow {
  readonly group: string;
  /** What stands in `cognito:username` of the user's row. */
  readonly username: string;
}

export interface SideFileOptions {
  /** For messages: the file's name. */
  readonly source: string;
  readonly signal?: AbortSignal | undefined;
}

export const GROUP_COLUMNS = ['name', 'description', 'precedence', 'role_arn'] as const;
export const MEMBERSHIP_COLUMNS = ['group', 'username'] as const;

/** A row of `groups.csv`, for `formatRows`. */
export function groupCells(group: GroupFields): readonly (string | undefined)[] {
  return [group.name, group.description, group.precedence?.toString(), group.roleArn];
}

/** A row of `memberships.csv`, for `formatRows`. */
export function membershipCells(membership: MembershipRow): readonly string[] {
  return [membership.group, membership.username];
}

/**
 * Reads `groups.csv`; only the column `name` must be there. An empty description and none are one and the same in the
 * file, precedence 0 is a value. Errors: `bad-input` with file and line.
 */
export async function* readGroups(
  chunks: AsyncIterable<Uint8Array>,
  options: SideFileOptions,
): AsyncGenerator<GroupFields> {
  const reading: ReadOptions = { ...options, columns: GROUP_COLUMNS, optionalColumns: GROUP_COLUMNS.slice(1) };
  for await (const record of readRecords(chunks, reading)) {
    const name = record.cell('name');
    if (name === undefined) throw badRecord(options.source, record.lineNumber, 'has no group name');
    const description = record.cell('description');
    const precedence = record.cell('precedence');
    const roleArn = record.cell('role_arn');
    if (precedence !== undefined && !PRECEDENCE.test(precedence)) {
      throw badRecord(options.source, record.lineNumber, 'has a precedence that is no whole number of 0 or more');
    }
    yield {
      name,
      ...(description === undefined ? {} : { description }),
      ...(precedence === undefined ? {} : { precedence: Number(precedence) }),
      ...(roleArn === undefined ? {} : { roleArn }),
    };
  }
}

/** Reads `memberships.csv`. Errors: `bad-input` with file and line. */
export async function* readMemberships(
  chunks: AsyncIterable<Uint8Array>,
  options: SideFileOptions,
): AsyncGenerator<MembershipRow> {
  for await (const record of readRecords(chunks, { ...options, columns: MEMBERSHIP_COLUMNS })) {
    const group = record.cell('group');
    const username = record.cell('username');
    if (group === undefined || username === undefined) {
      throw badRecord(options.source, record.lineNumber, 'lacks the group or the username');
    }
    yield { group, username };
  }
}

// Cognito's `PrecedenceType` is an Integer of 0 or more. [D] botocore model 1.43, 2026-11.
const PRECEDENCE = /^\d{1,10}$/;
