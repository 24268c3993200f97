import { createHash } from 'node:crypto';
import { isRunning, ownProcessMark, type ProcessMark } from '../runtime/process-mark.ts';
import { randomHex } from '../runtime/random-hex.ts';
import type { Runtime } from '../runtime/runtime.ts';

export const TEMPORARY_PREFIX = '.tmp-';

/** A writer of whom nothing is known gets this long before its temporary file counts as left behind. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000;

/** A name that nobody looks for and that says which process writes the file. */
export async function temporaryName(runtime: Runtime): Promise<string> {
  const own = await ownProcessMark();
  const random = randomHex(runtime, 12);
  return `${TEMPORARY_PREFIX}${machineOf(own)}.${own.pid}.${own.startTicks ?? '0'}-${random}`;
}

/** Whether nobody goes on writing the file: its process has ended, or, where that cannot be known, it is an hour old. */
export async function isAbandoned(name: string, ageMs: number): Promise<boolean> {
  const lives = await writerLives(name);
  return lives === undefined ? ageMs >= ABANDONED_AFTER_MS : !lives;
}

async function writerLives(name: string): Promise<boolean | undefined> {
  const [, machine, pid = '', startTicks = ''] = /^\.tmp-([0-9a-f]{16})\.(\d+)\.(\d+)-/.exec(name) ?? [];
  const own = await ownProcessMark();
  if (machine !== machineOf(own)) return undefined;
  return isRunning({ ...own, pid: Number(pid), startTicks });
}

function machineOf({ host, boot, namespaces }: ProcessMark): string {
  return createHash('sha256')
    .update(JSON.stringify([host, boot, namespaces]))
    .digest('hex')
    .slice(0, 16);
}
