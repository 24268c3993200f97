import type { Bucket } from './bucket.ts';
import { invalidArgument } from './s3-error.ts';
import { type XmlElement, xmlDocument } from './xml.ts';

/** Most keys of one page. Source: S3 API reference, ListObjectsV2, 2026-11. */
const LARGEST_PAGE = 1000;

interface Listing {
  readonly prefix: string;
  readonly delimiter: string;
  readonly startAfter: string;
  readonly maxKeys: number;
  readonly encode: (key: string) => string;
}

interface ListedPage {
  /** Keys and common prefixes, each in order. */
  readonly keys: readonly string[];
  readonly commonPrefixes: readonly string[];
  /** The last key or common prefix of a page that has a successor. */
  readonly continueAfter?: string;
}

/** Answers ListObjectsV2 with the XML document of one page. */
export function listObjects(bucket: Bucket, bucketName: string, query: URLSearchParams): string {
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after') ?? '';
  const listing: Listing = {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    startAfter: token === null ? startAfter : decodeToken(token),
    maxKeys: maxKeysOf(query.get('max-keys')),
    encode: encoderFor(query.get('encoding-type')),
  };
  const page = listPage(bucket, listing);
  return xmlDocument([
    'ListBucketResult',
    [
      ['Name', bucketName],
      ['Prefix', listing.encode(listing.prefix)],
      ...optional('Delimiter', listing.encode(listing.delimiter)),
      ...optional('StartAfter', token === null ? listing.encode(startAfter) : ''),
      ...optional('ContinuationToken', token ?? ''),
      ...optional('EncodingType', query.get('encoding-type') ?? ''),
      ['MaxKeys', String(listing.maxKeys)],
      ['KeyCount', String(page.keys.length + page.commonPrefixes.length)],
      ['IsTruncated', String(page.continueAfter !== undefined)],
      ...optional('NextContinuationToken', page.continueAfter === undefined ? '' : encodeToken(page.continueAfter)),
      ...page.keys.map((key) => contentsElement(bucket, key, listing.encode(key))),
      ...page.commonPrefixes.map((prefix): XmlElement => ['CommonPrefixes', [['Prefix', listing.encode(prefix)]]]),
    ],
  ]);
}

function listPage(bucket: Bucket, listing: Listing): ListedPage {
  const keys: string[] = [];
  const commonPrefixes: string[] = [];
  let last: string | undefined;
  for (const entry of entriesAfter(bucket, listing)) {
    if (keys.length + commonPrefixes.length === listing.maxKeys) {
      return last === undefined ? { keys, commonPrefixes } : { keys, commonPrefixes, continueAfter: last };
    }
    (entry.isPrefix ? commonPrefixes : keys).push(entry.name);
    last = entry.name;
  }
  return { keys, commonPrefixes };
}

function* entriesAfter(
  bucket: Bucket,
  { prefix, delimiter, startAfter }: Listing,
): Generator<{ readonly name: string; readonly isPrefix: boolean }> {
  let folder = folderOf(startAfter, prefix, delimiter);
  // A token or start-after that names a common prefix stands behind everything below it.
  if (folder !== startAfter) folder = undefined;
  for (let at = Math.max(bucket.position(prefix), bucket.position(startAfter)); at < bucket.keys.length; at += 1) {
    const key = bucket.keys[at] ?? '';
    if (!key.startsWith(prefix)) return;
    if (key === startAfter || (folder !== undefined && key.startsWith(folder))) continue;
    folder = folderOf(key, prefix, delimiter);
    yield folder === undefined ? { name: key, isPrefix: false } : { name: folder, isPrefix: true };
  }
}

/** The common prefix that a key is rolled up into, if any. */
function folderOf(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '' || !key.startsWith(prefix)) return undefined;
  const end = key.indexOf(delimiter, prefix.length);
  return end < 0 ? undefined : key.slice(0, end + delimiter.length);
}

function contentsElement(bucket: Bucket, key: string, encodedKey: string): XmlElement {
  const object = bucket.get(key);
  return [
    'Contents',
    [
      ['Key', encodedKey],
      ['LastModified', new Date(object?.modifiedMs ?? 0).toISOString()],
      ['ETag', object?.etag ?? ''],
      ['Size', String(object?.bytes.length ?? 0)],
      ['StorageClass', 'STANDARD'],
    ],
  ];
}

function maxKeysOf(text: string | null): number {
  if (text === null) return LARGEST_PAGE;
  if (!/^\d{1,10}$/.test(text)) throw invalidArgument('Provided max-keys not an integer or within integer range');
  return Math.min(LARGEST_PAGE, Number(text));
}

function encoderFor(encodingType: string | null): (key: string) => string {
  if (encodingType === null) return (key) => key;
  if (encodingType !== 'url') throw invalidArgument('Invalid Encoding Method specified in Request');
  return (key) =>
    encodeURIComponent(key)
      .replace(/%2F/g, '/')
      .replace(/%20/g, '+')
      .replace(/[!'()]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

const TOKEN_MARK = 'after:';

function encodeToken(lastEntry: string): string {
  return Buffer.from(TOKEN_MARK + lastEntry).toString('base64');
}

function decodeToken(token: string): string {
  const text = Buffer.from(token, 'base64').toString();
  if (!text.startsWith(TOKEN_MARK)) throw invalidArgument('The continuation token provided is incorrect');
  return text.slice(TOKEN_MARK.length);
}

function optional(name: string, value: string): XmlElement[] {
  return value === '' ? [] : [[name, value]];
}
