import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Bench, BenchOptions } from '../bench.ts';
import { distFile } from '../process/built-files.ts';
import { runCommand, runMeasured } from '../process/run-measured.ts';
import { withSimulator } from '../simulator/hosted-simulator.ts';
import { figure, headcount, median, type Table } from '../table.ts';

const USERS = 100_000;
const REPEATS = 15;
const VERIFY_REPEATS = 5;

/** What everybody feels at once: how fast the tool starts, how fast it proves a snapshot, how large the functions are. */
export const startup: Bench = {
  name: 'startup',
  title: 'Starting, verifying, bundle sizes',
  run: async (options) => ({
    tables: [await startTable(options), await verifyTable(options), await sizesTable()],
    notes: [
      'Starting is the time from spawning Node to its end, Node itself included; the import is what `await import()` takes inside a process that runs.',
      'Verifying reads, unpacks, hashes and decodes every record of a local snapshot and looks every `sub` up; MB are those of the unpacked records.',
    ],
  }),
};

async function startTable(options: BenchOptions): Promise<Table> {
  const library = pathToFileURL(distFile('lib', 'index.js')).href;
  const timed = `const t = performance.now(); await import(${JSON.stringify(library)}); console.log(performance.now() - t)`;
  const evaluated = ['--input-type=module', '--eval'];
  const wallOf = async (run: Promise<{ readonly wallMs: number }>) => (await run).wallMs;
  const rows: readonly (readonly [string, string, () => Promise<number>])[] = [
    ['Node itself, doing nothing', '–', () => wallOf(runMeasured([...evaluated, '0']))],
    ['`cognito-backup --help`', '≤ 150 ms', () => wallOf(runCommand(['--help']))],
    ['`cognito-backup backup --help`', '≤ 150 ms', () => wallOf(runCommand(['backup', '--help']))],
    ['import of the library', '≤ 100 ms', async () => Number((await runMeasured([...evaluated, timed])).stdout)],
  ];
  const times = rows.map(() => [] as number[]);
  for (let round = 0; round < (options.quick ? 3 : REPEATS); round += 1) {
    for (const [index, [, , measure]] of rows.entries()) times[index]?.push(await measure());
  }
  return {
    caption: 'Starting',
    columns: ['what', 'median', 'best', 'goal'],
    rows: rows.map(([what, goal], index) => [
      what,
      `${figure(median(times[index] ?? []))} ms`,
      `${figure(Math.min(...(times[index] ?? [])))} ms`,
      goal,
    ]),
  };
}

async function verifyTable(options: BenchOptions): Promise<Table> {
  const users = options.users?.[0] ?? (options.quick ? 4_000 : USERS);
  const folder = await mkdtemp(join(tmpdir(), 'cognito-backup-bench-verify-'));
  const setup = {
    simulator: { quotaScale: 'unlimited' },
    pools: [{ users, groups: 8, model: 'alias', seed: 1 }],
  } as const;
  try {
    const vault = ['--vault', join(folder, 'vault'), '--quiet', '--json'];
    const snapshot = await withSimulator(setup, async ({ env, poolIds }) => {
      const { stdout } = await runCommand(['backup', '--pool', poolIds[0] ?? '', ...vault], { env });
      return { id: (JSON.parse(stdout) as { snapshot: { id: string } }).snapshot.id, poolId: poolIds[0] ?? '' };
    });
    const plainBytes = await plainBytesOf(join(folder, 'vault', 'pools', snapshot.poolId, 'snapshots', snapshot.id));
    const elapsed: number[] = [];
    for (let round = 0; round < (options.quick ? 1 : VERIFY_REPEATS); round += 1) {
      elapsed.push((await runCommand(['verify', snapshot.id, ...vault])).elapsedMs);
    }
    const rate = (ms: number) => `${figure(plainBytes / 1e6 / (ms / 1_000))} MB/s`;
    return {
      caption: `\`verify\` of ${headcount(users)} users, ${figure(plainBytes / 1e6)} MB, the start of the command included`,
      columns: ['what', 'median', 'best', 'goal'],
      rows: [['plain data', rate(median(elapsed)), rate(Math.min(...elapsed)), '≥ 100 MB/s']],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function plainBytesOf(snapshotFolder: string): Promise<number> {
  const manifest = JSON.parse(await readFile(join(snapshotFolder, 'manifest.json'), 'utf8')) as {
    readonly parts: readonly { readonly plainBytes: number }[];
  };
  return manifest.parts.reduce((sum, part) => sum + part.plainBytes, 0);
}

async function sizesTable(): Promise<Table> {
  const files = (await readdir(distFile('lambda'))).filter((file) => file.endsWith('.mjs')).sort();
  return {
    caption: 'Lambda bundles',
    columns: ['file', 'size', 'goal'],
    rows: await Promise.all(
      files.map(async (file) => [
        file,
        `${figure((await stat(distFile('lambda', file))).size / 1e3)} kB`,
        '≤ 1 000 kB',
      ]),
    ),
  };
}
