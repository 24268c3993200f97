import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { armor, Encrypter } from 'age-encryption';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newAgeKey, type AgeKey } from './age.ts';
import { readIdentities, readPassphrase, readRecipients } from './read-keys.ts';
import { Secret } from './secret.ts';

let folder: string;
let key: AgeKey;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cognito-backup-keys-'));
  key = await newAgeKey();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function file(content: string | Uint8Array): Promise<string> {
  const path = join(folder, 'file');
  await writeFile(path, content);
  return path;
}

describe('recipients', () => {
  it('come from the call and from files, each once', async () => {
    const other = await newAgeKey();
    const path = await file(`# offline\n\n${key.recipient}\r\n${other.recipient}\n`);
    expect(await readRecipients([other.recipient, `@${path}`])).toEqual([other.recipient, key.recipient]);
  });

  it.each([
    ['a wrong checksum', () => `${key.recipient.slice(0, -1)}${key.recipient.endsWith('q') ? 'p' : 'q'}`],
    ['capitals', () => key.recipient.toUpperCase()],
    ['another kind', () => `age1pq1${'q'.repeat(60)}`],
    ['a private key', () => key.identity.reveal()],
  ])('refuse %s, and never repeat a private key', async (_what, text) => {
    const error: unknown = await readRecipients([text()]).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'usage' });
    expect(JSON.stringify(error) + String(error)).not.toContain(key.identity.reveal());
  });

  it('refuse an empty file and too many', async () => {
    await expect(readRecipients([`@${await file('# nobody\n')}`])).rejects.toMatchObject({ code: 'usage' });
    const many = await Promise.all(Array.from({ length: 21 }, newAgeKey));
    await expect(readRecipients(many.map(({ recipient }) => recipient))).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('identity files', () => {
  it('hold keys among remarks', async () => {
    const path = await file(`# created\n${key.identity.reveal()}\n`);
    expect((await readIdentities(path, undefined)).map(({ recipient }) => recipient)).toEqual([key.recipient]);
  });

  it.each([
    ['bare', (sealed: Uint8Array): string | Uint8Array => sealed],
    ['armoured', (sealed: Uint8Array): string | Uint8Array => armor.encode(sealed)],
  ])('may be protected by a passphrase, %s', async (_what, dress) => {
    const encrypter = new Encrypter();
    encrypter.setPassphrase('right');
    encrypter.setScryptWorkFactor(4);
    const path = await file(dress(await encrypter.encrypt(`${key.identity.reveal()}\n`)));
    expect(await readIdentities(path, new Secret('right'))).toMatchObject([{ recipient: key.recipient }]);
    await expect(readIdentities(path, new Secret('wrong'))).rejects.toMatchObject({ code: 'key-wrong' });
    await expect(readIdentities(path, undefined)).rejects.toMatchObject({ code: 'key-missing' });
  });

  it('that hold anything else are refused without a word of it', async () => {
    for (const content of ['secret-word', `${key.identity.reveal()}x`, '', 'x'.repeat(70_000)]) {
      const error: unknown = await readIdentities(await file(content), undefined).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'usage' });
      expect(String(error)).not.toMatch(/secret-word|AGE-SECRET/);
    }
    await expect(readIdentities(join(folder, 'none'), undefined)).rejects.toMatchObject({ code: 'file-not-found' });
  });
});

describe('a passphrase file', () => {
  it('gives its first line, whatever ends it', async () => {
    expect((await readPassphrase(await file(' a b \r\nmore'))).reveal()).toBe(' a b ');
    await expect(readPassphrase(await file('\nmore'))).rejects.toMatchObject({ code: 'usage' });
  });
});
