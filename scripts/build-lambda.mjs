import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** CommonJS packages in an ESM bundle call `require` for Node's own modules. */
const REQUIRE_BANNER = `import { createRequire as createRequire_ } from 'node:module'; const require = createRequire_(import.meta.url);`;

/** A function's file is loaded at every cold start. */
const LARGEST_BYTES = 1_000_000;

/** esbuild keeps every language of zod's messages, 265 KB; rollup would leave them out by itself. */
export const zodInEnglish = {
  name: 'zod-in-english',
  setup(esbuild) {
    esbuild.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, ({ path }) => ({
      contents: `export { default as en } from './en.js';`,
      resolveDir: dirname(path),
    }));
  },
};

/**
 * Writes `export.mjs`, `clean.mjs` and `import.mjs` into `outdir`: each one file with everything inside, the AWS SDK too, so
 * that a function does not change when Lambda's runtime does. The handlers are `export.handler`, and so on.
 */
export async function buildLambda(outdir) {
  const names = ['export', 'clean', 'import'];
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(names.map((name) => [name, `src/lambda/${name}.handler.ts`])),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // The ES modules of the SDK, so that what is not called is left out.
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: true,
    legalComments: 'linked',
    banner: { js: REQUIRE_BANNER },
    plugins: [zodInEnglish],
    metafile: true,
    logLevel: 'warning',
  });
  for (const [file, { bytes, inputs }] of Object.entries(metafile.outputs)) {
    if (Object.keys(inputs).some((path) => path.startsWith('src/simulator/'))) {
      throw new Error(`The simulator is inside ${file}`);
    }
    if (bytes > LARGEST_BYTES) throw new Error(`${file} has ${bytes} bytes, more than ${LARGEST_BYTES}`);
  }
}
