import * as z from 'zod';
import { BackupError } from '../model/errors.ts';
import type { JsonValue } from '../model/pool.ts';
import { canonicalJson } from './canonical-json.ts';
import { damaged } from './damaged.ts';
import { sha256 } from './sha256.ts';

/** The version of everything this tool writes into a vault. */
export const FORMAT_VERSION = 1;

/** Adds `digest`, the SHA-256 of the rest in canonical JSON, and makes the bytes: sorted keys, two spaces, one newline. */
export function encodeDigested(body: object): Uint8Array {
  const plain = body as { readonly [key: string]: JsonValue };
  return layOut({ ...plain, digest: sha256(canonicalJson(plain)) });
}

/**
 * Reads what `encodeDigested` made. Nothing is believed before the digest agrees, and the bytes have to be exactly those
 * that encoding makes again, so no changed byte goes unnoticed. Throws `vault-too-new` and `damaged`, naming `key`.
 */
export function decodeDigested<Schema extends z.ZodType>(
  bytes: Uint8Array,
  key: string,
  schema: Schema,
): z.infer<Schema> {
  const value = parseVersioned(bytes, key);
  const parsed = z.looseObject({ digest: z.string() }).safeParse(value);
  if (!parsed.success) throw damaged(key, 'it has no digest');
  const { digest, ...body } = value as { readonly digest: string; readonly [key: string]: JsonValue };
  if (sha256(canonical(body, key)) !== digest) throw damaged(key, 'its digest does not match');
  if (!layOut({ ...body, digest }).equals(bytes)) throw damaged(key, 'it was rewritten');
  const known = checkShape(value, key, schema);
  // A schema may pass over a key in silence, as zod's records do with `__proto__`.
  if (canonicalJson(known as JsonValue) !== canonicalJson({ ...body, digest }))
    throw damaged(key, 'it has unknown fields');
  return known;
}

function canonical(value: JsonValue, key: string): string {
  try {
    return canonicalJson(value);
  } catch (error) {
    // Nothing of ours nests deeper than the stack; JSON.parse reads any depth.
    if (error instanceof RangeError) throw damaged(key, 'it is nested too deeply');
    throw error;
  }
}

/** Parses JSON and refuses a format later than ours, before anything else is asked of it. */
export function parseVersioned(bytes: Uint8Array, key: string): unknown {
  const value = parseJson(bytes, key);
  const format = (value as { readonly format?: unknown } | null)?.format;
  if (typeof format !== 'number' || format <= FORMAT_VERSION) return value;
  throw new BackupError('vault-too-new', `${key} has format ${format}, this version reads up to ${FORMAT_VERSION}`, {
    hint: 'Install a newer cognito-backup',
  });
}

/** Throws `damaged`, naming the field that was wrong and never its value. */
export function checkShape<Schema extends z.ZodType>(value: unknown, key: string, schema: Schema): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw damaged(key, `field ${issue?.path.join('.') || '(top)'} is wrong (${issue?.code ?? 'unknown'})`);
}

function parseJson(bytes: Uint8Array, key: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    // No cause: a syntax error quotes what stands there, which may be a file of users in the wrong place.
    throw damaged(key, 'it is not JSON');
  }
}

function layOut(value: JsonValue): Buffer {
  return Buffer.from(`${JSON.stringify(JSON.parse(canonicalJson(value)), undefined, 2)}\n`);
}
