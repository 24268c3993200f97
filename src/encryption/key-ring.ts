import { hash } from 'node:crypto';
import { BackupError, isBackupError } from '../model/errors.ts';
import { ageKeyOf, openWith, openWithPassphrase, type AgeKey, type Open } from './age.ts';
import type { EncryptionFacts, KeyFileFacts } from './encryption-facts.ts';
import type { KeyService, Place } from './key-service.ts';
import { Secret } from './secret.ts';

export interface KeyRingParts {
  readonly keys?: readonly AgeKey[];
  readonly passphrase?: Secret;
  readonly keyService?: KeyService;
}

/** Something encrypted, as its manifest or record tells of it. */
export interface Locked {
  /** For people: `Snapshot …`, `Run …`. */
  readonly name: string;
  readonly facts: EncryptionFacts;
  readonly place: Place;
  /** Fetches a key file that lies beside; `undefined` where it is missing. */
  readonly keyFile: (file: KeyFileFacts) => Promise<Uint8Array | undefined>;
}

/** The keys that somebody has. Which of them fits is told by public keys, before one part is looked at. */
export class KeyRing {
  readonly #keys: readonly AgeKey[];
  readonly #passphrase: Secret | undefined;
  readonly #keyService: KeyService | undefined;
  readonly #ownKeys: AgeKey[] = [];

  constructor({ keys = [], passphrase, keyService }: KeyRingParts = {}) {
    this.#keys = keys;
    this.#passphrase = passphrase;
    this.#keyService = keyService;
  }

  get passphrase(): Secret | undefined {
    return this.#passphrase;
  }

  /** A key that this process made: what it writes it can read, as long as it lives. */
  remember(key: AgeKey): void {
    this.#ownKeys.push(key);
  }

  /**
   * Finds what opens the parts. Throws `key-missing` where nothing was given that could, `key-wrong` where it does not fit,
   * `kms-refused`, and `damaged` where the only key file that could be opened is not what it was.
   */
  async unlock(locked: Locked): Promise<Open> {
    const { facts } = locked;
    const names = new Set([...facts.recipients, facts.ownRecipient]);
    const own = [...this.#ownKeys, ...this.#keys].find(({ recipient }) => names.has(recipient));
    if (own) return openWith(own.identity);
    const problems: BackupError[] = [];
    for (const file of facts.keyFiles) {
      try {
        const key = await this.#fromKeyFile(locked, file);
        if (key) return openWith(key.identity);
      } catch (error) {
        if (!isBackupError(error)) throw error;
        problems.push(error);
      }
    }
    throw problems.find(({ code }) => code !== 'key-wrong') ?? problems[0] ?? this.#nothingFits(locked);
  }

  /** `undefined` where nothing was given for this kind of file. */
  async #fromKeyFile(locked: Locked, file: KeyFileFacts): Promise<AgeKey | undefined> {
    const reader = this.#readerOf(locked, file);
    if (!reader) return undefined;
    const bytes = await locked.keyFile(file);
    if (bytes === undefined) throw damagedKey(locked, file, 'is missing');
    if (bytes.length !== file.sizeBytes || hash('sha256', bytes) !== file.sha256) {
      throw damagedKey(locked, file, 'is damaged: its SHA-256 is not the stated one');
    }
    const identity = await reader(bytes);
    const key = await ageKeyOf(identity).catch(() => undefined);
    if (key?.recipient !== locked.facts.ownRecipient) throw damagedKey(locked, file, 'holds another key');
    return key;
  }

  #readerOf(locked: Locked, file: KeyFileFacts): ((bytes: Uint8Array) => Promise<Secret>) | undefined {
    const passphrase = this.#passphrase;
    const service = this.#keyService;
    switch (file.kind) {
      case 'passphrase':
        return passphrase && (async (bytes) => readIdentity(await openFile(locked, file, bytes, passphrase)));
      case 'kms':
        return service && (async (bytes) => readIdentity(await service.unwrap(file.keyArn, bytes, locked.place)));
      default:
        return file satisfies never;
    }
  }

  #nothingFits(locked: Locked): BackupError {
    const isEmpty = this.#keys.length === 0 && this.#passphrase === undefined;
    const hint = hintFor(locked.facts);
    if (isEmpty) return new BackupError('key-missing', `${locked.name} is encrypted and no key is given`, { hint });
    return new BackupError('key-wrong', `${locked.name} is encrypted and the key given does not open it`, { hint });
  }
}

async function openFile(
  locked: Locked,
  file: KeyFileFacts,
  bytes: Uint8Array,
  passphrase: Secret,
): Promise<Uint8Array> {
  let opened: Uint8Array | undefined;
  try {
    opened = await openWithPassphrase(bytes, passphrase);
  } catch {
    throw damagedKey(locked, file, 'is damaged: it is no passphrase file of age');
  }
  if (opened) return opened;
  throw new BackupError('key-wrong', `${locked.name} is encrypted and the passphrase given does not open it`, {
    hint: `Nothing is damaged: give the passphrase that it was made with. ${hintFor(locked.facts)}`,
  });
}

function readIdentity(bytes: Uint8Array): Secret {
  return new Secret(Buffer.from(bytes).toString('utf8').trim());
}

/** Whom it is encrypted to is no secret: it tells which key to look for. */
function hintFor({ recipients, keyFiles }: EncryptionFacts): string {
  const ways = [
    ...(recipients.length > 0 ? [`--identity FILE with the private key of ${recipients.join(' or ')}`] : []),
    ...keyFiles.map((file) =>
      file.kind === 'passphrase' ? '--passphrase-file FILE' : `the right to use the KMS key ${file.keyArn}`,
    ),
  ];
  return `It opens with: ${ways.join('; or ')}`;
}

function damagedKey({ name }: Locked, { path }: KeyFileFacts, what: string): BackupError {
  return new BackupError('damaged', `Key file ${path} of ${name.charAt(0).toLowerCase()}${name.slice(1)} ${what}`, {
    hint: 'Bring it back from a copy of the vault, or use another of the keys that it is encrypted to',
  });
}
