import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** When, on what and how a report was made; the load tells whether others used the machine. */
export async function machineLine(args: readonly string[]): Promise<string> {
  const date = new Date().toISOString().slice(0, 16).replace('T', ' ');
  const [load = 0] = loadavg();
  const model = cpus()[0]?.model.trim() ?? 'unknown';
  const facts = [
    `Measured ${date} UTC`,
    `Node ${process.version.slice(1)}`,
    `${availableParallelism()} cores (${model}), ${Math.round(totalmem() / 1e9)} GB, ${platform()} ${release().split('-')[0]}`,
    `load ${load.toFixed(1)} at the start`,
    `\`${['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' ')}\``,
  ];
  return `${facts.join(' · ')}.`;
}
