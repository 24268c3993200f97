import type { IncomingMessage } from 'node:http';
import { S3Error } from '../s3/s3-error.ts';
import { headerOf } from '../s3/s3-request.ts';

/** How long a pre-signed URL works. COGNITO-FACTS §3 [D]. */
const VALID_SECONDS = 900;

/** 100 MB by quota [D]; that a megabyte is a million bytes is the stricter reading, *unproven*. */
const LARGEST_FILE_BYTES = 100_000_000;

const SIGNED_HEADERS = 'host;x-amz-server-side-encryption';

export interface SignedUrlParts {
  readonly endpoint: string;
  readonly jobId: string;
  readonly credentialScope: string;
  readonly createdMs: number;
  readonly signature: string;
}

/** A pre-signed URL in S3's form. The signature is a secret of the job, not a computed one. */
export function preSignedUrl(parts: SignedUrlParts): string {
  const query = new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': parts.credentialScope,
    'X-Amz-Date': `${new Date(parts.createdMs).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`,
    'X-Amz-Expires': String(VALID_SECONDS),
    'X-Amz-SignedHeaders': SIGNED_HEADERS,
    'X-Amz-Signature': parts.signature,
  });
  return `${parts.endpoint}/_import/${parts.jobId}?${query.toString()}`;
}

/** The job id in the path of an upload; `undefined` for any other path. */
export function jobIdOf(requestLine: string): string | undefined {
  return /^\/_import\/([^/?]+)(?:\?|$)/.exec(requestLine)?.[1];
}

/**
 * Judges an upload as S3 would and reads its body. Throws `SignatureDoesNotMatch` where a signed header is missing
 * (reported by users who forgot `x-amz-server-side-encryption`, aws-sdk-js #4672), `AccessDenied` once the URL has expired.
 */
export async function readUpload(
  request: IncomingMessage,
  job: { url: string; createdMs: number },
  nowMs: number,
): Promise<Buffer> {
  const given = new URL(request.url ?? '/', 'http://upload.invalid').searchParams;
  const signed = new URL(job.url).searchParams;
  const isSigned = [...signed].every(([name, value]) => given.get(name) === value) && given.size === signed.size;
  const encryption = headerOf(request, 'x-amz-server-side-encryption');
  if (request.method !== 'PUT' || !isSigned || encryption !== 'aws:kms') {
    throw new S3Error(
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided.',
    );
  }
  if (nowMs - job.createdMs >= VALID_SECONDS * 1000) throw new S3Error(403, 'AccessDenied', 'Request has expired');
  const length = headerOf(request, 'content-length');
  if (length === undefined) {
    throw new S3Error(
      501,
      'NotImplemented',
      'A header you provided implies functionality that is not implemented: Transfer-Encoding',
    );
  }
  if (Number(length) > LARGEST_FILE_BYTES) {
    throw new S3Error(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size');
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
