import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Simulator } from '../../src/simulator/simulator.ts';

/** Every file below a folder but leases with the digest of its bytes; nothing where there is no such folder. */
export async function fileDigests(folder: string): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const path of await filesBelow(folder)) {
    // A lease that is given back stays, and says so.
    if (/\/locks\/[^/]+\.json$/.test(path)) continue;
    digests[relative(folder, path)] = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  }
  return digests;
}

/** Files and folders below a folder whose mode gives anything to group or others. */
export async function openToOthers(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true })) {
    const { mode } = await stat(join(folder, entry));
    if ((mode & 0o077) !== 0) found.push(entry);
  }
  return found;
}

export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** The records of a `….jsonl.gz`. */
export async function readRecords(path: string): Promise<Record<string, unknown>[]> {
  const text = gunzipSync(await readFile(path)).toString('utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Objects of a simulated bucket with their ETags, which are digests. */
export function objectDigests({ s3 }: Simulator, bucket: string): Record<string, string> {
  const stored = s3.buckets.get(bucket);
  return Object.fromEntries((stored?.keys ?? []).map((key) => [key, stored?.get(key)?.etag ?? '']));
}

/** Requests to Cognito that write, refused ones included. */
export function writesSeen({ counters }: Pick<Simulator, 'counters'>): Record<string, number> {
  return Object.fromEntries(Object.entries(counters.calls).filter(([name]) => !/^(Describe|List|Get)/.test(name)));
}
