import { spawnSync } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const SOURCES = ['src', 'scripts', 'package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

/** Vitest's global set-up: builds when `dist/` is missing or older than what it is made of, so no test runs a stale build. */
export async function setup() {
  const builtMs = await modifiedMs(join(root, 'dist/cli/main.js'));
  for (const source of SOURCES) {
    if ((await newestMs(join(root, source))) >= builtMs) return build();
  }
}

function build() {
  const { status } = spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('The build that the tests need has failed');
}

async function newestMs(path) {
  let newest = await modifiedMs(path);
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.isFile() && !entry.name.endsWith('.test.ts')) {
      newest = Math.max(newest, await modifiedMs(join(entry.parentPath, entry.name)));
    }
  }
  return newest;
}

async function modifiedMs(path) {
  const found = await stat(path).catch(() => undefined);
  return found?.mtimeMs ?? 0;
}
