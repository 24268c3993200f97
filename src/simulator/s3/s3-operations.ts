import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Bucket, S3Object } from './bucket.ts';
import { listObjects } from './list-objects.ts';
import { invalidArgument, noSuchKey, notImplemented, preconditionFailed, S3Error } from './s3-error.ts';
import { headerOf, readBody, type S3Address } from './s3-request.ts';
import { lockHeaders } from './object-lock.ts';
import { elementsOf, unescapeXml, type XmlElement, xmlDocument } from './xml.ts';

/** An answer before it is put on the wire. */
export interface S3Answer {
  readonly status: number;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: Buffer | string;
}

/** What an operation on an existing bucket sees. */
export interface S3Call {
  readonly request: IncomingMessage;
  readonly address: S3Address;
  readonly bucket: Bucket;
  readonly nowMs: number;
}

export type S3Operation = (call: S3Call) => Promise<S3Answer> | S3Answer;

/** Longest key in UTF-8 bytes. Source: S3 user guide, "Naming Amazon S3 objects", 2026-11. */
const LONGEST_KEY_BYTES = 1024;

/** Most keys of one DeleteObjects. Source: S3 API reference, DeleteObjects, 2026-11. */
const LARGEST_DELETE = 1000;

/** Headers stored with an object and returned with it, besides `x-amz-meta-*`. */
const KEPT_HEADERS = [
  'content-type',
  'content-language',
  'content-disposition',
  'cache-control',
  'expires',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
];

/** PutObject. The condition is judged when the whole body has arrived, so of many racing writers one wins. */
export async function putObject({ request, address, bucket, nowMs }: S3Call): Promise<S3Answer> {
  if (headerOf(request, 'x-amz-copy-source') !== undefined) throw notImplemented('CopyObject');
  if (Buffer.byteLength(address.key) > LONGEST_KEY_BYTES) {
    throw new S3Error(400, 'KeyTooLongError', 'Your key is too long');
  }
  const { bytes, checksums } = await readBody(request);
  judgeWrite(request, bucket.get(address.key));
  const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
  const headers = [...keptHeaders(request), ...lockHeaders(request, bucket, nowMs)];
  bucket.put(address.key, { bytes, etag, modifiedMs: nowMs, headers, checksums });
  return { status: 200, headers: [['ETag', etag], ...checksums] };
}

/** GetObject and, because Node sends no body for HEAD, HeadObject. */
export function getObject({ request, address, bucket }: S3Call): S3Answer {
  const object = bucket.get(address.key);
  if (!object) throw noSuchKey();
  const ifMatch = headerOf(request, 'if-match');
  if (ifMatch !== undefined && !etagMatches(ifMatch, object)) throw preconditionFailed();
  const ifNoneMatch = headerOf(request, 'if-none-match');
  if (ifNoneMatch !== undefined && etagMatches(ifNoneMatch, object))
    return { status: 304, headers: [['ETag', object.etag]] };
  const range = headerOf(request, 'range');
  const headers: [string, string][] = [
    ['ETag', object.etag],
    ['Last-Modified', new Date(object.modifiedMs).toUTCString()],
    ['Accept-Ranges', 'bytes'],
    ...object.headers.map(([name, value]): [string, string] => [name, value]),
  ];
  if (range !== undefined) return rangeAnswer(object, range, headers);
  if (headerOf(request, 'x-amz-checksum-mode') === 'ENABLED') {
    headers.push(...object.checksums.map(([name, value]): [string, string] => [name, value]));
  }
  return { status: 200, headers, body: object.bytes };
}

export function deleteObject({ request, address, bucket }: S3Call): S3Answer {
  judgeIfMatch(headerOf(request, 'if-match'), bucket.get(address.key));
  bucket.delete(address.key);
  return { status: 204, headers: bucket.versioned ? [['x-amz-delete-marker', 'true']] : [] };
}

export async function deleteObjects({ request, bucket }: S3Call): Promise<S3Answer> {
  const { bytes, checksums } = await readBody(request);
  if (checksums.length === 0 && headerOf(request, 'content-md5') === undefined) {
    throw new S3Error(
      400,
      'InvalidRequest',
      'Missing required header for this request: Content-MD5 OR x-amz-checksum-*',
    );
  }
  const xml = bytes.toString();
  const objects = elementsOf(xml, 'Object');
  if (objects.length === 0 || objects.length > LARGEST_DELETE) {
    throw new S3Error(
      400,
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    );
  }
  const quiet = elementsOf(xml, 'Quiet')[0] === 'true';
  const results = objects.flatMap((object) => deleteOne(bucket, object, quiet));
  return { status: 200, headers: [['Content-Type', 'application/xml']], body: xmlDocument(['DeleteResult', results]) };
}

export function listObjectsV2({ address, bucket }: S3Call): S3Answer {
  const body = listObjects(bucket, address.bucket, address.query);
  return { status: 200, headers: [['Content-Type', 'application/xml']], body };
}

