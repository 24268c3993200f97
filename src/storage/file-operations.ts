import * as nodeFiles from 'node:fs/promises';
import type { Runtime } from '../runtime/runtime.ts';

/** The file system as the local folder uses it; tests put failures in its place. */
export type FileOperations = Pick<
  typeof nodeFiles,
  'chmod' | 'link' | 'mkdir' | 'open' | 'readdir' | 'rename' | 'rmdir' | 'stat' | 'unlink'
>;

export const realFiles: FileOperations = nodeFiles;

export interface FileTools {
  readonly files: FileOperations;
  readonly runtime: Runtime;
  readonly signal?: AbortSignal | undefined;
}

/** The `code` of a system error, for example `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** `undefined` in place of a rejection with one of the codes. */
export async function unless<T>(codes: readonly string[], work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (codes.includes(systemCode(error) ?? '')) return undefined;
    throw error;
  }
}

/** What the system says where a path leads nowhere: nothing there, or a file where a folder would have to be. */
export const MISSING = ['ENOENT', 'ENOTDIR'];
