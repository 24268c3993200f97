import { readFileSync, writeFileSync } from 'node:fs';
import type { ProcessFigures } from './figures-of-process.ts';

/** Loaded into the measured process by `--import`: at its end it writes what it has used. */
const path = process.env['BENCH_FIGURES'];
const startedMs = performance.now();
const samples: number[] = [];
if (process.env['BENCH_SAMPLES']) {
  setInterval(() => samples.push(Math.round(process.memoryUsage.rss() / 1e6)), 1_000).unref();
}

process.on('exit', () => {
  if (path === undefined) return;
  const { user, system } = process.cpuUsage();
  const figures: ProcessFigures = {
    peakBytes: peakBytes(),
    cpuMs: (user + system) / 1_000,
    elapsedMs: performance.now() - startedMs,
    samples,
  };
  writeFileSync(path, JSON.stringify(figures));
});

/** Linux hands `ru_maxrss` of the parent down to a child, so the kernel's own mark of this address space comes first. */
function peakBytes(): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1_024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1_024;
}