/** A bucket that never kept versions is told by an empty answer. Source: S3 API reference, GetBucketVersioning, 2026-11. */
export function getBucketVersioning({ bucket }: S3Call): S3Answer {
  const status = bucket.versioned ? 'Enabled' : bucket.suspended ? 'Suspended' : undefined;
  return xmlAnswer(['VersioningConfiguration', status === undefined ? [] : [['Status', status]]]);
}

/** Source: S3 API reference, GetObjectLockConfiguration, 2026-11. */
export function getObjectLockConfiguration({ bucket }: S3Call): S3Answer {
  const { objectLock, defaultRetention } = bucket;
  if (!objectLock && !defaultRetention) {
    throw new S3Error(
      404,
      'ObjectLockConfigurationNotFoundError',
      'Object Lock configuration does not exist for this bucket',
    );
  }
  const rule: XmlElement[] = defaultRetention
    ? [
        [
          'Rule',
          [
            [
              'DefaultRetention',
              [
                ['Mode', defaultRetention.mode],
                ['Days', String(defaultRetention.days)],
              ],
            ],
          ],
        ],
      ]
    : [];
  return xmlAnswer(['ObjectLockConfiguration', [['ObjectLockEnabled', 'Enabled'], ...rule]]);
}

function xmlAnswer(root: XmlElement): S3Answer {
  return { status: 200, headers: [['Content-Type', 'application/xml']], body: xmlDocument(root) };
}

export const headBucket: S3Operation = () => ({ status: 200 });

function deleteOne(bucket: Bucket, object: string, quiet: boolean): XmlElement[] {
  const key = unescapeXml(elementsOf(object, 'Key')[0] ?? '');
  const etag = elementsOf(object, 'ETag')[0];
  try {
    judgeIfMatch(etag === undefined ? undefined : unescapeXml(etag), bucket.get(key));
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    return [
      [
        'Error',
        [
          ['Key', key],
          ['Code', error.code],
          ['Message', error.message],
        ],
      ],
    ];
  }
  bucket.delete(key);
  if (bucket.versioned)
    return quiet
      ? []
      : [
          [
            'Deleted',
            [
              ['Key', key],
              ['DeleteMarker', 'true'],
            ],
          ],
        ];
  return quiet ? [] : [['Deleted', [['Key', key]]]];
}

/** Conditions of PutObject. Source: S3 user guide, "How to prevent object overwrites with conditional writes", 2026-11. */
function judgeWrite(request: IncomingMessage, existing: S3Object | undefined): void {
  const ifNoneMatch = headerOf(request, 'if-none-match');
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') throw notImplemented('If-None-Match with an ETag on PutObject');
  if (ifNoneMatch === '*' && existing) throw preconditionFailed();
  judgeIfMatch(headerOf(request, 'if-match'), existing);
}

/** 404 where the object is missing is documented for writes; for deletes it is *unproven*. */
function judgeIfMatch(ifMatch: string | undefined, existing: S3Object | undefined): void {
  if (ifMatch === undefined) return;
  if (!existing) throw noSuchKey();
  if (!etagMatches(ifMatch, existing)) throw preconditionFailed();
}

/** S3 takes an ETag with or without its quotes. */
function etagMatches(condition: string, object: S3Object): boolean {
  return condition === '*' || condition.replaceAll('"', '') === object.etag.replaceAll('"', '');
}

function keptHeaders(request: IncomingMessage): [string, string][] {
  const kept: [string, string][] = [];
  for (const name of Object.keys(request.headers)) {
    if (KEPT_HEADERS.includes(name) || name.startsWith('x-amz-meta-')) kept.push([name, headerOf(request, name) ?? '']);
  }
  const encoding = contentEncoding(request);
  return encoding === '' ? kept : [...kept, ['content-encoding', encoding]];
}

/** S3 stores the encoding without `aws-chunked`, which belongs to the transfer. */
function contentEncoding(request: IncomingMessage): string {
  const encodings = (headerOf(request, 'content-encoding') ?? '').split(',').map((encoding) => encoding.trim());
  return encodings.filter((encoding) => encoding !== '' && encoding !== 'aws-chunked').join(',');
}

function rangeAnswer(object: S3Object, range: string, headers: [string, string][]): S3Answer {
  const size = object.bytes.length;
  const match = /^bytes=(\d*)-(\d*)$/.exec(range);
  if (!match || range === 'bytes=-')
    throw invalidArgument('Only one byte range of the form bytes=first-last is simulated');
  const [, first = '', last = ''] = match;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(size - 1, Number(last));
  if (start > end) throw new S3Error(416, 'InvalidRange', 'The requested range is not satisfiable');
  return {
    status: 206,
    headers: [...headers, ['Content-Range', `bytes ${start}-${end}/${size}`]],
    body: object.bytes.subarray(start, end + 1),
  };
}
