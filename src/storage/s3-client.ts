import { Agent } from 'node:https';
import { S3Client } from '@aws-sdk/client-s3';
import { caBundle } from '../runtime/ca-bundle.ts';

export interface S3ClientOptions {
  readonly region?: string;
  /** Wins over `AWS_ENDPOINT_URL_S3` and `AWS_ENDPOINT_URL`, which the SDK reads itself. */
  readonly endpoint?: string;
  readonly profile?: string;
}

const CONNECTION_TIMEOUT_MS = 10_000;
/** Silence on a connection after which a request counts as lost. */
const SOCKET_TIMEOUT_MS = 60_000;
const MOST_CONNECTIONS = 50;

/**
 * An S3 client that tries once, because `withStorageRetry` does the retrying, and trusts `AWS_CA_BUNDLE`.
 * Throws `file-not-found` or `usage` for an unusable bundle.
 */
export function createS3Client(options: S3ClientOptions): S3Client {
  const { region, endpoint, profile } = options;
  const ca = caBundle(process.env);
  const client = new S3Client({
    maxAttempts: 1,
    logger: SILENT,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      socketTimeout: SOCKET_TIMEOUT_MS,
      httpsAgent: new Agent({ keepAlive: true, maxSockets: MOST_CONNECTIONS, ...(ca && { ca }) }),
    },
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(profile !== undefined && { profile }),
  });
  client.middlewareStack.remove('loggerMiddleware');
  addressByPath(client);
  return client;
}

/**
 * Puts the bucket into the path wherever an endpoint is given, be it by option, variable or profile, which the SDK looks up
 * at the first request: emulators and most S3-compatible servers know no bucket host names.
 */
function addressByPath(client: S3Client): void {
  const resolve = client.config.endpointProvider;
  client.config.endpointProvider = (parameters, context) =>
    resolve(parameters.Endpoint === undefined ? parameters : { ...parameters, ForcePathStyle: true }, context);
}

/** Without a logger of one's own the SDK warns on the console, for example of every failed upload of a stream. */
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
