import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { describe, expect, it } from 'vitest';

/** Makes garbage of which some lives on for a while, as a listing does, and prints the largest young generation in MB. */
const CHURN = `
  const { getHeapSpaceStatistics } = await import('node:v8');
  let kept = [];
  let largest = 0;
  for (let round = 0; round < 80; round += 1) {
    for (let index = 0; index < 20_000; index += 1) {
      kept.push({ index, list: [index], text: 'x' + index });
      if (kept.length > 30_000) kept = [];
    }
    const { space_size: size } = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
    if (round > 40) largest = Math.max(largest, size);
    await new Promise((resolve) => setImmediate(resolve));
  }
  console.log(Math.round(largest / 1e6));
`;

function youngMegabytes(before: string): number {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', `${before}\n{${CHURN}}`],
    { encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return Number(stdout);
}

describe('keepHeapModest', () => {
  it('holds the young generation near 16 MB, once it has grown so far', () => {
    const { outputFiles } = buildSync({
      stdin: {
        contents: `import { keepHeapModest } from './modest-heap.ts'; keepHeapModest();`,
        resolveDir: fileURLToPath(new URL('.', import.meta.url)),
      },
      bundle: true,
      format: 'esm',
      platform: 'node',
      write: false,
    });
    const modest = youngMegabytes(outputFiles[0]?.text ?? '');
    expect(modest).toBeGreaterThanOrEqual(8);
    expect(modest).toBeLessThan(30);
    expect(youngMegabytes('')).toBeGreaterThan(30);
  });
});
