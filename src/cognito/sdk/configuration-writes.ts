import {
  CreateIdentityProviderCommand,
  CreateManagedLoginBrandingCommand,
  CreateResourceServerCommand,
  CreateTermsCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  CreateUserPoolDomainCommand,
  DeleteUserPoolCommand,
  DeleteUserPoolDomainCommand,
  SetLogDeliveryConfigurationCommand,
  SetRiskConfigurationCommand,
  SetUICustomizationCommand,
  SetUserPoolClientSessionConfigurationCommand,
  SetUserPoolMfaConfigCommand,
  SetUserPoolSessionConfigurationCommand,
  UpdateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { BackupError } from '../../model/errors.ts';
import type { PoolId } from '../../model/ids.ts';
import type { JsonObject } from '../../model/pool-configuration.ts';
import type { JsonValue } from '../../model/pool.ts';
import type { SdkOperations } from './operation.ts';
import { toPoolDescription } from './pool-mapping.ts';

/** Documents go out as they are: the SDK sends the members that it knows, and no others. */
export const configurationWrites: SdkOperations<
  | 'CreateUserPool'
  | 'UpdateUserPool'
  | 'SetUserPoolMfaConfig'
  | 'CreateResourceServer'
  | 'CreateIdentityProvider'
  | 'CreateUserPoolClient'
  | 'CreateUserPoolDomain'
  | 'CreateManagedLoginBranding'
  | 'SetUICustomization'
  | 'CreateTerms'
  | 'SetRiskConfiguration'
  | 'SetLogDeliveryConfiguration'
  | 'SetUserPoolSessionConfiguration'
  | 'SetUserPoolClientSessionConfiguration'
  | 'DeleteUserPoolDomain'
  | 'DeleteUserPool'
> = {
  async CreateUserPool(client, { document }, options) {
    const { UserPool } = await client.send(new CreateUserPoolCommand(document as never), options);
    if (!UserPool?.Id) throw new BackupError('unreadable-answer', 'CreateUserPool answered without a pool');
    return toPoolDescription(UserPool, UserPool.Id as PoolId);
  },

  async UpdateUserPool(client, request, options) {
    await client.send(new UpdateUserPoolCommand(input(request)), options);
  },

  async SetUserPoolMfaConfig(client, request, options) {
    await client.send(new SetUserPoolMfaConfigCommand(input(request)), options);
  },

  async CreateResourceServer(client, request, options) {
    await client.send(new CreateResourceServerCommand(input(request)), options);
  },

  async CreateIdentityProvider(client, request, options) {
    await client.send(new CreateIdentityProviderCommand(input(request)), options);
  },

  async CreateUserPoolClient(client, request, options) {
    const { UserPoolClient } = await client.send(new CreateUserPoolClientCommand(input(request)), options);
    if (!UserPoolClient?.ClientId) {
      throw new BackupError('unreadable-answer', 'CreateUserPoolClient answered without a client');
    }
    return UserPoolClient.ClientId;
  },

  async CreateUserPoolDomain(client, request, options) {
    await client.send(new CreateUserPoolDomainCommand(input(request)), options);
  },

  async CreateManagedLoginBranding(client, { poolId, document }, options) {
    const { Assets, ...rest } = document;
    const assets = Array.isArray(Assets) ? { Assets: Assets.map(withBytes) } : {};
    await client.send(new CreateManagedLoginBrandingCommand(input({ poolId, document: rest }, assets)), options);
  },

  async SetUICustomization(client, { poolId, document }, options) {
    const { ImageFile, ...rest } = document;
    const image = typeof ImageFile === 'string' ? { ImageFile: Buffer.from(ImageFile, 'base64') } : {};
    await client.send(new SetUICustomizationCommand(input({ poolId, document: rest }, image)), options);
  },

  async CreateTerms(client, request, options) {
    await client.send(new CreateTermsCommand(input(request)), options);
  },

  async SetRiskConfiguration(client, request, options) {
    await client.send(new SetRiskConfigurationCommand(input(request)), options);
  },

  async SetLogDeliveryConfiguration(client, request, options) {
    await client.send(new SetLogDeliveryConfigurationCommand(input(request)), options);
  },

  async SetUserPoolSessionConfiguration(client, request, options) {
    await client.send(new SetUserPoolSessionConfigurationCommand(input(request)), options);
  },

  async SetUserPoolClientSessionConfiguration(client, request, options) {
    await client.send(new SetUserPoolClientSessionConfigurationCommand(input(request)), options);
  },

  async DeleteUserPoolDomain(client, { poolId, domain }, options) {
    await client.send(new DeleteUserPoolDomainCommand({ UserPoolId: poolId, Domain: domain }), options);
  },

  async DeleteUserPool(client, { poolId }, options) {
    await client.send(new DeleteUserPoolCommand({ UserPoolId: poolId }), options);
  },
};

/** Documents are made by `plan/new-pool`, whose tests hold them against the service; no type of the SDK can say more. */
function input(request: { readonly poolId: PoolId; readonly document: JsonObject }, more: object = {}): never {
  return { ...request.document, ...more, UserPoolId: request.poolId } as never;
}

function withBytes(asset: JsonValue): unknown {
  const { Bytes, ...rest } = asset as JsonObject;
  return typeof Bytes === 'string' ? { ...rest, Bytes: Buffer.from(Bytes, 'base64') } : rest;
}
