import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { composeStorage, type Surroundings } from '../compose.ts';
import { BackupError } from '../model/errors.ts';
import type { ReadableFile } from '../operations/values/csv-value.ts';

/** A file to import: a path on this machine, or `s3://bucket/key`. */
export async function readableFile(
  location: string,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<ReadableFile> {
  if (/^s3:/i.test(location)) return s3File(location, surroundings, signal);
  return { name: basename(location), read: () => localChunks(location, signal) };
}

async function s3File(location: string, surroundings: Surroundings, signal: AbortSignal): Promise<ReadableFile> {
  const slash = location.lastIndexOf('/');
  const key = location.slice(slash + 1);
  const folder = location.slice(0, slash);
  if (key === '' || folder.length <= 's3://'.length) {
    throw new BackupError('usage', `Not a file in S3: ${JSON.stringify(location)}`, {
      hint: 'Write it as s3://bucket/folder/users-0001.csv',
    });
  }
  const storage = await composeStorage(folder, surroundings);
  return {
    name: key,
    read: async function* () {
      const chunks = await storage.stream(key, { signal });
      if (!chunks) throw notFound(location);
      yield* chunks;
    },
  };
}

async function* localChunks(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path, { signal })) yield chunk as Uint8Array;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'ENOENT') throw notFound(path);
    if (code === 'EISDIR') {
      throw new BackupError('usage', `Not a file but a folder: ${JSON.stringify(path)}`, {
        hint: 'Name the files in it, for example users-0001.csv',
      });
    }
    if (code === 'EACCES') {
      throw new BackupError('not-authorized', `No permission to read ${JSON.stringify(path)}`, {
        hint: 'Give this user read access to the file',
      });
    }
    throw error;
  }
}

function notFound(location: string): BackupError {
  return new BackupError('file-not-found', `There is no file ${JSON.stringify(location)}`, {
    hint: 'Check the path and the folder it starts from',
  });
}
