import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { TOOL_VERSION } from './tool-version.ts';

it('the tool version is that of the package', async () => {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  expect(TOOL_VERSION).toBe((JSON.parse(text) as { version: string }).version);
});
