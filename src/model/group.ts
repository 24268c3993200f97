/** What can be written of a group. Precedence 0 is a value, an absent precedence is none. */
export interface GroupFields {
  readonly name: string;
  readonly description?: string;
  readonly precedence?: number;
  readonly roleArn?: string;
}

/** One group of a pool. */
export interface Group extends GroupFields {
  readonly createdAt: string;
  readonly modifiedAt: string;
}

/** A user's place in a group, as ListUsersInGroup shows it. */
export interface Membership {
  readonly group: string;
  readonly sub: string;
  readonly username: string;
}

/** The group that Cognito keeps for the users of one identity provider: `<poolId>_<IdP>`. It belongs to its pool. */
export function isProviderGroup(groupName: string, poolId: string): boolean {
  return groupName.startsWith(`${poolId}_`);
}
