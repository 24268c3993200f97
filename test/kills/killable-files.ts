import type { FileHandle } from 'node:fs/promises';
import { realFiles, type FileOperations } from '../../src/storage/file-operations.ts';
import type { KillSwitch } from './kill-switch.ts';

const CHANGING_METHODS = new Set([
  'appendFile',
  'chmod',
  'datasync',
  'sync',
  'truncate',
  'utimes',
  'write',
  'writeFile',
]);

/** The file system of a process that can be killed at each of its steps. */
export interface KillableFiles {
  readonly files: FileOperations;
  /** What the system does for a dead process. */
  closeAll(): Promise<void>;
}

/**
 * Counts every step that changes something: making a file, each write, each fsync, link, rename, unlink … An fsync is only
 * counted: it protects against power cuts, and a kill loses nothing that was written.
 */
export function killableFiles(life: KillSwitch): KillableFiles {
  const open = new Set<FileHandle>();
  const changing = <Arguments extends unknown[], Answer>(name: string, step: (...args: Arguments) => Promise<Answer>) =>
    ((...args: Arguments) => life.mutate(name, () => step(...args))) as typeof step;
  const looking = <Arguments extends unknown[], Answer>(step: (...args: Arguments) => Promise<Answer>) =>
    ((...args: Arguments) => life.look(() => step(...args))) as typeof step;
  const opening: FileOperations['open'] = async (path, flags, mode) => {
    const begin = async (): Promise<FileHandle> => {
      const handle = await realFiles.open(path, flags, mode);
      open.add(handle);
      return handle;
    };
    const handle = await (flags === 'r' ? life.look(begin) : life.mutate('create', begin));
    return killableHandle(handle, life, () => open.delete(handle));
  };
  const files: FileOperations = {
    open: opening,
    chmod: changing('chmod', realFiles.chmod),
    link: changing('link', realFiles.link),
    mkdir: changing('mkdir', realFiles.mkdir) as FileOperations['mkdir'],
    rename: changing('rename', realFiles.rename),
    rmdir: changing('rmdir', realFiles.rmdir),
    unlink: changing('unlink', realFiles.unlink),
    readdir: looking(realFiles.readdir as (path: string) => Promise<string[]>) as FileOperations['readdir'],
    stat: looking(realFiles.stat as (path: string) => Promise<never>) as FileOperations['stat'],
  };
  return {
    files,
    closeAll: async () => {
      await Promise.all([...open].map((handle) => handle.close()));
    },
  };
}

function killableHandle(handle: FileHandle, life: KillSwitch, onClose: () => void): FileHandle {
  return new Proxy(handle, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      const call = async (...args: unknown[]): Promise<unknown> => {
        if (name === 'close') onClose();
        return (member as (...given: unknown[]) => Promise<unknown>).apply(target, args);
      };
      return (...args: unknown[]) => {
        if (!CHANGING_METHODS.has(String(name))) return life.look(() => call(...args));
        return life.mutate(String(name), () => (name === 'sync' ? Promise.resolve() : call(...args)));
      };
    },
  });
}
