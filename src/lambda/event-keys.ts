import type { KeyOptions } from '../encryption/open-keys.ts';
import { BackupError } from '../model/errors.ts';

/** What an event says of encryption. */
export interface EventKeys {
  readonly kmsKey?: string;
  readonly encryptTo?: readonly string[];
  readonly unencrypted?: boolean;
}

/** A function holds no private key: without KMS the next call could not read what this one has written. Throws `usage`. */
export function keysOf({ kmsKey, encryptTo, unencrypted }: EventKeys): KeyOptions {
  if (encryptTo && kmsKey === undefined) throw usage('encryptTo is given without kmsKey', 'Add the ARN of a KMS key');
  if (unencrypted && kmsKey !== undefined)
    throw usage('Both kmsKey and unencrypted are given', 'Leave one of them out');
  return {
    ...(kmsKey !== undefined && { kmsKey }),
    ...(encryptTo && { encryptTo }),
    ...(unencrypted && { unencrypted }),
  };
}

function usage(message: string, hint: string): BackupError {
  return new BackupError('usage', message, { hint: `Nothing was done. ${hint}` });
}
