import {
  CognitoIdentityProviderServiceException,
  type CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { SignatureV4 } from '@smithy/signature-v4';
import { BackupError } from '../../model/errors.ts';
import { isObject, type JsonObject } from '../../model/pool-configuration.ts';
import type { JsonValue } from '../../model/pool.ts';
import { realRuntime } from '../../runtime/real-runtime.ts';
import type { SdkCallOptions } from './operation.ts';

/** A service beside Cognito that knows something of a pool; the name is that of its host, its signature and its endpoint variable. */
export type OtherService = 'wafv2' | 'lambda';

export interface ServiceRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Large web ACLs have some thousand rules. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/**
 * Sends one signed request with the credentials, connections and certificates of the Cognito client: a client of its own for
 * a single operation would weigh more than the whole tool may in a function (docs/decisions/0010). Throws what `toBackupError` reads.
 */
export async function askService(
  client: CognitoIdentityProviderClient,
  service: OtherService,
  request: ServiceRequest,
  options: SdkCallOptions,
): Promise<JsonObject> {
  const { config } = client;
  const endpoint = await endpointOf(client, service);
  const signer = new SignatureV4({
    service,
    region: config.region,
    credentials: config.credentials,
    sha256: config.sha256,
  });
  const now = new Date(realRuntime.now().getTime() + config.systemClockOffset);
  const signed = await signer.sign(httpRequest(endpoint, request), { signingDate: now });
  const { response } = await config.requestHandler.handle(signed as never, options);
  const { statusCode, headers, body } = response as {
    readonly statusCode: number;
    readonly headers: Readonly<Record<string, string | undefined>>;
    readonly body: AsyncIterable<Uint8Array>;
  };
  const answer = await readJson(body);
  if (statusCode < 300) return answer;
  throw refusal(statusCode, nameOf(headers, answer));
}

/** An address of somebody's own for Cognito says nothing of where other services are: then only their own variables do. */
async function endpointOf(client: CognitoIdentityProviderClient, service: OtherService): Promise<URL> {
  const named = process.env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] ?? process.env['AWS_ENDPOINT_URL'];
  if (named) return new URL(named);
  const { config } = client;
  if (config.isCustomEndpoint || (await config.endpoint?.()) !== undefined) {
    throw new BackupError('rejected', `The endpoint of Cognito is not one of ${service}`, { awsName: 'Unsupported' });
  }
  const { url } = config.endpointProvider({
    Region: await config.region(),
    UseFIPS: await config.useFipsEndpoint(),
    UseDualStack: await config.useDualstackEndpoint(),
  });
  return new URL(url.href.replace('cognito-idp', service));
}

function httpRequest({ protocol, hostname, port }: URL, { method, path, headers = {}, body }: ServiceRequest) {
  return {
    method,
    protocol,
    hostname,
    ...(port !== '' && { port: Number(port) }),
    path,
    query: {},
    headers: { host: port === '' ? hostname : `${hostname}:${port}`, ...headers },
    ...(body !== undefined && { body }),
  };
}

async function readJson(body: AsyncIterable<Uint8Array>): Promise<JsonObject> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_ANSWER_BYTES) throw new RangeError('The answer is too long');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  const answer = text === '' ? {} : (JSON.parse(text) as JsonValue);
  if (!isObject(answer)) throw new SyntaxError('The answer is no object');
  return answer;
}

/** `prefix#Name` in the body, `Name:address` in the header. */
function nameOf(headers: Readonly<Record<string, string | undefined>>, { __type: type }: JsonObject): string {
  const name = headers['x-amzn-errortype'] ?? (typeof type === 'string' ? type : 'Unknown');
  return (name.split('#').at(-1) ?? name).split(':')[0] ?? name;
}

/** Of the class whose refusals count as those of the service that was asked. */
function refusal(httpStatusCode: number, name: string): Error {
  const $fault = httpStatusCode < 500 ? 'client' : 'server';
  return new CognitoIdentityProviderServiceException({ name, $fault, message: '', $metadata: { httpStatusCode } });
}
