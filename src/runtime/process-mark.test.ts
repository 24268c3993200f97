import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { isRunning, isTaggedRunning, ownProcessMark, ownProcessTag, processMark } from './process-mark.ts';

describe.runIf(process.platform === 'linux')('the mark of a process', () => {
  it('says where and when this one began, and survives JSON', async () => {
    const mark = await ownProcessMark();
    expect(mark).toMatchObject({
      pid: process.pid,
      boot: expect.any(String),
      startTicks: expect.stringMatching(/^\d+$/),
    });
    expect(processMark.parse(JSON.parse(JSON.stringify(mark)))).toEqual(mark);
    expect(await isRunning(mark)).toBe(true);
  });

  it('tells a process that ended, at once', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const mark = { ...(await ownProcessMark()), pid: child.pid!, startTicks: await startOf(child.pid!) };
    expect(await isRunning(mark)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await isRunning(mark)).toBe(false);
  });

  it('fits into a tag without naming the machine', async () => {
    const tag = await ownProcessTag();
    expect(tag).toMatch(/^[0-9a-f]{16} \d+ \d+$/);
    expect(await isTaggedRunning(tag)).toBe(true);
    expect(await isTaggedRunning(tag.replace(/\d+$/, '1'))).toBe(false);
    expect(await isTaggedRunning(tag.replace(/^.{16}/, '0'.repeat(16)))).toBeUndefined();
    for (const other of ['', tag.replace(/\d+$/, '-'), `${tag} `]) expect(await isTaggedRunning(other)).toBeUndefined();
  });

  it('tells a number that was given out again', async () => {
    const mark = await ownProcessMark();
    expect(await isRunning({ ...mark, startTicks: '1' })).toBe(false);
  });

  it.each(['host', 'boot', 'namespaces'] as const)('says nothing of a process with another %s', async (field) => {
    const gone = { ...(await ownProcessMark()), pid: 2 ** 22 + 1, startTicks: '1' };
    expect(await isRunning(gone)).toBe(false);
    expect(await isRunning({ ...gone, [field]: 'other' })).toBeUndefined();
  });

  it('says nothing where a system gives less', async () => {
    const { host } = await ownProcessMark();
    expect(await isRunning({ host, pid: 2 ** 22 + 1 })).toBeUndefined();
  });
});

async function startOf(pid: number): Promise<string> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8');
  return line.slice(line.lastIndexOf(')') + 2).split(' ')[19]!;
}
