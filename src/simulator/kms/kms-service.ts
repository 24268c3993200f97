import { randomBytes } from 'node:crypto';
import { ServiceError } from '../service-error.ts';
import { invalidCiphertext, KmsKey, type EncryptionContext } from './kms-key.ts';

/** The part of KMS that wraps keys: Encrypt, Decrypt and GenerateDataKey with symmetric keys. */
export interface KmsService {
  /** Makes a key; its ARN names it. */
  createKey(): KmsKey;
  readonly keys: ReadonlyMap<string, KmsKey>;
  /** Requests by operation name, refused ones included. */
  readonly calls: ReadonlyMap<string, number>;
  /** Carries one request out. Throws `ServiceError`. */
  answer(operation: string, body: string): object;
}

export interface KmsServiceOptions {
  readonly region: string;
  readonly accountId: string;
  readonly random: () => string;
}

/** Source: AWS KMS API reference, Encrypt: Plaintext has 1 to 4096 bytes. 2026-11. */
const MOST_PLAIN_BYTES = 4096;

export function createKmsService({ region, accountId, random }: KmsServiceOptions): KmsService {
  const keys = new Map<string, KmsKey>();
  const calls = new Map<string, number>();
  return {
    keys,
    calls,
    createKey: () => {
      const key = new KmsKey(`arn:aws:kms:${region}:${accountId}:key/${random()}`);
      keys.set(key.arn, key);
      return key;
    },
    answer: (operation, body) => {
      calls.set(operation, (calls.get(operation) ?? 0) + 1);
      const run = OPERATIONS[operation];
      if (!run) throw new ServiceError('UnknownOperationException', '');
      return run(keys, parse(body));
    },
  };
}

type Request = Readonly<Record<string, unknown>>;
type Keys = ReadonlyMap<string, KmsKey>;

const OPERATIONS: Readonly<Record<string, (keys: Keys, request: Request) => object>> = {
  Encrypt: (keys, request) => {
    const key = usableKey(keys, request, 'Encrypt');
    const plain = bytesOf(request, 'Plaintext');
    if (plain.length === 0 || plain.length > MOST_PLAIN_BYTES) throw invalid('Plaintext');
    const blob = key.encrypt(plain, contextOf(request));
    return { CiphertextBlob: blob.toString('base64'), KeyId: key.arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
  },
  GenerateDataKey: (keys, request) => {
    const key = usableKey(keys, request, 'GenerateDataKey');
    if (request['KeySpec'] !== 'AES_256') throw invalid('KeySpec');
    const plain = randomBytes(32);
    const blob = key.encrypt(plain, contextOf(request));
    return { CiphertextBlob: blob.toString('base64'), KeyId: key.arn, Plaintext: plain.toString('base64') };
  },
  Decrypt: (keys, request) => {
    const blob = bytesOf(request, 'CiphertextBlob');
    const maker = [...keys.values()].find((key) => key.hasMade(blob));
    if (!maker) throw invalidCiphertext();
    const named = request['KeyId'] === undefined ? maker : usableKey(keys, request, 'Decrypt');
    if (named !== maker) {
      throw new ServiceError(
        'IncorrectKeyException',
        'The key ID in the request does not identify a CMK that can perform this operation.',
      );
    }
    const plain = usable(maker, 'Decrypt').decrypt(blob, contextOf(request));
    return { Plaintext: plain.toString('base64'), KeyId: maker.arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
  },
};

function usableKey(keys: Keys, request: Request, operation: string): KmsKey {
  const id = request['KeyId'];
  if (typeof id !== 'string' || id === '') throw invalid('KeyId');
  const key = keys.get(id) ?? [...keys.values()].find(({ arn }) => arn.endsWith(`:key/${id}`));
  if (!key) throw new ServiceError('NotFoundException', `Key '${id}' does not exist`);
  return usable(key, operation);
}

function usable(key: KmsKey, operation: string): KmsKey {
  if (key.denied.has(operation)) {
    throw new ServiceError(
      'AccessDeniedException',
      `User is not authorized to perform: kms:${operation} on resource: ${key.arn}`,
    );
  }
  if (key.state === 'Disabled') throw new ServiceError('DisabledException', `${key.arn} is disabled.`);
  if (key.state === 'PendingDeletion') {
    throw new ServiceError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
  }
  return key;
}

function contextOf(request: Request): EncryptionContext {
  const context = request['EncryptionContext'] ?? {};
  const isContext = typeof context === 'object' && context !== null && !Array.isArray(context);
  if (!isContext || Object.values(context).some((value) => typeof value !== 'string'))
    throw invalid('EncryptionContext');
  return context as EncryptionContext;
}

function bytesOf(request: Request, field: string): Buffer {
  const text = request[field];
  if (typeof text !== 'string') throw invalid(field);
  return Buffer.from(text, 'base64');
}

function parse(body: string): Request {
  try {
    return JSON.parse(body) as Request;
  } catch {
    throw new ServiceError('SerializationException', '');
  }
}

function invalid(field: string): ServiceError {
  return new ServiceError('ValidationException', `1 validation error detected: Value at '${field}' is not valid`);
}
