import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Bench, BenchOptions } from '../bench.ts';
import { builtFile } from '../process/built-files.ts';
import { runMeasured } from '../process/run-measured.ts';
import { headcount, megabytes, seconds } from '../table.ts';

const SIZES = [10_000, 100_000, 1_000_000];
const QUICK_SIZES = [2_000, 4_000];
/** As long as bcrypt's; every line another one. */
const HASH = `$2b$12$${'x'.repeat(45)}`;

/** A file of password hashes, checked and joined with as many users: what `--hashes` adds to a restore. */
export const hashes: Bench = {
  name: 'hashes',
  title: 'Hashes: memory and time of `--hashes FILE` by lines',
  run: async (options) => {
    const sizes = options.users ?? (options.quick ? QUICK_SIZES : SIZES);
    const rows: string[][] = [];
    for (const lines of sizes) rows.push(await measure(lines, options));
    return {
      tables: [{ columns: ['lines, and users', 'peak resident set', 'time', 'CPU time'], rows }],
      notes: [
        'The file is read twice, once to check it; users and lines are spilled to disk and joined bucket by bucket.',
      ],
    };
  },
};

async function measure(lines: number, { say }: BenchOptions): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'cognito-backup-bench-hashes-'));
  try {
    const path = join(folder, 'hashes.csv');
    await pipeline(Readable.from(linesOf(lines)), createWriteStream(path));
    const run = await runMeasured([builtFile('hash-worker.mjs'), JSON.stringify({ path, users: lines })], {
      env: { TMPDIR: folder },
    });
    const { withHash } = JSON.parse(run.stdout) as { readonly withHash: number };
    if (withHash !== lines) throw new Error(`${withHash} of ${lines} users have a hash`);
    const cells = [headcount(lines), megabytes(run.peakBytes), seconds(run.elapsedMs), seconds(run.cpuMs)];
    say(cells.join(', '));
    return cells;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function* linesOf(lines: number): Generator<string> {
  yield 'username,hash\n';
  for (let number = 0; number < lines; number += 1) {
    yield `user-${number},${HASH}${String(number).padStart(8, '0')}\n`;
  }
}
