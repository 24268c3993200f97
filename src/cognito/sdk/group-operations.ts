import {
  AdminAddUserToGroupCommand,
  AdminRemoveUserFromGroupCommand,
  CreateGroupCommand,
  DeleteGroupCommand,
  ListGroupsCommand,
  ListUsersInGroupCommand,
  UpdateGroupCommand,
  type GroupType,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Group } from '../../model/group.ts';
import type { RequestOf } from '../gateway.ts';
import { PAGE_LIMIT, pageOf, type SdkOperations } from './operation.ts';
import { toIso, toUser } from './user-mapping.ts';

export const groupOperations: SdkOperations<
  | 'ListGroups'
  | 'ListUsersInGroup'
  | 'CreateGroup'
  | 'UpdateGroup'
  | 'DeleteGroup'
  | 'AdminAddUserToGroup'
  | 'AdminRemoveUserFromGroup'
> = {
  async ListGroups(client, { poolId, nextToken }, options) {
    const command = new ListGroupsCommand({ UserPoolId: poolId, Limit: PAGE_LIMIT, NextToken: nextToken });
    const answer = await client.send(command, options);
    return pageOf(answer.Groups, toGroup, answer.NextToken);
  },

  async ListUsersInGroup(client, { poolId, group, nextToken }, options) {
    const command = new ListUsersInGroupCommand({
      UserPoolId: poolId,
      GroupName: group,
      Limit: PAGE_LIMIT,
      NextToken: nextToken,
    });
    const answer = await client.send(command, options);
    return pageOf(answer.Users, toUser, answer.NextToken);
  },

  async CreateGroup(client, request, options) {
    await client.send(new CreateGroupCommand(groupFields(request)), options);
  },

  async UpdateGroup(client, request, options) {
    await client.send(new UpdateGroupCommand(groupFields(request)), options);
  },

  async DeleteGroup(client, { poolId, name }, options) {
    await client.send(new DeleteGroupCommand({ UserPoolId: poolId, GroupName: name }), options);
  },

  async AdminAddUserToGroup(client, request, options) {
    await client.send(new AdminAddUserToGroupCommand(membershipKey(request)), options);
  },

  async AdminRemoveUserFromGroup(client, request, options) {
    await client.send(new AdminRemoveUserFromGroupCommand(membershipKey(request)), options);
  },
};

function toGroup(group: GroupType): Group {
  return {
    name: group.GroupName ?? '',
    ...(group.Description === undefined ? {} : { description: group.Description }),
    ...(group.Precedence === undefined ? {} : { precedence: group.Precedence }),
    ...(group.RoleArn === undefined ? {} : { roleArn: group.RoleArn }),
    createdAt: toIso(group.CreationDate),
    modifiedAt: toIso(group.LastModifiedDate),
  };
}

function groupFields({ poolId, group }: RequestOf<'CreateGroup'>) {
  return {
    UserPoolId: poolId,
    GroupName: group.name,
    Description: group.description,
    Precedence: group.precedence,
    RoleArn: group.roleArn,
  };
}

function membershipKey({ poolId, username, group }: RequestOf<'AdminAddUserToGroup'>) {
  return { UserPoolId: poolId, Username: username, GroupName: group };
}
