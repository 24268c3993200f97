import * as z from 'zod';
import { BackupError } from '../model/errors.ts';
import type { ProviderSecrets } from '../plan/new-pool/provider-request.ts';
import { readableFile } from './readable-file.ts';

const secrets = z.record(z.string(), z.record(z.string(), z.string().min(1)));
const MOST_BYTES = 1024 * 1024;

/** Reads `{"Google": {"client_secret": "…"}}`. Throws `bad-input`, `file-not-found`. Nothing of it stands in a message. */
export async function readProviderSecrets(path: string, signal: AbortSignal): Promise<ProviderSecrets> {
  const file = await readableFile(path, {}, signal);
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of file.read()) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > MOST_BYTES) throw notSecrets(path);
  }
  const parsed = secrets.safeParse(parse(Buffer.concat(chunks).toString('utf8')));
  if (!parsed.success) throw notSecrets(path);
  return new Map(Object.entries(parsed.data));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notSecrets(path: string): BackupError {
  return new BackupError('bad-input', `Not a file of provider secrets: ${JSON.stringify(path)}`, {
    hint: 'It is JSON: {"Google": {"client_secret": "…"}, "SignInWithApple": {"private_key": "…"}}',
  });
}
