import type { PlanEntry, UserEntry } from './entries.ts';
import type { MutableActionCounts } from '../model/counts.ts';

/** The Cognito calls that carrying out one entry takes, by AWS's names, without retries. */
export function callsOf(entry: PlanEntry): readonly (readonly [operation: ApplyOperation, count: number])[] {
  switch (entry.kind) {
    case 'create-group':
      return [['CreateGroup', 1]];
    case 'update-group':
      return [['UpdateGroup', 1]];
    case 'delete-group':
      return [['DeleteGroup', 1]];
    case 'delete-user':
      return [['AdminDeleteUser', 1]];
    case 'create-user':
      return [
        ['AdminDeleteUser', entry.replaces ? 1 : 0],
        ['AdminCreateUser', entry.engine === 'api' ? 1 : 0],
        ['AdminSetUserPassword', entry.password.kind === 'random' ? 1 : 0],
        ['AdminDisableUser', entry.disable ? 1 : 0],
        ['AdminUpdateUserAttributes', entry.setLater.length > 0 ? 1 : 0],
        ['AdminLinkProviderForUser', entry.links.length],
        ['AdminSetUserMFAPreference', entry.mfa && entry.engine === 'api' ? 1 : 0],
        ['AdminAddUserToGroup', entry.groups.length],
      ];
    case 'update-user':
      return [
        ['AdminUpdateUserAttributes', (entry.set.length > 0 ? 1 : 0) + (entry.setLater.length > 0 ? 1 : 0)],
        ['AdminDeleteUserAttributes', entry.remove.length > 0 ? 1 : 0],
        ['AdminEnableUser', entry.enabled === true ? 1 : 0],
        ['AdminDisableUser', entry.enabled === false ? 1 : 0],
        ['AdminSetUserPassword', entry.password ? 1 : 0],
        ['AdminLinkProviderForUser', entry.links.length],
        ['AdminSetUserMFAPreference', entry.mfa ? 1 : 0],
        ['AdminAddUserToGroup', entry.addGroups.length],
        ['AdminRemoveUserFromGroup', entry.removeGroups.length],
      ];
    default:
      return entry satisfies never;
  }
}

export type ApplyOperation =
  | 'CreateGroup'
  | 'UpdateGroup'
  | 'DeleteGroup'
  | 'AdminCreateUser'
  | 'AdminSetUserPassword'
  | 'AdminUpdateUserAttributes'
  | 'AdminDeleteUserAttributes'
  | 'AdminDisableUser'
  | 'AdminEnableUser'
  | 'AdminDeleteUser'
  | 'AdminAddUserToGroup'
  | 'AdminRemoveUserFromGroup'
  | 'AdminLinkProviderForUser'
  | 'AdminSetUserMFAPreference';

/**
 * Whether carrying out the entry bills the user as a monthly active user: creation, password, attribute and group changes
 * do, an import job does not, and for AdminDeleteUser it is unknown. COGNITO-FACTS §0.2 [D], §8.
 */
export function billsMau(entry: UserEntry): boolean {
  return callsOf(entry).some(([operation, count]) => count > 0 && operation !== 'AdminDeleteUser');
}

/** Adds what an entry does to counts by kind. */
export function countActions(entry: PlanEntry, counts: MutableActionCounts): void {
  switch (entry.kind) {
    case 'create-group':
      counts.createGroups += 1;
      break;
    case 'update-group':
      counts.updateGroups += 1;
      break;
    case 'delete-group':
      counts.deleteGroups += 1;
      break;
    case 'delete-user':
      counts.deleteUsers += 1;
      break;
    case 'create-user':
      counts.createUsers += 1;
      counts.deleteUsers += entry.replaces ? 1 : 0;
      counts.setPasswords += entry.password.kind === 'random' ? 1 : 0;
      counts.disableUsers += entry.disable ? 1 : 0;
      counts.addMemberships += entry.groups.length;
      break;
    case 'update-user':
      counts.updateUsers +=
        entry.set.length + entry.setLater.length + entry.remove.length + entry.links.length > 0 ? 1 : 0;
      counts.enableUsers += entry.enabled === true ? 1 : 0;
      counts.disableUsers += entry.enabled === false ? 1 : 0;
      counts.setPasswords += entry.password ? 1 : 0;
      counts.addMemberships += entry.addGroups.length;
      counts.removeMemberships += entry.removeGroups.length;
      break;
    default:
      entry satisfies never;
  }
}
