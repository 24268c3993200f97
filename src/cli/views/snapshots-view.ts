import { DEFAULT_GRACE_MS } from '../../operations/prune/prune.ts';
import type { SnapshotSummary } from '../../operations/snapshots/list-snapshots.ts';
import { escapeText } from '../escape.ts';
import { formatBytes, formatCount, formatInstant } from '../figures.ts';
import { alignTable } from '../layout.ts';
import type { Colors } from '../terminal.ts';

const HEADING = ['SNAPSHOT', 'STATUS', 'TAKEN', 'USERS', 'GROUPS', 'MEMBERSHIPS', 'SIZE'];

export function snapshotTable(snapshots: readonly SnapshotSummary[], location: string, out: Colors): string[] {
  if (snapshots.length === 0) return [`The vault ${escapeText(location)} holds no snapshot`];
  const lines: string[] = [];
  for (const poolId of new Set(snapshots.map((snapshot) => snapshot.poolId))) {
    const own = snapshots.filter((snapshot) => snapshot.poolId === poolId);
    const name = own.findLast((snapshot) => snapshot.poolName !== undefined)?.poolName;
    if (lines.length > 0) lines.push('');
    lines.push(`${out.bold(poolId)}${name === undefined ? '' : `  ${escapeText(name)}`}`);
    lines.push(
      ...alignTable(HEADING, own.map(cells), { right: ['USERS', 'GROUPS', 'MEMBERSHIPS', 'SIZE'], dim: out.dim }),
      ...own.flatMap((snapshot) => expiryNote(snapshot, out)),
    );
  }
  return lines;
}

/** How long the grace period is, the prune that removes it is told. */
function expiryNote({ id, expiredAt }: SnapshotSummary, out: Colors): string[] {
  if (expiredAt === undefined) return [];
  const goesAt = new Date(new Date(expiredAt).getTime() + DEFAULT_GRACE_MS).toISOString();
  return [out.yellow(`  ${id} was let go by prune: it goes from ${formatInstant(goesAt)} on`)];
}

function cells({ id, status, startedAt, totals, sizeBytes }: SnapshotSummary): string[] {
  const count = (value: number | undefined): string => (value === undefined ? '' : formatCount(value));
  return [
    id,
    status,
    startedAt === undefined ? '' : formatInstant(startedAt),
    count(totals?.users),
    count(totals?.groups),
    count(totals?.memberships),
    sizeBytes === undefined ? '' : formatBytes(sizeBytes),
  ];
}
