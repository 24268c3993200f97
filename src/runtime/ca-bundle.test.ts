import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { caBundle } from './ca-bundle.ts';

it('caBundle is undefined where AWS_CA_BUNDLE names nothing', () => {
  expect(caBundle({})).toBeUndefined();
  expect(caBundle({ AWS_CA_BUNDLE: '' })).toBeUndefined();
});

it('caBundle reads the file, and refuses one that is missing or holds no certificate', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ca-bundle-'));
  try {
    const path = join(folder, 'ca.pem');
    await writeFile(path, '# my CA\n-----BEGIN CERTIFICATE-----\n');
    expect(caBundle({ AWS_CA_BUNDLE: path })?.toString()).toContain('my CA');
    await writeFile(path, 'no certificate');
    expect(() => caBundle({ AWS_CA_BUNDLE: path })).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(() => caBundle({ AWS_CA_BUNDLE: join(folder, 'none') })).toThrow(
      expect.objectContaining({ code: 'file-not-found' }),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
