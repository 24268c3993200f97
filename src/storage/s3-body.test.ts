import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withUpload } from './s3-body.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3-body-'));
  path = join(folder, 'body');
  await writeFile(path, 'content');
});
afterEach(() => rm(folder, { recursive: true }));

describe('withUpload', () => {
  it('opens a file with its length and, where checksums are sent, its digest', async () => {
    for (const checksums of [true, false]) {
      await withUpload({ path }, { checksums }, async ({ Body, ContentLength, ChecksumSHA256 }) => {
        expect(ContentLength).toBe(7);
        expect(ChecksumSHA256).toBe(checksums ? createHash('sha256').update('content').digest('base64') : undefined);
        expect(await text(Body as Readable)).toBe('content');
      });
    }
  });

  it('closes the file when the attempt fails', async () => {
    let opened: unknown;
    const attempt = withUpload({ path }, { checksums: false }, ({ Body }) => {
      opened = Body;
      return Promise.reject(new Error('Attempt failed'));
    });
    await expect(attempt).rejects.toThrow('Attempt failed');
    expect((opened as Readable).destroyed).toBe(true);
  });

  it('stops the attempt when the file cannot be read on, and names that', async () => {
    const attempt = withUpload({ path }, { checksums: false }, ({ Body }, signal) => {
      const refused = new Promise<never>((_, reject) => {
        signal?.addEventListener('abort', () => reject(new Error('Aborted')));
      });
      (Body as Readable).destroy(Object.assign(new Error('injected'), { code: 'EIO' }));
      return refused;
    });
    await expect(attempt).rejects.toMatchObject({
      code: 'storage-failed',
      message: `Cannot read the file to be stored "${path}": EIO`,
    });
  });

  it('names a file that is missing', async () => {
    const attempt = withUpload({ path: join(folder, 'none') }, { checksums: true }, () => Promise.resolve());
    await expect(attempt).rejects.toMatchObject({ code: 'storage-failed' });
  });
});
