import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Bench, BenchResult } from './bench.ts';
import { growth } from './benches/growth.ts';
import { hashes } from './benches/hashes.ts';
import { listing } from './benches/listing.ts';
import { memory } from './benches/memory.ts';
import { startup } from './benches/startup.ts';
import { throughput } from './benches/throughput.ts';
import { writing } from './benches/writing.ts';
import { machineLine } from './machine.ts';
import { duration, markdownTable } from './table.ts';

const BENCHES: readonly Bench[] = [listing, throughput, memory, hashes, writing, startup, growth];

const USAGE = `npm run bench -- [NAME …] [--users N[,N …]] [--quick] [--out FILE]

Names: ${BENCHES.map(({ name }) => name).join(', ')}; all of them unless named.
  --users   sizes of the pools, instead of each bench's own
  --quick   a smoke run: everything once, small and short
  --out     write the report there as well`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    users: { type: 'string' },
    quick: { type: 'boolean', default: false },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const unknown = positionals.filter((name) => !BENCHES.some((bench) => bench.name === name));
if (values.help || unknown.length > 0) {
  console.error(unknown.length > 0 ? `No such bench: ${unknown.join(', ')}\n\n${USAGE}` : USAGE);
  process.exit(values.help ? 0 : 2);
}

const chosen = BENCHES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const sections: string[] = [await machineLine(process.argv.slice(2))];
const failed: string[] = [];
for (const { name, title, run } of chosen) {
  const say = (line: string) => console.error(`[${name}] ${line}`);
  const startedMs = performance.now();
  say(title);
  try {
    const result = await run({ quick: values.quick, users: values.users?.split(',').map(Number), say });
    sections.push(section(name, title, result));
  } catch (error) {
    failed.push(name);
    say(`failed: ${error instanceof Error ? error.stack : String(error)}`);
    sections.push(`## ${title}\n\nThis bench failed.`);
  }
  say(`took ${duration(performance.now() - startedMs)}`);
}
const report = `${sections.join('\n\n')}\n`;
console.log(report);
if (values.out !== undefined) await writeFile(values.out, report);
process.exit(failed.length > 0 ? 1 : 0);

function section(name: string, title: string, { tables, notes }: BenchResult): string {
  return [
    `## ${title}`,
    `\`npm run bench -- ${name}\``,
    ...tables.map(markdownTable),
    ...(notes.length > 0 ? [notes.map((note) => `- ${note}`).join('\n')] : []),
  ].join('\n\n');
}
