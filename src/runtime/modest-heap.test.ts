import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { describe, expect, it } from 'vitest';

/** Keeps 100,000 objects alive and replaces them again and again, as a listing does with its pages; prints two peaks in MB. */
const CHURN = `
  const { getHeapSpaceStatistics } = await import('node:v8');
  const kept = Array.from({ length: 100_000 });
  let heap = 0;
  let young = 0;
  for (let index = 0; index < 2_500_000; index += 1) {
    kept[index % kept.length] = { index, list: [index], text: 'x' + index };
    if (index % 20_000 !== 0) continue;
    await new Promise((resolve) => setImmediate(resolve));
    if (index < 1_200_000) continue;
    const spaces = getHeapSpaceStatistics();
    heap = Math.max(heap, spaces.reduce((sum, { space_size: size }) => sum + size, 0));
    young = Math.max(young, spaces.find(({ space_name: name }) => name === 'new_space').space_size);
  }
  console.log(JSON.stringify({ heap: heap / 1e6, young: young / 1e6 }));
`;

function peaks(before: string): { readonly heap: number; readonly young: number } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', `${before}\n{${CHURN}}`],
    { encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as { heap: number; young: number };
}

describe('keepHeapModest', () => {
  it('keeps the heap near what is alive, and the young generation where Node 20 has it', () => {
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
    const [modest, usual] = [peaks(outputFiles[0]?.text ?? ''), peaks('')];
    expect(modest.young).toBeLessThan(50);
    expect(modest.heap).toBeLessThan(usual.heap * 0.75);
  });
});
