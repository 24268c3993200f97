import {
  DescribeIdentityProviderCommand,
  DescribeManagedLoginBrandingByClientCommand,
  DescribeRiskConfigurationCommand,
  DescribeTermsCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolDomainCommand,
  GetLogDeliveryConfigurationCommand,
  GetUICustomizationCommand,
  GetUserPoolClientSessionConfigurationCommand,
  GetUserPoolMfaConfigCommand,
  GetUserPoolSessionConfigurationCommand,
  ListResourceServersCommand,
  ListTermsCommand,
  ListUserPoolClientsCommand,
  ListUserPoolReplicasCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { JsonObject } from '../../model/pool-configuration.ts';
import { fetchImage, type Endpoint } from './fetch-image.ts';
import { PAGE_LIMIT, pageOf, type SdkOperations } from './operation.ts';
import { toDocument } from './to-document.ts';

/** [D] COGNITO API, 2026-11: a page of resource servers is smaller than others. */
const RESOURCE_SERVER_LIMIT = 50;

export const configurationOperations: SdkOperations<
  | 'GetUserPoolMfaConfig'
  | 'ListUserPoolClients'
  | 'DescribeUserPoolClient'
  | 'ListResourceServers'
  | 'DescribeIdentityProvider'
  | 'DescribeUserPoolDomain'
  | 'DescribeManagedLoginBrandingByClient'
  | 'GetUICustomization'
  | 'ListTerms'
  | 'DescribeTerms'
  | 'DescribeRiskConfiguration'
  | 'GetLogDeliveryConfiguration'
  | 'GetUserPoolSessionConfiguration'
  | 'GetUserPoolClientSessionConfiguration'
  | 'ListUserPoolReplicas'
> = {
  async GetUserPoolMfaConfig(client, { poolId }, options) {
    const answer = await client.send(new GetUserPoolMfaConfigCommand({ UserPoolId: poolId }), options);
    return withoutMetadata(answer);
  },

  async ListUserPoolClients(client, { poolId, nextToken }, options) {
    const command = new ListUserPoolClientsCommand({
      UserPoolId: poolId,
      MaxResults: PAGE_LIMIT,
      NextToken: nextToken,
    });
    const answer = await client.send(command, options);
    return pageOf(answer.UserPoolClients, ({ ClientId }) => ClientId ?? '', answer.NextToken);
  },

  async DescribeUserPoolClient(client, { poolId, clientId }, options) {
    const command = new DescribeUserPoolClientCommand({ UserPoolId: poolId, ClientId: clientId });
    return documentOf((await client.send(command, options)).UserPoolClient);
  },

  async ListResourceServers(client, { poolId, nextToken }, options) {
    const command = new ListResourceServersCommand({
      UserPoolId: poolId,
      MaxResults: RESOURCE_SERVER_LIMIT,
      NextToken: nextToken,
    });
    const answer = await client.send(command, options);
    return pageOf(answer.ResourceServers, toDocument, answer.NextToken);
  },

  async DescribeIdentityProvider(client, { poolId, providerName }, options) {
    const command = new DescribeIdentityProviderCommand({ UserPoolId: poolId, ProviderName: providerName });
    return documentOf((await client.send(command, options)).IdentityProvider);
  },

  async DescribeUserPoolDomain(client, { domain }, options) {
    const answer = await client.send(new DescribeUserPoolDomainCommand({ Domain: domain }), options);
    return documentOf(answer.DomainDescription);
  },

  async DescribeManagedLoginBrandingByClient(client, { poolId, clientId }, options) {
    const command = new DescribeManagedLoginBrandingByClientCommand({
      UserPoolId: poolId,
      ClientId: clientId,
      ReturnMergedResources: false,
    });
    return documentOf((await client.send(command, options)).ManagedLoginBranding);
  },

  async GetUICustomization(client, { poolId, clientId }, options) {
    const command = new GetUICustomizationCommand({ UserPoolId: poolId, ClientId: clientId });
    const asked = rememberEndpoint(command);
    const { UICustomization } = await client.send(command, options);
    const document = documentOf(UICustomization);
    const url = UICustomization?.ImageUrl;
    if (!url) return { document };
    return { document, image: await fetchImage(url, { endpoint: asked.endpoint, signal: options.abortSignal }) };
  },

  async ListTerms(client, { poolId, nextToken }, options) {
    const command = new ListTermsCommand({ UserPoolId: poolId, MaxResults: PAGE_LIMIT, NextToken: nextToken });
    const answer = await client.send(command, options);
    return pageOf(answer.Terms, ({ TermsId }) => TermsId ?? '', answer.NextToken);
  },

  async DescribeTerms(client, { poolId, termsId }, options) {
    const answer = await client.send(new DescribeTermsCommand({ UserPoolId: poolId, TermsId: termsId }), options);
    return documentOf(answer.Terms);
  },

  async DescribeRiskConfiguration(client, { poolId, clientId }, options) {
    const command = new DescribeRiskConfigurationCommand({ UserPoolId: poolId, ClientId: clientId });
    return documentOf((await client.send(command, options)).RiskConfiguration);
  },

  async GetLogDeliveryConfiguration(client, { poolId }, options) {
    const answer = await client.send(new GetLogDeliveryConfigurationCommand({ UserPoolId: poolId }), options);
    return documentOf(answer.LogDeliveryConfiguration);
  },

  async GetUserPoolSessionConfiguration(client, { poolId }, options) {
    const command = new GetUserPoolSessionConfigurationCommand({ UserPoolId: poolId });
    const answer = await client.send(command, options);
    return withoutMetadata(answer);
  },

  async GetUserPoolClientSessionConfiguration(client, { poolId, clientId }, options) {
    const command = new GetUserPoolClientSessionConfigurationCommand({ UserPoolId: poolId, ClientId: clientId });
    const answer = await client.send(command, options);
    return withoutMetadata(answer);
  },

  async ListUserPoolReplicas(client, { poolId, nextToken }, options) {
    const command = new ListUserPoolReplicasCommand({ UserPoolId: poolId, NextToken: nextToken });
    const answer = await client.send(command, options);
    return pageOf(answer.UserPoolReplicas, toDocument, answer.NextToken);
  },
};

/** Where a request went: an endpoint that the environment names is not in the client's configuration. */
function rememberEndpoint(command: GetUICustomizationCommand): { endpoint?: Endpoint } {
  const asked: { endpoint?: Endpoint } = {};
  command.middlewareStack.add(
    (next) => (args) => {
      asked.endpoint = args.request as Endpoint;
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  return asked;
}

function documentOf(answer: object | undefined): JsonObject {
  return answer === undefined ? {} : toDocument(answer);
}

function withoutMetadata({ $metadata: _metadata, ...answer }: { readonly $metadata: object }): JsonObject {
  return toDocument(answer);
}
