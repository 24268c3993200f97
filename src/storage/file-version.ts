import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import type { TemporaryFile } from './durable-file.ts';
import { type FileOperations, MISSING, unless } from './file-operations.ts';

/**
 * Up to this size a version tag is the content's SHA-256 (as S3's is its MD5): sound on every file system. Larger objects,
 * which nobody replaces on condition, are tagged by inode, time and size, so that listing does not read them.
 */
const LARGEST_HASHED_BYTES = 64 * 1024;

export interface FileVersion {
  readonly sizeBytes: number;
  readonly etag: string;
}

/** Size and tag of the file at a path, `undefined` where there is none. */
export async function versionOf(path: string, files: FileOperations): Promise<FileVersion | undefined> {
  const version = await read(path, files);
  return version && { sizeBytes: version.sizeBytes, etag: version.etag };
}

/** One version of a file whole, even if it is replaced meanwhile. `checkSize` throws before a file too large is read. */
export async function contentOf(
  path: string,
  files: FileOperations,
  checkSize: (sizeBytes: number) => void = () => {},
): Promise<(FileVersion & { readonly bytes: Uint8Array }) | undefined> {
  const version = await read(path, files, checkSize);
  return version && { ...version, bytes: version.bytes ?? new Uint8Array() };
}

/** The version that a temporary file has become at its final path. */
export async function versionWritten(
  temporary: TemporaryFile,
  path: string,
  files: FileOperations,
): Promise<FileVersion> {
  const { sizeBytes, sha256 } = temporary;
  if (sizeBytes <= LARGEST_HASHED_BYTES) return { sizeBytes, etag: sha256 };
  return { sizeBytes, etag: metadataTag(await files.stat(path, { bigint: true })) };
}

async function read(
  path: string,
  files: FileOperations,
  checkSize?: (sizeBytes: number) => void,
): Promise<(FileVersion & { readonly bytes?: Uint8Array }) | undefined> {
  const handle = await unless(MISSING, files.open(path, 'r'));
  if (!handle) return undefined;
  try {
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile()) return undefined;
    const sizeBytes = Number(stats.size);
    checkSize?.(sizeBytes);
    const hashed = sizeBytes <= LARGEST_HASHED_BYTES;
    if (!hashed && !checkSize) return { sizeBytes, etag: metadataTag(stats) };
    const bytes = await handle.readFile();
    return { sizeBytes, bytes, etag: hashed ? createHash('sha256').update(bytes).digest('hex') : metadataTag(stats) };
  } finally {
    await handle.close();
  }
}

function metadataTag(stats: BigIntStats): string {
  return `${stats.ino}-${stats.mtimeNs}-${stats.size}`;
}
