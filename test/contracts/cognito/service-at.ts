import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { createCognitoClient } from '../../../src/cognito/client.ts';
import { createGateway } from '../../../src/cognito/compose-gateway.ts';
import type { Governor } from '../../../src/cognito/governor.ts';
import { realRuntime } from '../../../src/runtime/real-runtime.ts';
import { hurriedRuntime } from '../../support/workbench.ts';
import type { CognitoUnderTest } from './contract-bed.ts';

const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Lets every call pass: the contract is the service's, not the governor's. */
const unpaced: Governor = {
  acquire: async () => {},
  throttled: () => Infinity,
  rate: async () => 1_000,
  quota: async (category) => ({ category, requestsPerSecond: 1_000, source: 'default', pace: 1_000 }),
};

export interface EmulatorOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly stop: () => Promise<void>;
  readonly lagMs?: number;
  readonly messagesSent?: () => number;
}

/** The tool's gateway and the plain SDK, pointed at an emulator. */
export function emulatorAt({ endpoint, region, stop, lagMs = 0, messagesSent }: EmulatorOptions): CognitoUnderTest {
  process.env['AWS_ACCESS_KEY_ID'] = CREDENTIALS.accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = CREDENTIALS.secretAccessKey;
  const client = createCognitoClient({ region, endpoint });
  const sdk = new CognitoIdentityProvider({ region, endpoint, maxAttempts: 1, credentials: CREDENTIALS });
  return {
    region,
    gateway: createGateway({ client, runtime: realRuntime, observer: () => {}, governor: unpaced, patienceMs: 10_000 }),
    sdk,
    lagMs,
    importRole: 'arn:aws:iam::123456789012:role/cognito-import',
    runtime: hurriedRuntime,
    ...(messagesSent && { messagesSent }),
    close: async () => {
      client.destroy();
      sdk.destroy();
      await stop();
    },
  };
}

/** The same at AWS: credentials as every AWS tool finds them, the documented quotas kept. */
export function awsAt(region: string, importRole?: string): CognitoUnderTest {
  const client = createCognitoClient({ region });
  const sdk = new CognitoIdentityProvider({ region, maxAttempts: 1 });
  return {
    region,
    gateway: createGateway({ client, runtime: realRuntime, observer: () => {} }),
    sdk,
    lagMs: 60_000,
    ...(importRole !== undefined && { importRole }),
    runtime: realRuntime,
    close: async () => {
      client.destroy();
      sdk.destroy();
    },
  };
}
