import { WHOLE_POOL, type JsonObject, type PoolConfiguration } from '../model/pool-configuration.ts';
import type { JsonValue, PoolDescription } from '../model/pool.ts';
import { triggerFunctions } from '../model/trigger-functions.ts';
import { inParallel } from '../runtime/in-parallel.ts';
import { refusalOfOther } from './configuration-gaps.ts';
import { ConfigurationReading, type ReadConfigurationOptions } from './configuration-reading.ts';
import type { CognitoGateway, UiCustomization } from './gateway.ts';

/** Calls in flight; the governor paces them, five a second for each operation. */
const SECTIONS_AT_ONCE = 4;
const RESOURCES_AT_ONCE = 8;

const RISK_SETTINGS = [
  'CompromisedCredentialsRiskConfiguration',
  'AccountTakeoverRiskConfiguration',
  'RiskExceptionConfiguration',
];

/** What cannot be known where the clients are not. */
const KINDS_OF_CLIENTS = ['client', 'branding', 'client-session', 'ui-customization', 'risk'] as const;

const SECTIONS = [
  readClients,
  readWholePool,
  readResourceServers,
  readIdentityProviders,
  readDomains,
  readTerms,
  readReplicas,
  readWebAcl,
  readTriggerPermissions,
];

/**
 * Reads everything that a pool is configured with. What permissions, tier or endpoint do not give is no error: it is listed,
 * with its reason. Throws what the gateway throws for anything else, an outage of Cognito above all.
 */
export async function readConfiguration(
  gateway: CognitoGateway,
  pool: PoolDescription,
  options: ReadConfigurationOptions = {},
): Promise<PoolConfiguration> {
  const reading = new ConfigurationReading(gateway, pool, options);
  await inParallel(SECTIONS, SECTIONS_AT_ONCE, (read) => read(reading));
  return reading.result();
}

async function readWholePool(reading: ConfigurationReading): Promise<void> {
  const request = { poolId: reading.pool.id };
  reading.add('mfa', WHOLE_POOL, await reading.ask('mfa', 'GetUserPoolMfaConfig', request));
  reading.add('session', WHOLE_POOL, await reading.ask('session', 'GetUserPoolSessionConfiguration', request));
  const logs = await reading.ask('log-delivery', 'GetLogDeliveryConfiguration', request);
  if (isFilled(logs?.['LogConfigurations'])) reading.add('log-delivery', WHOLE_POOL, logs);
  addRisk(reading, WHOLE_POOL, await reading.ask('risk', 'DescribeRiskConfiguration', request));
  addCustomization(reading, WHOLE_POOL, await reading.ask('ui-customization', 'GetUICustomization', request));
}

async function readClients(reading: ConfigurationReading): Promise<void> {
  const ids = await reading.list('client', 'ListUserPoolClients', (refusal) => {
    for (const kind of KINDS_OF_CLIENTS) reading.gaps.add(kind, refusal, 'ListUserPoolClients');
  });
  let left = ids.length;
  await inParallel(ids, RESOURCES_AT_ONCE, async (clientId) => {
    if (reading.isOutOfTime()) return;
    left -= 1;
    await readClient(reading, clientId);
  });
  for (const kind of KINDS_OF_CLIENTS) reading.gaps.count(kind, { reason: 'out-of-time' }, { count: left });
}

async function readClient(reading: ConfigurationReading, clientId: string): Promise<void> {
  const request = { poolId: reading.pool.id, clientId };
  reading.add('client', clientId, await reading.ask('client', 'DescribeUserPoolClient', request));
  const session = await reading.ask('client-session', 'GetUserPoolClientSessionConfiguration', request);
  reading.add('client-session', clientId, session);
  const branding = await reading.ask('branding', 'DescribeManagedLoginBrandingByClient', request);
  if (branding?.['ManagedLoginBrandingId'] !== undefined) reading.add('branding', clientId, branding);
  addRisk(reading, clientId, await reading.ask('risk', 'DescribeRiskConfiguration', request));
  addCustomization(reading, clientId, await reading.ask('ui-customization', 'GetUICustomization', request));
}

