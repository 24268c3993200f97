import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Body, CallOptions, Storage, StoredObject } from './storage.ts';

/** The object at a key if its bytes are those of the body: a write of ours whose answer never arrived. */
export async function storedAlready(
  storage: Storage,
  key: string,
  body: Body,
  call?: CallOptions,
): Promise<StoredObject | undefined> {
  const [there, sent] = [await storage.head(key, call), await digest(chunksOf(body))];
  if (there?.sizeBytes !== sent.sizeBytes) return undefined;
  const content = await storage.stream(key, call);
  if (!content || (await digest(content)).sha256 !== sent.sha256) return undefined;
  return there;
}

async function digest(chunks: AsyncIterable<Uint8Array>): Promise<{ sizeBytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  return { sizeBytes, sha256: hash.digest('hex') };
}

async function* chunksOf(body: Body): AsyncGenerator<Uint8Array> {
  if (body instanceof Uint8Array) yield body;
  else yield* createReadStream(body.path) as AsyncIterable<Uint8Array>;
}
