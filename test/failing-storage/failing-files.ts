import type { FileHandle } from 'node:fs/promises';
import { type FileOperations, realFiles } from '../../src/storage/file-operations.ts';

export type DiskError = 'EDQUOT' | 'EIO' | 'ENOSPC' | 'EROFS';

/** When the disk fails: at the nth operation that the error can hit, or once so many bytes were written. */
export interface DiskFault {
  readonly code: DiskError;
  readonly atOperation?: number;
  readonly afterBytes?: number;
  /** Every later operation that the error can hit fails too; else that one alone. */
  readonly lasting: boolean;
}

export interface FailingFiles {
  readonly files: FileOperations;
  /** How often the fault struck. */
  readonly struck: () => number;
  /** Operations so far that the error could have hit. */
  readonly operations: () => number;
  readonly bytesWritten: () => number;
}

/** What a full disk cannot do. A read-only one can remove nothing either, and a broken one nothing at all. */
const NEEDS_ROOM = ['create', 'link', 'mkdir', 'rename', 'sync', 'write', 'writeFile'];
const CHANGES = [...NEEDS_ROOM, 'chmod', 'rmdir', 'unlink'];
const EVERYTHING = [...CHANGES, 'open', 'read', 'readdir', 'readFile', 'stat'];
const HIT_BY: Readonly<Record<DiskError, readonly string[]>> = {
  ENOSPC: NEEDS_ROOM,
  EDQUOT: NEEDS_ROOM,
  EROFS: CHANGES,
  EIO: EVERYTHING,
};

/** The file system of this machine until the fault strikes. Without `atOperation` and `afterBytes` it only counts. */
export function failingFiles(fault: DiskFault): FailingFiles {
  let [operations, bytes, struck] = [0, 0, 0];
  const strike = (name: string): never => {
    struck += 1;
    throw Object.assign(new Error(`${fault.code}: injected, ${name}`), { code: fault.code });
  };
  const step = (name: string): void => {
    if (!HIT_BY[fault.code].includes(name)) return;
    operations += 1;
    const lasts = fault.lasting && struck > 0;
    if (lasts || operations === fault.atOperation) strike(name);
  };
  const write = async (handle: FileHandle, data: Uint8Array, offset: number, length: number) => {
    step('write');
    const room = (fault.afterBytes ?? Infinity) - bytes;
    if (room <= 0 && (fault.lasting || struck === 0)) strike('write');
    // As a disk does: what still fits is written, and the next write fails.
    const result = await handle.write(data, offset, Math.min(length, room > 0 ? room : Infinity));
    bytes += result.bytesWritten;
    return result;
  };
  const watched = (handle: FileHandle): FileHandle =>
    new Proxy(handle, {
      get: (target, name: keyof FileHandle) => {
        if (name === 'write') return (...args: [Uint8Array, number, number]) => write(target, ...args);
        const member: unknown = target[name];
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]): Promise<unknown> => {
          step(String(name));
          return (member as (...all: unknown[]) => unknown).apply(target, args);
        };
      },
    });
  const files = Object.fromEntries(
    Object.keys(realFilesUsed).map((name) => [
      name,
      async (...args: never[]): Promise<unknown> => {
        step(name === 'open' && String(args[1]).includes('w') ? 'create' : name);
        const result: unknown = await (realFilesUsed[name as keyof FileOperations] as (...all: never[]) => unknown)(
          ...args,
        );
        return name === 'open' ? watched(result as FileHandle) : result;
      },
    ]),
  ) as unknown as FileOperations;
  return { files, struck: () => struck, operations: () => operations, bytesWritten: () => bytes };
}

const { chmod, link, mkdir, open, readdir, rename, rmdir, stat, unlink } = realFiles;
const realFilesUsed: FileOperations = { chmod, link, mkdir, open, readdir, rename, rmdir, stat, unlink };
