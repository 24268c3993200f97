import { spawnSync } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Packs the package as npm would publish it, and looks at the tarball as those will who install it. */
async function checkSurface() {
  const cache = join(root, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  // Below node_modules, so that the unpacked package finds its dependencies.
  const scratch = await mkdtemp(join(cache, 'surface-'));
  try {
    run('npm', ['pack', '--ignore-scripts', '--loglevel=error', '--pack-destination', scratch]);
    const tarball = join(scratch, (await readdir(scratch))[0] ?? '');
    run(binary('publint'), ['run', tarball, '--strict']);
    run(binary('attw'), [tarball, '--profile', 'esm-only', '--no-emoji', '--format', 'ascii']);
    run('tar', ['-xzf', tarball, '-C', scratch]);
    await checkContents(join(scratch, 'package'));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function checkContents(folder) {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const files = await readdir(folder, { recursive: true });
  const texts = ['README.md', 'LICENSE', 'CHANGELOG.md', 'dist/cli/THIRD-PARTY-NOTICES.txt'];
  for (const wanted of [...texts, 'scripts/check-vault.sh']) {
    if (!files.includes(wanted)) throw new Error(`The package lacks ${wanted}`);
  }
  const strays = files.filter((file) => /\.test\.|node_modules|(^|\/)(src|test|bench)\//.test(file));
  if (strays.length > 0) throw new Error(`The package carries what nobody needs: ${strays.join(', ')}`);

  const library = await import(pathToFileURL(join(folder, manifest.exports['.'].default)).href);
  const names = Object.keys(library);
  if (names.length === 0) throw new Error('The library exports nothing');

  const command = join(folder, manifest.bin['cognito-backup']);
  await access(command, constants.X_OK);
  const { stdout } = run(process.execPath, [command, '--version'], 'pipe');
  if (stdout.trim() !== manifest.version)
    throw new Error(`The command says version ${stdout.trim()}, not ${manifest.version}`);
  console.log(`${files.length} files, ${names.length} exports, cognito-backup ${manifest.version}`);
}

function binary(name) {
  return join(root, 'node_modules/.bin', name);
}

function run(command, args, stdout = 'inherit') {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', stdout, 'inherit'], encoding: 'utf8' });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`${command} ended with ${result.status}`);
  return result;
}

try {
  await checkSurface();
} catch (error) {
  console.error(`Package surface: ${error.message}`);
  process.exitCode = 1;
}
