import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfiguration } from '../../src/cognito/read-configuration.ts';
import type { ConfigurationResource } from '../../src/model/pool-configuration.ts';
import { verifySnapshot } from '../../src/operations/verify/verify-snapshot.ts';
import {
  compareConfiguration,
  type ConfigurationDifference,
} from '../../src/plan/configuration/compare-configuration.ts';
import type { SnapshotReader } from '../../src/snapshot/snapshot-reader.ts';
import { collect } from '../fakes/collect.ts';
import { createConfiguredPool, SECRETS, type ConfiguredPool } from '../support/configured-pool.ts';
import { setUpWorkbench, type Workbench } from '../support/workbench.ts';

let bench: Workbench;
let sdk: CognitoIdentityProvider;
let configured: ConfiguredPool;

beforeEach(async () => {
  bench = await setUpWorkbench();
  sdk = new CognitoIdentityProvider({
    endpoint: bench.simulator.endpoint,
    region: bench.simulator.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  configured = await createConfiguredPool(sdk);
});

afterEach(async () => {
  sdk.destroy();
  await bench.close();
});

async function resourcesOf(reader: SnapshotReader): Promise<readonly ConfigurationResource[]> {
  return collect(reader.configuration());
}

async function differences(
  reader: SnapshotReader,
  poolId = configured.poolId,
): Promise<readonly ConfigurationDifference[]> {
  const pool = await bench.gateway.send('DescribeUserPool', { poolId });
  const live = await readConfiguration(bench.gateway, pool, { includeSecrets: true });
  const before = {
    pool: await reader.pool(),
    resources: await resourcesOf(reader),
    notCaptured: reader.manifest.notCaptured,
  };
  return compareConfiguration(before, { pool, ...live }).differences;
}

describe('the configuration of a pool that has everything', () => {
  it('is captured, resource by resource, as the service answers it', async () => {
    const reader = await bench.snapshotOf(configured.poolId);

    expect(reader.manifest.configuration).toEqual({
      mfa: 1,
      'resource-server': 1,
      'identity-provider': 2,
      client: 2,
      domain: 1,
      branding: 1,
      'ui-customization': 1,
      terms: 1,
      session: 1,
      'client-session': 2,
      risk: 1,
      'log-delivery': 1,
    });
    const resources = await resourcesOf(reader);
    const documentOf = (kind: string, key: string) =>
      resources.find((one) => one.kind === kind && one.key === key)?.document;
    expect(documentOf('client', configured.web)).toMatchObject({
      ClientName: 'web',
      AllowedOAuthScopes: ['openid', 'https://api.example.com/read'],
      CreationDate: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(documentOf('branding', configured.web)).toMatchObject({
      Assets: [{ Category: 'FORM_LOGO', Bytes: configured.image.toString('base64') }],
    });
    expect(documentOf('ui-customization', 'ALL')?.['ImageFile']).toBe(configured.image.toString('base64'));
    expect(documentOf('terms', `${configured.web} terms-of-use`)).toMatchObject({
      Links: { 'cognito:default': 'https://example.com/terms' },
    });
    expect(await verifySnapshot(bench.vault, reader.ref)).toMatchObject({ ok: true, problems: [] });
  });

  it('leaves secrets out of what is not encrypted, and says which', async () => {
    const reader = await bench.snapshotOf(configured.poolId);

    const text = JSON.stringify(await resourcesOf(reader));
    for (const secret of [configured.clientSecret, ...Object.values(SECRETS)]) expect(text).not.toContain(secret);
    const withheld = (await resourcesOf(reader))
      .filter((one) => one.withheld)
      .map(({ key, withheld }) => [key, withheld]);
    expect(withheld).toEqual([
      ['Corporate', ['ProviderDetails.client_secret']],
      ['Google', ['ProviderDetails.client_secret']],
      [configured.server, ['ClientSecret']],
    ]);
    expect(reader.manifest.notCaptured).toContainEqual({
      kind: 'identity-provider-secrets',
      reason: 'secrets-not-included',
      count: 2,
    });
  });

  it('equals itself, and every change shows by its path', async () => {
    const reader = await bench.snapshotOf(configured.poolId);
    expect(await differences(reader)).toEqual([]);

    const { poolId: UserPoolId, web } = configured;
    await sdk.deleteResourceServer({ UserPoolId, Identifier: 'https://api.example.com' });
    await sdk.updateUserPoolClient({
      UserPoolId,
      ClientId: web,
      ClientName: 'web',
      CallbackURLs: ['https://evil.example'],
    });
    await sdk.setUserPoolMfaConfig({ UserPoolId, MfaConfiguration: 'OFF' });

    const found = await differences(reader);
    expect(found.map(({ kind, resource }) => `${kind} ${resource}`)).toEqual([
      'changed pool',
      'changed mfa',
      'removed resource-server',
      'changed client',
    ]);
    expect(found.find(({ resource }) => resource === 'client')?.changes).toContainEqual({
      path: 'CallbackURLs[]',
      after: 'https://evil.example',
    });
  });

  it('equals that of a pool made alike, whatever its ids', async () => {
    const reader = await bench.snapshotOf(configured.poolId);
    const other = await createConfiguredPool(sdk, 'alike');

    const found = await differences(reader, other.poolId);
    expect(found).toEqual([
      {
        kind: 'changed',
        resource: 'domain',
        key: 'everything-domain',
        changes: [{ path: 'Domain', before: 'everything-domain', after: 'alike-domain' }],
      },
    ]);
  });
});
