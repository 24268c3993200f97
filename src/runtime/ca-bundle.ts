import { readFileSync } from 'node:fs';
import { BackupError } from '../model/errors.ts';

/**
 * The certificates that `AWS_CA_BUNDLE` names, as every AWS tool but the JavaScript SDK reads it.
 * `undefined` where the variable is unset or empty. Throws `file-not-found`, or `usage` for a file without certificates.
 */
export function caBundle(env: Readonly<Record<string, string | undefined>>): Buffer | undefined {
  const path = env['AWS_CA_BUNDLE'];
  if (path === undefined || path === '') return undefined;
  const bundle = read(path);
  // Node takes anything for certificates in silence, and then trusts nobody.
  if (!bundle.includes('-----BEGIN ')) {
    throw new BackupError('usage', `No certificate in the CA bundle ${JSON.stringify(path)}`, { hint: HINT });
  }
  return bundle;
}

const HINT = 'AWS_CA_BUNDLE has to name a file of PEM certificates; unset it to use the ones built in';

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new BackupError('file-not-found', `Cannot read the CA bundle ${JSON.stringify(path)}`, { hint: HINT, cause });
  }
}
