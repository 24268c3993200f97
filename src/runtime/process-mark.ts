import { createHash } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import * as z from 'zod';

/**
 * What tells a process from every other: the machine, its boot, the namespaces that number processes and time, the number,
 * and when it began. A host name alone does not (containers share them), nor does a number (it is given out again).
 *
 * Linux alone gives the optional fields. Source: proc(5), pid_namespaces(7), time_namespaces(7).
 */
export const processMark = z.object({
  host: z.string(),
  pid: z.int(),
  boot: z.string().exactOptional(),
  namespaces: z.string().exactOptional(),
  /** When it began, in clock ticks after the boot. */
  startTicks: z.string().exactOptional(),
});
export type ProcessMark = Readonly<z.infer<typeof processMark>>;

let own: Promise<ProcessMark> | undefined;

/** The mark of this process; it never changes while it runs. */
export function ownProcessMark(): Promise<ProcessMark> {
  own ??= readOwnMark();
  return own;
}

/**
 * Whether the process with this mark still runs. `undefined` where that cannot be known: on another machine, in another
 * container, on a system without the means. Only time tells then.
 */
export async function isRunning(mark: ProcessMark): Promise<boolean | undefined> {
  const here = await ownProcessMark();
  if (here.boot === undefined || mark.startTicks === undefined) return undefined;
  if (mark.host !== here.host || mark.boot !== here.boot || mark.namespaces !== here.namespaces) return undefined;
  if (!exists(mark.pid)) return false;
  const status = await statusOf(mark.pid);
  return status === undefined || (!status.isDead && status.startTicks === mark.startTicks);
}

/** This process in a few characters that every AWS tag may hold, and that do not name the machine. */
export async function ownProcessTag(): Promise<string> {
  const mark = await ownProcessMark();
  return `${machineOf(mark)} ${mark.pid} ${mark.startTicks ?? '-'}`;
}

/** Whether the process of a tag still runs; `undefined` where that cannot be known. */
export async function isTaggedRunning(tag: string): Promise<boolean | undefined> {
  const here = await ownProcessMark();
  const [, machine, pid, startTicks] = /^([0-9a-f]{16}) (\d{1,10}) (\d+)$/.exec(tag) ?? [];
  if (startTicks === undefined || machine !== machineOf(here)) return undefined;
  return isRunning({ ...here, pid: Number(pid), startTicks });
}

function machineOf({ host, boot, namespaces }: ProcessMark): string {
  const text = JSON.stringify([host, boot ?? null, namespaces ?? null]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

async function readOwnMark(): Promise<ProcessMark> {
  const mark = { host: hostname(), pid: process.pid };
  const status = await statusOf('self');
  // A /proc of another pid namespace numbers processes differently: nothing in it can be trusted then.
  if (status?.pid !== process.pid) return mark;
  try {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    const namespaces = await Promise.all(['pid', 'time'].map(readNamespace));
    return { ...mark, boot, namespaces: namespaces.join(' '), startTicks: status.startTicks };
  } catch {
    return mark;
  }
}

async function readNamespace(kind: string): Promise<string> {
  // Kernels before 5.6 have no time namespaces.
  return kind === 'time' ? readlink('/proc/self/ns/time').catch(() => 'time:none') : readlink(`/proc/self/ns/${kind}`);
}

/** A process of another user exists, too: it answers EPERM. */
function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

interface ProcessStatus {
  readonly pid: number;
  readonly isDead: boolean;
  readonly startTicks: string;
}

async function statusOf(pid: number | 'self'): Promise<ProcessStatus | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The name stands in brackets and may itself hold brackets and spaces.
  const fields = line?.slice(line.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields?.[0], fields?.[19]];
  if (line === undefined || state === undefined || startTicks === undefined) return undefined;
  return { pid: Number.parseInt(line, 10), isDead: state === 'Z' || state === 'X', startTicks };
}
