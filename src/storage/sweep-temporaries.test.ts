import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesBelow } from '../../test/e2e/vault-files.ts';
import { realRuntime } from '../runtime/real-runtime.ts';
import { realFiles } from './file-operations.ts';
import { sweepTemporaries } from './sweep-temporaries.ts';
import { temporaryName } from './temporary-name.ts';

describe('sweepTemporaries', () => {
  let root: string;
  let ofThisProcess: string;
  let ofDeadProcess: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sweep-'));
    ofThisProcess = await temporaryName(realRuntime);
    // No system gives out so high a number.
    ofDeadProcess = ofThisProcess.replace(/\.\d+\./, `.${2 ** 22 + 1}.`);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const write = async (path: string, ageMs = 0): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), 'half a part');
    const at = (realRuntime.now().getTime() - ageMs) / 1000;
    await utimes(join(root, path), at, at);
  };
  const left = async (): Promise<string[]> => (await filesBelow(root)).map((path) => relative(root, path)).sort();
  const sweep = (folder: string): Promise<void> =>
    sweepTemporaries(root, join(root, folder), { files: realFiles, runtime: realRuntime });

  it('takes what an ended process has left, there and in the folders beside', async () => {
    for (const folder of ['runs/pool/one', 'runs/pool/two', 'runs/other/one'])
      await write(`${folder}/${ofDeadProcess}`);
    await write('runs/pool/one/run.json');
    await sweep('runs/pool/two');
    expect(await left()).toEqual([`runs/other/one/${ofDeadProcess}`, 'runs/pool/one/run.json']);
  });

  it('leaves what a living process writes, however old it is', async () => {
    await write(`a/b/${ofThisProcess}`, 7_200_000);
    await sweep('a/b');
    expect(await left()).toEqual([`a/b/${ofThisProcess}`]);
  });

  it('gives an hour to files of other machines and of unknown origin', async () => {
    const ofAnotherMachine = ofDeadProcess.replace(/-[0-9a-f]{16}\./, '-0123456789abcdef.');
    for (const name of [ofAnotherMachine, '.tmp-0123']) {
      await write(`a/b/${name}`, 3_500_000);
      await write(`a/c/${name}`, 3_700_000);
    }
    await sweep('a/b');
    expect(await left()).toEqual([`a/b/${ofAnotherMachine}`, 'a/b/.tmp-0123'].sort());
  });

  it('looks no further than the root where an object stands right below it', async () => {
    await write(ofDeadProcess);
    await write(`a/${ofDeadProcess}`);
    await sweep('');
    expect(await left()).toEqual([`a/${ofDeadProcess}`]);
  });
});
