import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { describe, expect, it } from 'vitest';
import { bundleOf } from './functions.ts';

const LARGEST_BYTES = 1_000_000;

describe.each(['export', 'clean', 'import'])('the bundle of %s', (name) => {
  it('is one small file that needs nothing but Node', async () => {
    const text = await readFile(bundleOf(name), 'utf8');
    expect(text.length).toBeLessThan(LARGEST_BYTES);
    const imported = [...text.matchAll(/\bfrom\s?"([^"]+)"/g)].map(([, specifier]) => specifier);
    expect(imported.length).toBeGreaterThan(0);
    expect(imported.filter((specifier) => !isBuiltin(specifier ?? ''))).toEqual([]);
  });

  it('holds no simulator', async () => {
    const text = await readFile(bundleOf(name), 'utf8');
    expect(text).not.toContain('The simulator has no pool');
    expect(await readFile(new URL('../../src/simulator/simulator.ts', import.meta.url), 'utf8')).toContain(
      'The simulator has no pool',
    );
  });
});
