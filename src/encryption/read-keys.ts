import { readFile } from 'node:fs/promises';
import { BackupError } from '../model/errors.ts';
import { ageKeyOf, isRecipient, openWithPassphrase, type AgeKey } from './age.ts';
import { MOST_RECIPIENTS } from './encryption-facts.ts';
import { Secret } from './secret.ts';

/** More than any key file has; a device or a film is not read to its end. */
const MOST_FILE_BYTES = 64 * 1024;

/**
 * Public keys of age as they are given: `age1…`, or `@FILE` with one a line and `#` before remarks. Throws `usage`,
 * `file-not-found`.
 */
export async function readRecipients(given: readonly string[]): Promise<readonly string[]> {
  const recipients = new Set<string>();
  for (const text of given) {
    const lines = text.startsWith('@') ? linesOf(await readKeyFile(text.slice(1), 'recipients')) : [text];
    for (const line of lines) recipients.add(await checkedRecipient(line));
    if (lines.length === 0) throw usage(`The recipients file ${text.slice(1)} names nobody`);
  }
  if (recipients.size > MOST_RECIPIENTS) {
    throw usage(`${recipients.size} recipients are named, at most ${MOST_RECIPIENTS} are possible`);
  }
  return [...recipients];
}

/** The first line of a file. Throws `usage` for an empty one, `file-not-found`. */
export async function readPassphrase(path: string): Promise<Secret> {
  const [line = ''] = (await readKeyFile(path, 'passphrase')).split(/\r?\n/);
  if (line === '') throw usage(`The passphrase file ${path} begins with an empty line`);
  return new Secret(line);
}

/**
 * Private keys of age from a file as `age-keygen` writes it, or as `age -p` encrypts it: then the passphrase is needed. Throws
 * `usage`, `file-not-found`, `key-missing`, `key-wrong`. No message holds a line of the file.
 */
export async function readIdentities(path: string, passphrase: Secret | undefined): Promise<readonly AgeKey[]> {
  const text = await readKeyFile(path, 'identity');
  const lines = linesOf(
    text.startsWith('age-encryption.org/') || text.startsWith(ARMOR) ? await unlocked(path, passphrase) : text,
  );
  if (lines.length === 0) throw usage(`The identity file ${path} holds no key`);
  return Promise.all(lines.map((line) => identityOf(line, path)));
}

const ARMOR = '-----BEGIN AGE ENCRYPTED FILE-----';

async function unlocked(path: string, passphrase: Secret | undefined): Promise<string> {
  if (!passphrase) {
    throw new BackupError('key-missing', `The identity file ${path} is protected by a passphrase`, {
      hint: 'Give the passphrase with --passphrase-file FILE',
    });
  }
  const bytes = await readFile(path);
  const text = bytes.toString('latin1');
  let opened: Uint8Array | undefined;
  try {
    const { armor } = await import('age-encryption');
    opened = await openWithPassphrase(text.startsWith(ARMOR) ? armor.decode(text.trim()) : bytes, passphrase);
  } catch {
    throw usage(`The identity file ${path} is no passphrase file of age`);
  }
  if (opened) return Buffer.from(opened).toString('utf8');
  throw new BackupError('key-wrong', `The passphrase given does not open the identity file ${path}`, {
    hint: 'Check the file that --passphrase-file names',
  });
}

async function identityOf(line: string, path: string): Promise<AgeKey> {
  try {
    return await ageKeyOf(new Secret(line));
  } catch {
    throw new BackupError('usage', `The identity file ${path} holds a line that is no private key of age`, {
      hint: 'Keys begin with AGE-SECRET-KEY-1, as age-keygen makes them; SSH keys and plugins are not supported',
    });
  }
}

async function checkedRecipient(text: string): Promise<string> {
  if (text.startsWith('AGE-SECRET-KEY-')) {
    throw new BackupError('usage', 'A private key is given where a public one is meant', {
      hint: 'Give the public key, age1…, which age-keygen -y prints; and make a new pair: this one has been shown',
    });
  }
  if (/^age1[02-9ac-hj-np-z]{58}$/.test(text) && (await isRecipient(text))) return text;
  throw new BackupError('usage', `Not a public key of age: ${JSON.stringify(text.slice(0, 80))}`, {
    hint: 'Public keys are age1 and 58 characters, as age-keygen prints them; SSH keys and plugins are not supported',
  });
}

function linesOf(text: string): readonly string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

async function readKeyFile(path: string, what: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new BackupError('file-not-found', `Cannot read the ${what} file ${path}: ${code ?? 'unknown error'}`, {
      hint: 'Check the path and who may read it',
    });
  }
  if (bytes.length > MOST_FILE_BYTES) throw usage(`The ${what} file ${path} has ${bytes.length} bytes: that is no key`);
  return bytes.toString('utf8');
}

function usage(message: string): BackupError {
  return new BackupError('usage', message, { hint: 'See the section on encryption in docs/CLI.md' });
}
