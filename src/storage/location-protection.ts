import type { CallOptions } from './storage.ts';
import type { BucketProtection } from './bucket-protection.ts';
import { parseStorageLocation } from './open-storage.ts';
import type { S3ClientOptions } from './s3-client.ts';

/** What keeps what is stored there from being lost: of a folder nothing but its disk is known. */
export type LocationProtection =
  | { readonly kind: 'folder' }
  | ({ readonly kind: 'bucket'; readonly bucket: string } & BucketProtection);

/** Looks at a folder or `s3://bucket/prefix`; writes nothing. Throws `usage` for what is no location. */
export async function locationProtection(
  location: string,
  { signal, ...client }: S3ClientOptions & CallOptions,
): Promise<LocationProtection> {
  const parsed = parseStorageLocation(location);
  if (parsed.kind === 'local') return { kind: 'folder' };
  const [{ createS3Client }, { readBucketProtection }] = await Promise.all([
    import('./s3-client.ts'),
    import('./bucket-protection.ts'),
  ]);
  const { bucket } = parsed;
  return { kind: 'bucket', bucket, ...(await readBucketProtection(createS3Client(client), bucket, signal)) };
}
