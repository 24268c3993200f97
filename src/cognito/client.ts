import {
  CognitoIdentityProviderClient,
  type CognitoIdentityProviderClientConfig,
} from '@aws-sdk/client-cognito-identity-provider';

export interface CognitoClientOptions {
  readonly region: string;
  readonly profile?: string;
  /** Else the SDK reads AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER, AWS_ENDPOINT_URL and the profile's `endpoint_url`. */
  readonly endpoint?: string;
  /** PEM certificates to trust instead of Node's own (AWS_CA_BUNDLE). */
  readonly ca?: Buffer | string;
  /** How long a call may be silent, before its answer and within it; half a minute by default. */
  readonly requestTimeoutMs?: number;
  /** Instead of what the SDK finds. */
  readonly credentials?: NonNullable<CognitoIdentityProviderClientConfig['credentials']>;
}

const CONNECTION_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Sixteen shards, memberships and writes side by side stay below this. */
const MAX_SOCKETS = 64;

/** Makes the SDK client. One attempt a call: retry and pacing are gateway wrappers. */
export function createCognitoClient(options: CognitoClientOptions): CognitoIdentityProviderClient {
  const { requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS };
  return new CognitoIdentityProviderClient({
    region: options.region,
    maxAttempts: 1,
    logger: SILENT,
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: requestTimeoutMs,
      // Without this the SDK only logs a warning and waits on.
      throwOnRequestTimeout: true,
      // The request timeout ends with the headers; this one catches a body that stalls.
      socketTimeout: requestTimeoutMs,
      httpAgent: agent,
      httpsAgent: options.ca === undefined ? agent : { ...agent, ca: options.ca },
    },
  });
}

/** Without a logger of one's own the SDK warns on the console, for example of keys in the environment beside a profile. */
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
