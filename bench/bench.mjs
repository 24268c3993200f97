import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildForBench } from '../scripts/build.mjs';

/**
 * Builds what is measured and what measures it into a folder of its own, so that a build meanwhile changes nothing, and runs
 * `main.ts` with the arguments given.
 */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = join(root, 'node_modules/.cache');
await mkdir(cache, { recursive: true });
const folder = await mkdtemp(join(cache, 'bench-'));
try {
  await buildForBench(join(folder, 'dist'));
  await build({
    absWorkingDir: root,
    entryPoints: {
      main: 'bench/main.ts',
      host: 'bench/simulator/host.ts',
      'report-peak': 'bench/process/report-peak.ts',
      worker: 'bench/process/worker.ts',
      'hash-worker': 'bench/process/hash-worker.ts',
    },
    outdir: join(folder, 'bench'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  });
  const { status, signal } = spawnSync(process.execPath, [join(folder, 'bench/main.mjs'), ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, BENCH_DIST: join(folder, 'dist') },
  });
  process.exitCode = status ?? (signal === null ? 1 : 130);
} finally {
  await rm(folder, { recursive: true, force: true });
}
