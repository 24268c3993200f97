import { describe, expect, it } from 'vitest';
import { collect } from '../../test/fakes/collect.ts';
import { isBackupError } from '../model/errors.ts';
import { readHashes } from './hash-file.ts';

const HASH = `$2b$10$${'a'.repeat(53)}`;
const ARGON2ID = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g';

function read(text: string, size = 7) {
  const bytes = Buffer.from(text);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  return collect(readHashes(chunks(), { source: 'hashes.csv' }));
}

describe('readHashes', () => {
  it('reads CSV, with a name and a hash that hold commas', async () => {
    expect(await read(`hash,username\n${HASH},zoe\n"${ARGON2ID}","bell, ""b"""\n`)).toEqual([
      { key: 'zoe', hash: HASH, algorithm: 'bcrypt', lineNumber: 2 },
      { key: 'bell, "b"', hash: ARGON2ID, algorithm: 'argon2id', lineNumber: 3 },
    ]);
  });

  it('reads JSON lines, whatever the chunks are', async () => {
    const text = `{"username":"zoe","hash":"${HASH}"}\n{"hash":"${ARGON2ID}","username":"__proto__"}`;
    for (const size of [1, 64, 4_096]) {
      expect(await read(text, size)).toEqual([
        { key: 'zoe', hash: HASH, algorithm: 'bcrypt', lineNumber: 1 },
        { key: '__proto__', hash: ARGON2ID, algorithm: 'argon2id', lineNumber: 2 },
      ]);
    }
  });

  it.each([
    ['', 'line 1 is missing: the file is empty'],
    [`username\nzoe\n`, 'line 1 lacks the column hash'],
    [`username,hash\n,${HASH}\n`, 'line 2 lacks the username or the hash'],
    [`username,hash\nzoe,${HASH}\nbob,secret\n`, 'line 3 has no hash of bcrypt'],
    [`username,hash\nzoe,${HASH.replace('$10$', '$14$')}\n`, 'line 2 has a bcrypt hash whose cost is above 12'],
    [`username,hash\nzoe,${ARGON2ID}\n`, 'line 2 has 4 cells where the header has 2'],
    [`{"username":"zoe"}\n`, 'line 1 is no JSON object of username and hash'],
    [`{"username":"zoe","hash":"${HASH}","role":"x"}\n`, 'line 1 is no JSON object of username and hash'],
    [`{"username":"zoe","hash":"${HASH}"}\n{"username":"bob","ha`, 'line 2 is no JSON object of username and hash'],
    [`{"username":"","hash":"${HASH}"}\n`, 'line 1 lacks the username or the hash'],
  ])('refuses %j by its line, and repeats nothing of it', async (text, message) => {
    const error: unknown = await read(text).catch((thrown: unknown) => thrown);
    if (!isBackupError(error, 'bad-input')) throw error;
    expect(error.message).toContain(`Cannot read hashes.csv: ${message}`);
    expect(`${error.message} ${error.hint} ${String(error.cause)}`).not.toMatch(/zoe|bob|secret|aaaa|c2Fsd/);
  });
});
