import type { IncomingMessage, ServerResponse } from 'node:http';
import { Bucket } from './bucket.ts';
import { noSuchBucket, notImplemented, S3Error } from './s3-error.ts';
import { type S3FaultEffect, S3Faults } from './s3-faults.ts';
import {
  deleteObject,
  deleteObjects,
  getBucketVersioning,
  getObject,
  getObjectLockConfiguration,
  headBucket,
  listObjectsV2,
  putObject,
  type S3Answer,
  type S3Operation,
} from './s3-operations.ts';
import { headerOf, parseAddress, type S3Address } from './s3-request.ts';
import { xmlDocument } from './xml.ts';

export interface S3Options {
  /** Wall clock in epoch milliseconds. */
  readonly clock: () => number;
}

export type S3Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The simulated S3: path-style requests of an unmodified SDK, objects in memory, signatures not checked. */
export interface S3Service {
  readonly handle: S3Handler;
  /** Makes a bucket, or returns the one there is. */
  putBucket(name: string): Bucket;
  readonly buckets: ReadonlyMap<string, Bucket>;
  readonly faults: S3Faults;
  /** Requests by operation name, faulted ones included. */
  readonly calls: ReadonlyMap<string, number>;
}

export function createS3Service(options: S3Options): S3Service {
  const buckets = new Map<string, Bucket>();
  const faults = new S3Faults();
  const calls = new Map<string, number>();
  const putBucket = (name: string): Bucket => {
    const bucket = buckets.get(name) ?? new Bucket();
    buckets.set(name, bucket);
    return bucket;
  };
  let requests = 0;

  const carryOut = (request: IncomingMessage, address: S3Address, operation: string): Promise<S3Answer> | S3Answer => {
    if (operation === 'CreateBucket') return createBucket(request, address.bucket, buckets, putBucket);
    const bucket = buckets.get(address.bucket);
    if (!bucket) throw noSuchBucket();
    const run = OPERATIONS[operation];
    if (!run) throw notImplemented(operation);
    return run({ request, address, bucket, nowMs: options.clock() });
  };

  const answerTo = async (request: IncomingMessage): Promise<S3Answer | 'reset'> => {
    const address = parseAddress(request.url ?? '/');
    const operation = operationOf(request.method ?? 'GET', address);
    calls.set(operation, (calls.get(operation) ?? 0) + 1);
    const fault = faults.take(operation, address.key);
    if (fault && fault.when !== 'after') return faultAnswer(fault.effect);
    const answer = await carryOut(request, address, operation);
    return fault ? faultAnswer(fault.effect) : answer;
  };

  const handle: S3Handler = async (request, response) => {
    requests += 1;
    const requestId = requests.toString(16).toUpperCase().padStart(16, '0');
    const answer = await answerTo(request).catch((error: unknown) => errorAnswer(error, requestId));
    if (request.destroyed && !request.complete) return;
    if (answer === 'reset') {
      request.socket.destroy();
      return;
    }
    send(request, response, answer, { requestId, nowMs: options.clock() });
  };

  return { handle, putBucket, buckets, faults, calls };
}

/** The request handler alone, for a server that needs neither buckets made beforehand nor faults. */
export function createS3Handler(options: S3Options): S3Handler {
  return createS3Service(options).handle;
}

const OPERATIONS: Readonly<Record<string, S3Operation>> = {
  PutObject: putObject,
  GetObject: getObject,
  HeadObject: getObject,
  DeleteObject: deleteObject,
  DeleteObjects: deleteObjects,
  ListObjectsV2: listObjectsV2,
  HeadBucket: headBucket,
  GetBucketVersioning: getBucketVersioning,
  GetObjectLockConfiguration: getObjectLockConfiguration,
};

/** Query parameters that leave a request what its method says it is. */
const PLAIN_PARAMETERS = new Set([
  'x-id',
  'delete',
  'list-type',
  'prefix',
  'delimiter',
  'max-keys',
  'continuation-token',
  'start-after',
  'encoding-type',
  'fetch-owner',
]);

