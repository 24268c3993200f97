import { Agent } from 'node:https';
import { BackupError } from '../model/errors.ts';
import { singleWord, withhold } from '../model/withheld.ts';
import { caBundle } from '../runtime/ca-bundle.ts';
import type { KeyService } from './key-service.ts';
import { regionOfKmsKey } from './kms-key.ts';

export interface KmsOptions {
  readonly profile?: string;
  /** Wins over `AWS_ENDPOINT_URL_KMS` and `AWS_ENDPOINT_URL`, which the SDK reads itself. */
  readonly endpoint?: string;
}

const CONNECTION_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 30_000;

/** AWS KMS: one call a snapshot, so the SDK's own three attempts are enough. Nothing is loaded before the first call. */
export function kmsKeyService(options: KmsOptions = {}): KeyService {
  const clientFor = clientsByRegion(options);
  return {
    wrap: async (keyArn, plain, place) => {
      const { client, EncryptCommand } = await clientFor(keyArn);
      const command = new EncryptCommand({ KeyId: keyArn, Plaintext: plain, EncryptionContext: { ...place } });
      return answered(await client.send(command).catch(refused('encrypt with', keyArn)), 'CiphertextBlob', keyArn);
    },
    unwrap: async (keyArn, wrapped, place) => {
      const { client, DecryptCommand } = await clientFor(keyArn);
      const command = new DecryptCommand({ KeyId: keyArn, CiphertextBlob: wrapped, EncryptionContext: { ...place } });
      return answered(await client.send(command).catch(refused('decrypt with', keyArn)), 'Plaintext', keyArn);
    },
  };
}

function clientsByRegion({ profile, endpoint }: KmsOptions) {
  const clients = new Map<string, InstanceType<typeof import('@aws-sdk/client-kms').KMSClient>>();
  return async (keyArn: string) => {
    const region = regionOfKmsKey(keyArn);
    if (region === undefined) {
      throw new BackupError('usage', `Not the ARN of a KMS key: ${JSON.stringify(keyArn.slice(0, 200))}`, {
        hint: 'arn:aws:kms:REGION:ACCOUNT:key/ID; of an alias: aws kms describe-key --key-id alias/NAME --query KeyMetadata.Arn',
      });
    }
    const { DecryptCommand, EncryptCommand, KMSClient } = await import('@aws-sdk/client-kms');
    const ca = caBundle(process.env);
    const client =
      clients.get(region) ??
      new KMSClient({
        region,
        logger: SILENT,
        requestHandler: {
          connectionTimeout: CONNECTION_TIMEOUT_MS,
          requestTimeout: ANSWER_TIMEOUT_MS,
          httpsAgent: new Agent({ keepAlive: true, ...(ca && { ca }) }),
        },
        ...(profile !== undefined && { profile }),
        ...(endpoint !== undefined && { endpoint }),
      });
    clients.set(region, client);
    return { client, DecryptCommand, EncryptCommand };
  };
}

function answered<Field extends string>(
  answer: { readonly [key in Field]?: Uint8Array | undefined },
  field: Field,
  keyArn: string,
): Uint8Array {
  const bytes = answer[field];
  if (bytes) return bytes;
  throw new BackupError('unreadable-answer', `KMS answered without ${field} for ${keyArn}`, {
    hint: 'Check AWS_ENDPOINT_URL_KMS',
  });
}

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** What KMS means by its errors. Source: AWS KMS API reference, Encrypt and Decrypt, 2026-11. */
const REFUSALS: { readonly [name: string]: string } = {
  AccessDeniedException:
    'The role needs kms:Encrypt to write and kms:Decrypt to read, in its own policy and in that of the key',
  NotFoundException: 'Check the ARN: the key is not there, or was deleted',
  DisabledException: 'Enable the key, or open it with another recipient',
  KMSInvalidStateException:
    'The key is being deleted or waits for its material: cancel that, or open it with another recipient',
  KeyUnavailableException: 'The key cannot be reached now: try again later',
  InvalidGrantTokenException: 'Check the grants of the key',
  InvalidKeyUsageException: 'Take a symmetric key for encryption',
};
const NOT_ITS_BYTES = new Set(['InvalidCiphertextException', 'IncorrectKeyException']);
const PASSING = new Set(['ThrottlingException', 'LimitExceededException']);
const BROKEN = new Set(['DependencyTimeoutException', 'KMSInternalException', 'TimeoutError']);
const CREDENTIALS = new Set([
  'CredentialsProviderError',
  'ExpiredTokenException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'TokenProviderError',
  'UnrecognizedClientException',
]);

function refused(action: string, keyArn: string): (error: unknown) => never {
  return (error) => {
    const name = (error instanceof Error ? singleWord(error.name) : undefined) ?? 'unknown error';
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    const message = `Cannot ${action} the KMS key ${keyArn}: ${name}`;
    if (NOT_ITS_BYTES.has(name)) {
      throw new BackupError('key-wrong', message, {
        hint: 'The key file belongs to another vault, pool or snapshot, or to another key',
        awsName: name,
      });
    }
    if (CREDENTIALS.has(name)) {
      throw new BackupError('credentials', message, { hint: 'Check --profile and the credentials', awsName: name });
    }
    const hint = REFUSALS[name];
    if (hint !== undefined) throw new BackupError('kms-refused', message, { hint, awsName: name });
    if (PASSING.has(name)) throw new BackupError('throttled', message, { hint: 'Run it again', awsName: name });
    const isPassing = BROKEN.has(name) || status === undefined || status >= 500;
    throw new BackupError(isPassing ? 'unavailable' : 'kms-refused', message, {
      hint: isPassing ? 'Check the network and AWS_ENDPOINT_URL_KMS, then run it again' : 'Check the key and the role',
      cause: withhold(error),
      awsName: name,
    });
  };
}
