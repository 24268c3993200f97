import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildLambda, narrowEncryption, zodInEnglish } from './build-lambda.mjs';
import { thirdPartyNotices } from './third-party-notices.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** CommonJS packages in an ESM bundle call `require` for Node's own modules. */
const REQUIRE_BANNER = `import { createRequire as createRequire_ } from 'node:module'; const require = createRequire_(import.meta.url);`;

const shared = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
};

/**
 * The command: everything bundled, because one file starts three times faster than a thousand; each command's own code is a
 * chunk, loaded when the command runs.
 */
async function buildCli(outdir) {
  const { metafile } = await build({
    ...shared,
    entryPoints: ['src/cli/main.ts'],
    outdir,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    // The ES modules of the SDK, so that what is not called is left out.
    mainFields: ['module', 'main'],
    minifySyntax: true,
    legalComments: 'none',
    metafile: true,
    banner: { js: REQUIRE_BANNER },
    plugins: [zodInEnglish, narrowEncryption],
  });
  checkStartUp(metafile, 'src/cli/main.ts');
  const main = join(outdir, 'main.js');
  const text = await readFile(main, 'utf8');
  if (!text.startsWith('#!/usr/bin/env node\n'))
    throw new Error('src/cli/main.ts has lost its first line, #!/usr/bin/env node');
  await chmod(main, 0o755);
  await writeFile(join(outdir, 'THIRD-PARTY-NOTICES.txt'), await thirdPartyNotices(root, Object.keys(metafile.inputs)));
}

/** Chunks are in vain if one import at the top of a file brings the SDK or the simulator along with `--help`, or with the library. */
function checkStartUp({ outputs }, entryPoint) {
  const loaded = Object.keys(outputs).filter((file) => outputs[file].entryPoint === entryPoint);
  for (const file of loaded) {
    for (const { kind, path } of outputs[file].imports) {
      if (kind === 'import-statement' && path in outputs && !loaded.includes(path)) loaded.push(path);
    }
    const heavy = Object.entries(outputs[file].inputs).find(
      ([path, { bytesInOutput }]) => bytesInOutput > 0 && /^src\/simulator\/|node_modules\/@aws-sdk\//.test(path),
    );
    const sdk = outputs[file].imports.find(
      ({ kind, path }) => kind === 'import-statement' && path.startsWith('@aws-sdk/'),
    );
    if (heavy || sdk) throw new Error(`Every start would load ${heavy?.[0] ?? sdk.path}: import it where it is used`);
  }
}

/**
 * The library: the SDK and age as the installer finds them, in chunks that are loaded when they are needed; the small rest
 * inside, because zod alone takes as long to import as everything of ours.
 */
async function buildLibrary(outdir) {
  const { metafile } = await build({
    ...shared,
    entryPoints: ['src/index.ts'],
    outdir,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    mainFields: ['module', 'main'],
    external: ['@aws-sdk/*', 'age-encryption'],
    legalComments: 'none',
    metafile: true,
    plugins: [zodInEnglish],
  });
  checkStartUp(metafile, 'src/index.ts');
  await writeFile(join(outdir, 'THIRD-PARTY-NOTICES.txt'), await thirdPartyNotices(root, Object.keys(metafile.inputs)));
}

async function buildTypes(outdir) {
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  const args = [join(typescript, 'bin/tsc'), '-p', 'tsconfig.build.json', '--outDir', outdir];
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
  if (code !== 0) throw new Error(`tsc ended with ${code}`);
}

/** What the benches measure: everything that runs, without the types. */
export async function buildForBench(outdir) {
  await Promise.all([
    buildCli(join(outdir, 'cli')),
    buildLibrary(join(outdir, 'lib')),
    buildLambda(join(outdir, 'lambda')),
  ]);
}

/** Builds beside `dist` and swaps, so that nobody ever sees half a build. */
async function buildAll() {
  const startedMs = performance.now();
  const cache = join(root, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const scratch = await mkdtemp(join(cache, 'build-'));
  const fresh = join(scratch, 'dist');
  try {
    const builds = await Promise.allSettled([
      buildCli(join(fresh, 'cli')),
      buildLibrary(join(fresh, 'lib')),
      buildTypes(join(fresh, 'types')),
      buildLambda(join(fresh, 'lambda')),
    ]);
    for (const { reason } of builds) if (reason) throw reason;
    await swapIn(fresh, join(root, 'dist'));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  console.log(`Built dist/ in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
}

async function swapIn(fresh, dist) {
  for (let attempt = 1; ; attempt += 1) {
    await rename(dist, `${fresh}-stale-${attempt}`).catch((error) => {
      if (error.code !== 'ENOENT') throw error;
    });
    try {
      return await rename(fresh, dist);
    } catch (error) {
      // Another build was quicker by a moment.
      if (error.code !== 'ENOTEMPTY' || attempt === 5) throw error;
    }
  }
}

async function main() {
  try {
    await buildAll();
  } catch (error) {
    // esbuild and tsc have already printed their own findings.
    console.error(`Build failed: ${error.errors ? `${error.errors.length} errors` : error.message}`);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
