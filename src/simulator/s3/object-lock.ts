import type { IncomingMessage } from 'node:http';
import type { Bucket } from './bucket.ts';
import { S3Error } from './s3-error.ts';
import { headerOf } from './s3-request.ts';

const MODE = 'x-amz-object-lock-mode';
const UNTIL = 'x-amz-object-lock-retain-until-date';
const HOLD = 'x-amz-object-lock-legal-hold';
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * What an upload is locked by: its own headers, else the bucket's default. A delete without a version id only leaves a
 * marker, whatever holds the object. Source: S3 user guide, "How Object Lock works", 2026-11.
 */
export function lockHeaders(request: IncomingMessage, bucket: Bucket, nowMs: number): [string, string][] {
  const own = [MODE, UNTIL, HOLD].flatMap((name): [string, string][] => {
    const value = headerOf(request, name);
    return value === undefined ? [] : [[name, value]];
  });
  if (own.length > 0 && !bucket.versioned) {
    throw new S3Error(400, 'InvalidRequest', 'Bucket is missing Object Lock Configuration');
  }
  const { defaultRetention } = bucket;
  if (!defaultRetention || own.some(([name]) => name === MODE)) return own;
  const until = new Date(nowMs + defaultRetention.days * DAY_MS).toISOString();
  return [...own, [MODE, defaultRetention.mode], [UNTIL, until]];
}
