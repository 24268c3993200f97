import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPasswordFile } from './password-file.ts';

describe('createPasswordFile', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'password-file-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('holds one JSON object a line, readable by its owner alone, as soon as keep resolves', async () => {
    const path = join(folder, 'passwords.jsonl');
    const file = await createPasswordFile(path);
    const passwords = Array.from({ length: 20 }, (_, at) => ({ username: `u\n${at}`, temporaryPassword: `p"${at}` }));
    await Promise.all(passwords.map((password) => file.keep(password)));
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(passwords);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await file.close();
    expect((await stat(path)).size).toBeGreaterThan(0);
  });

  it('never touches a file that exists', async () => {
    const path = join(folder, 'there');
    await writeFile(path, 'old');
    await expect(createPasswordFile(path)).rejects.toMatchObject({ code: 'usage' });
    expect(await readFile(path, 'utf8')).toBe('old');
  });

  it('goes away again when nothing was written', async () => {
    const path = join(folder, 'empty');
    await (await createPasswordFile(path)).close();
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('says that the folder is missing', async () => {
    await expect(createPasswordFile(join(folder, 'no', 'file'))).rejects.toMatchObject({ code: 'file-not-found' });
  });
});