async function readResourceServers(reading: ConfigurationReading): Promise<void> {
  for (const server of await reading.list('resource-server', 'ListResourceServers')) {
    reading.add('resource-server', textOf(server['Identifier']), server);
  }
}

async function readIdentityProviders(reading: ConfigurationReading): Promise<void> {
  const names = await reading.list('identity-provider', 'ListIdentityProviders');
  await inParallel(names, RESOURCES_AT_ONCE, async (providerName) => {
    const request = { poolId: reading.pool.id, providerName };
    const provider = await reading.ask('identity-provider', 'DescribeIdentityProvider', request);
    reading.add('identity-provider', providerName, provider);
    // Apple's private key is taken and never shown. [D] COGNITO-FACTS §5
    if (provider?.['ProviderType'] !== 'SignInWithApple') return;
    reading.gaps.count('identity-provider-secrets', { reason: 'no-api' });
  });
}

/** Of a pool's two domains, its description names the prefix and the custom one. */
async function readDomains(reading: ConfigurationReading): Promise<void> {
  const { id: poolId, raw } = reading.pool;
  const description = raw as JsonObject | null;
  for (const name of [description?.['Domain'], description?.['CustomDomain']]) {
    if (typeof name !== 'string' || name === '') continue;
    const domain = await reading.ask('domain', 'DescribeUserPoolDomain', { poolId, domain: name });
    if (domain?.['UserPoolId'] === poolId) reading.add('domain', name, domain);
  }
}

/** A listing of terms lacks their links. */
async function readTerms(reading: ConfigurationReading): Promise<void> {
  const ids = await reading.list('terms', 'ListTerms');
  await inParallel(ids, RESOURCES_AT_ONCE, async (termsId) => {
    const terms = await reading.ask('terms', 'DescribeTerms', { poolId: reading.pool.id, termsId });
    if (terms) reading.add('terms', `${textOf(terms['ClientId'])} ${textOf(terms['TermsName'])}`, terms);
  });
}

async function readReplicas(reading: ConfigurationReading): Promise<void> {
  for (const replica of await reading.list('replica', 'ListUserPoolReplicas')) {
    reading.add('replica', textOf(replica['RegionName']), replica);
  }
}

async function readWebAcl(reading: ConfigurationReading): Promise<void> {
  const request = { resourceArn: reading.pool.arn };
  const webAcl = await reading.ask('web-acl', 'GetWebACLForResource', request, refusalOfOther);
  reading.add('web-acl', WHOLE_POOL, webAcl);
}

async function readTriggerPermissions(reading: ConfigurationReading): Promise<void> {
  for (const { functionArn } of triggerFunctions(reading.pool)) {
    const policy = await reading.ask('trigger-permission', 'GetPolicy', { functionArn }, refusalOfOther);
    reading.add('trigger-permission', functionArn, policy);
  }
}

/** Which client the answer is for, it says itself: without its own, a client is shown what holds for all. [D] SDK 3.1169 */
function addCustomization(
  reading: ConfigurationReading,
  key: string,
  customization: UiCustomization | undefined,
): void {
  const { document, image } = customization ?? {};
  if (!document || !isOwn(document, key)) return;
  if (!isFilled(document['CSS']) && !isFilled(document['ImageUrl'])) return;
  if (image === 'unreachable') reading.gaps.count('ui-images', { reason: 'unreachable' });
  const bytes = image instanceof Uint8Array ? { ImageFile: Buffer.from(image).toString('base64') } : {};
  reading.add('ui-customization', key, { ...document, ...bytes });
}

function addRisk(reading: ConfigurationReading, key: string, document: JsonObject | undefined): void {
  if (!document || !isOwn(document, key)) return;
  if (RISK_SETTINGS.some((name) => document[name] !== undefined)) reading.add('risk', key, document);
}

function isOwn(document: JsonObject, key: string): boolean {
  const clientId = document['ClientId'] ?? WHOLE_POOL;
  return clientId === key;
}

function isFilled(value: JsonValue | undefined): boolean {
  return (typeof value === 'string' || Array.isArray(value)) && value.length > 0;
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