/** Of a bucket. */
const SUBRESOURCES: readonly (readonly [name: string, operation: string])[] = [
  ['versioning', 'GetBucketVersioning'],
  ['object-lock', 'GetObjectLockConfiguration'],
];

function operationOf(method: string, { bucket, key, query }: S3Address): string {
  const asked = method === 'GET' && key === '' && SUBRESOURCES.find(([name]) => query.has(name));
  if (asked) return asked[1];
  const subresource = [...query.keys()].find((name) => !PLAIN_PARAMETERS.has(name));
  if (subresource !== undefined) throw notImplemented(`?${subresource}`);
  const level = key !== '' ? 'object' : bucket !== '' ? 'bucket' : 'service';
  if (method === 'GET' && level === 'bucket' && query.get('list-type') === '2') return 'ListObjectsV2';
  if (method === 'POST' && level === 'bucket' && query.has('delete')) return 'DeleteObjects';
  const operation = OPERATION_BY_REQUEST[`${method} ${level}`];
  if (operation === undefined) throw notImplemented(`${method} on this level`);
  return operation;
}

const OPERATION_BY_REQUEST: Readonly<Record<string, string>> = {
  'PUT object': 'PutObject',
  'GET object': 'GetObject',
  'HEAD object': 'HeadObject',
  'DELETE object': 'DeleteObject',
  'PUT bucket': 'CreateBucket',
  'HEAD bucket': 'HeadBucket',
};

/** Source: S3 user guide, "General purpose bucket naming rules", 2026-11; the rules on reserved affixes are left out. */
const BUCKET_NAME = /^(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

function createBucket(
  request: IncomingMessage,
  name: string,
  buckets: ReadonlyMap<string, Bucket>,
  put: (name: string) => Bucket,
): S3Answer {
  if (!BUCKET_NAME.test(name)) throw new S3Error(400, 'InvalidBucketName', 'The specified bucket is not valid.');
  if (buckets.has(name)) {
    throw new S3Error(
      409,
      'BucketAlreadyOwnedByYou',
      'Your previous request to create the named bucket succeeded and you already own it.',
    );
  }
  const bucket = put(name);
  bucket.objectLock = headerOf(request, 'x-amz-bucket-object-lock-enabled')?.toLowerCase() === 'true';
  bucket.versioned = bucket.objectLock;
  return { status: 200, headers: [['Location', `/${name}`]] };
}

function faultAnswer(effect: S3FaultEffect): 'reset' {
  if (effect === 'reset') return 'reset';
  throw new S3Error(effect.status, effect.code, 'A fault was injected here');
}

function errorAnswer(error: unknown, requestId: string): S3Answer {
  const known =
    error instanceof S3Error
      ? error
      : new S3Error(500, 'InternalError', 'We encountered an internal error. Please try again.');
  const body = xmlDocument([
    'Error',
    [
      ['Code', known.code],
      ['Message', known.message],
      ['RequestId', requestId],
    ],
  ]);
  return { status: known.status, headers: [['Content-Type', 'application/xml']], body };
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: S3Answer,
  meta: { readonly requestId: string; readonly nowMs: number },
): void {
  // What is left of a refused body is read and dropped, so that the client gets to see the answer.
  request.resume();
  response.statusCode = answer.status;
  response.setHeader('x-amz-request-id', meta.requestId);
  response.setHeader('Date', new Date(meta.nowMs).toUTCString());
  response.setHeader('Server', 'AmazonS3');
  for (const [name, value] of answer.headers ?? []) response.setHeader(name, value);
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : (answer.body ?? Buffer.alloc(0));
  if (answer.status !== 204 && answer.status !== 304) response.setHeader('Content-Length', body.length);
  response.end(request.method === 'HEAD' || answer.status === 204 || answer.status === 304 ? undefined : body);
}
