import { afterEach, describe, expect, it, vi } from 'vitest';
import { silenceSdkNodeVersionWarning } from '../runtime/quiet-sdk.ts';
import { createCognitoClient } from './client.ts';

describe('createCognitoClient', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  it('makes one attempt, and does not warn of old Node versions once silenced', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', undefined);
    silenceSdkNodeVersionWarning();
    const client = createCognitoClient({ region: 'eu-central-1' });
    expect(await client.config.maxAttempts()).toBe(1);
    expect(await client.config.region()).toBe('eu-central-1');
    expect(warned).not.toHaveBeenCalled();
  });

  it('does not warn of keys in the environment beside a profile', async () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example');
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    const client = createCognitoClient({ region: 'eu-central-1', profile: 'nobody' });
    await expect(client.config.credentials()).rejects.toThrow('Could not load credentials');
    expect(warned).not.toHaveBeenCalled();
  });

  it('bounds every wait and keeps connections for all shards', async () => {
    const { requestHandler } = createCognitoClient({ region: 'eu-central-1', ca: 'PEM' }).config;
    const pending = requestHandler.handle({
      protocol: 'http:',
      hostname: '127.0.0.1',
      port: 1,
      path: '/',
      method: 'GET',
      headers: {},
    } as never);
    await expect(pending).rejects.toThrow('ECONNREFUSED');
    const handler = requestHandler as unknown as { httpHandlerConfigs(): unknown };
    expect(handler.httpHandlerConfigs()).toMatchObject({
      connectionTimeout: 5000,
      requestTimeout: 30_000,
      throwOnRequestTimeout: true,
      socketTimeout: 30_000,
      httpsAgent: { maxSockets: 64, options: { ca: 'PEM', keepAlive: true } },
    });
  });
});
