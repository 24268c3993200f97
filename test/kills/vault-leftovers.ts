import type { PoolId } from '../../src/model/ids.ts';

/** What a finished run keeps: its record, the map, and whom it had to name. */
const KEPT_OF_A_RUN = /^(run\.json|(map|findings|remaining|failures)-\d+-\d{6}\.jsonl\.gz)$/;

/**
 * Files that have no business in a vault once a command is through: temporary files, leases, plans that were
 * carried out, a checkpoint. Names are made comparable between runs.
 */
export function leftovers(files: ReadonlyMap<string, string>, target: PoolId): string[] {
  const found: string[] = [];
  for (const [path, content] of files) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const [room, pool] = path.split('/');
    if (name.startsWith('.tmp-')) found.push(path.replace(/\.tmp-.*/, '.tmp-'));
    // Names a process and nothing else; whoever writes the same object next breaks it.
    else if (name.startsWith('.lock-')) continue;
    else if (room === 'locks' && !content.includes('"state":"free"')) found.push(path);
    else if (room === 'runs' && pool === target && !KEPT_OF_A_RUN.test(name)) found.push(name);
    else if (name === 'checkpoint.json') found.push(name);
  }
  return found.map((path) => path.replace(/[a-z]+-[a-z]+-\d_[A-Za-z0-9]+|\d{8}T\d{6}Z-[0-9a-f]{6}/g, '…'));
}

/** Files of earlier snapshots that are gone or hold other bytes. */
export function changedFiles(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...before]
    .filter(([path, bytes]) => path.startsWith('pools/') && after.get(path) !== bytes)
    .map(([path]) => path);
}
