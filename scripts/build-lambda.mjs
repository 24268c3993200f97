import { readFile } from 'node:fs/promises';
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

/** A function checks its event and never describes itself: what makes JSON schemas is never called, 20 KB in each. */
const zodWithoutSchemas = {
  name: 'zod-without-schemas',
  setup(esbuild) {
    esbuild.onLoad(
      { filter: /[\\/]zod[\\/]v4[\\/]core[\\/](json-schema-processors|to-json-schema)\.js$/ },
      async ({ path }) => {
        const text = await readFile(path, 'utf8');
        const names = [...text.matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name]) => name);
        const renamed = [...text.matchAll(/^export \{ \w+ as (\w+) \}/gm)].map(([, name]) => name);
        const exported = [...names, ...renamed].map((name) => `unused as ${name}`);
        return { contents: `const unused = () => undefined; export { ${exported.join(', ')} };` };
      },
    );
  },
};

/** What we use of packages that are loaded when they are needed: esbuild keeps all of what is imported so. */
const USED = {
  '@aws-sdk/client-kms': ['DecryptCommand', 'EncryptCommand', 'KMSClient'],
  'age-encryption': ['armor', 'Decrypter', 'Encrypter', 'generateX25519Identity', 'identityToRecipient', 'Stanza'],
};
/**
 * What age-encryption has for recipients that we refuse (post-quantum and hardware keys) and for browsers without X25519: Node's
 * WebCrypto has it, and needs no more than the base point of RFC 7748. Together 130 KB.
 */
const UNUSED = {
  '@noble/post-quantum/hybrid.js': 'export const MLKEM768P256 = undefined, MLKEM768X25519 = undefined;',
  '@noble/curves/nist.js': 'export const p256 = undefined;',
  '@noble/curves/ed25519.js':
    'export const x25519 = { GuBytes: Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 9 : 0)) };',
};

/** Leaves out what encryption brings along and nothing of ours can reach. */
export const narrowEncryption = {
  name: 'narrow-encryption',
  setup(esbuild) {
    const exactly = (names) => new RegExp(`^(${Object.keys(names).join('|')})$`);
    esbuild.onResolve({ filter: exactly(USED) }, ({ path, kind, resolveDir }) =>
      kind === 'dynamic-import' ? { path, namespace: 'used', pluginData: { resolveDir } } : undefined,
    );
    esbuild.onLoad({ filter: /.*/, namespace: 'used' }, ({ path, pluginData: { resolveDir } }) => ({
      contents: `export { ${USED[path].join(', ')} } from '${path}';`,
      resolveDir,
    }));
    esbuild.onResolve({ filter: exactly(UNUSED) }, ({ path }) => ({ path, namespace: 'unused' }));
    esbuild.onLoad({ filter: /.*/, namespace: 'unused' }, ({ path }) => ({ contents: UNUSED[path] }));
  },
};

/** Credentials that a person gets in a browser: a function has its role's. 70 KB with the clients that they are asked for with. */
const INTERACTIVE = {
  '@aws-sdk/credential-provider-sso': 'fromSSO',
  '@aws-sdk/credential-provider-login': 'fromLoginCredentials',
};
const withoutSignIn = {
  name: 'without-sign-in',
  setup(esbuild) {
    const filter = new RegExp(`^(${Object.keys(INTERACTIVE).join('|')})$`);
    esbuild.onResolve({ filter }, ({ path }) => ({ path, namespace: 'interactive' }));
    esbuild.onLoad({ filter: /.*/, namespace: 'interactive' }, ({ path }) => ({
      contents: `export const ${INTERACTIVE[path]} = () => async () => {
        throw new Error('The functions are built without ${path}: give them the credentials of a role');
      };`,
    }));
  },
};

/** No function makes a pool: the commands that write a configuration and their schemas, 30 KB, stay outside. */
const withoutWrites = {
  name: 'without-writes',
  setup(esbuild) {
    const contents = 'export const configurationWrites = {};';
    esbuild.onLoad({ filter: /[\\/]configuration-writes\.ts$/ }, () => ({ contents }));
  },
};

/**
 * A function calls Cognito and S3 in any case, so what the library loads when it is needed is loaded at once here: esbuild
 * can leave less out of what is imported dynamically, a tenth of a bundle.
 */
const eager = {
  name: 'eager',
  setup(esbuild) {
    esbuild.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const imports = [];
      const text = (await readFile(path, 'utf8')).replace(/\bimport\(('\.[^']+')\)/g, (_call, from) => {
        imports.push(`import * as eager${imports.length} from ${from};`);
        return `Promise.resolve(eager${imports.length - 1})`;
      });
      return { contents: `${imports.join('\n')}\n${text}`, loader: 'ts' };
    });
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
    plugins: [zodInEnglish, zodWithoutSchemas, narrowEncryption, withoutSignIn, withoutWrites, eager],
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
