import * as z from 'zod';
import { ownProcessMark, processMark, type ProcessMark } from '../runtime/process-mark.ts';
import { randomHex } from '../runtime/random-hex.ts';
import { type FileOperations, type FileTools, MISSING, unless } from './file-operations.ts';

const content = z.object({ id: z.string(), owner: processMark });

/** A file whose existence means something, made by one process alone. */
export interface LockFile {
  /** Never that of another lock file at the same path. */
  readonly id: string;
  /** Absent where its process was killed before it had said who it is. */
  readonly owner?: ProcessMark;
  readonly modifiedMs: number;
}

/** Makes the file and says in it whose it is; answers its id, or `undefined` where there is such a file. */
export async function createLockFile(path: string, { files, runtime }: FileTools): Promise<string | undefined> {
  const owner = await ownProcessMark();
  const id = randomHex(runtime, 8);
  const handle = await unless(['EEXIST'], files.open(path, 'wx', 0o600));
  if (!handle) return undefined;
  try {
    // On a full disk the file has to do without its content: deleting must go on working there.
    await handle.writeFile(`${JSON.stringify({ id, owner })}\n`).catch(() => undefined);
  } finally {
    await handle.close();
  }
  return id;
}

export async function readLockFile(path: string, files: FileOperations): Promise<LockFile | undefined> {
  const handle = await unless(MISSING, files.open(path, 'r'));
  if (!handle) return undefined;
  try {
    const { ino, mtimeNs, mtimeMs } = await handle.stat({ bigint: true });
    const said = parse(await handle.readFile('utf8'));
    return { id: `${ino}-${mtimeNs}`, modifiedMs: Number(mtimeMs), ...said };
  } finally {
    await handle.close();
  }
}

function parse(text: string): z.infer<typeof content> | undefined {
  try {
    return content.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
