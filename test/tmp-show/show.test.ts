import { writeFileSync } from 'node:fs';
import { it } from 'vitest';
import { plantEverythingPool } from '/tmp/w/newpool/src/simulator/seeds/everything-pool.ts';
import { startCliBench } from '/tmp/w/newpool/test/support/cli.ts';
it('shows', async () => {
  const bench = await startCliBench();
  const source = plantEverythingPool(bench.simulator);
  const out: string[] = [];
  const run = async (...args: string[]) => {
    const r = await bench.run([...args, '--vault', 'vault', '--max-rps', '1000']);
    out.push(`$ ${args.join(' ')}\n[exit ${r.exitCode}]\n--stderr\n${r.stderr}\n--stdout\n${r.stdout}`);
  };
  await run('backup', '--pool', source.poolId);
  await run(
    'restore',
    'latest',
    '--new-pool',
    'risen',
    '--yes',
    '--domain',
    'risen',
    '--no-custom-domain',
    '--write-env',
    'pool.env',
  );
  writeFileSync('/tmp/np-show.txt', out.join('\n\n'));
  await bench.close();
});
