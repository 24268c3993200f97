import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parsePoolId } from '../../src/model/ids.ts';
import { takeLease } from '../../src/runs/lease.ts';
import { realRuntime } from '../../src/runtime/real-runtime.ts';
import { generateSigningKey } from '../../src/signing/signing-key.ts';
import { rememberErased } from '../../src/snapshot/erasure-ledger.ts';
import { openVault } from '../../src/snapshot/vault.ts';
import { openLocalFolder } from '../../src/storage/local-folder.ts';
import { cliHere, type CliHereResult } from '../support/cli-here.ts';
import type { EraseCase } from './erase-oracle.ts';
import { contentsOf, putBack, subOf, type Contents, type GuardWorld, type SourceOfCase } from './guard-world.ts';

/** Nobody has the key that belongs to it. */
const LOST_KEY = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';
const STRANGER = 'ffffffff-0000-4000-8000-000000000000';

/** Files that the command line names. */
export interface EraseFiles {
  readonly right: string;
  readonly other: string;
  readonly rightPublic: string;
  readonly noSubs: string;
}

export async function eraseFiles({ folder }: GuardWorld): Promise<EraseFiles> {
  const at = (name: string): string => join(folder, name);
  const files = { right: at('right.pem'), other: at('other.pem'), rightPublic: at('right.pub'), noSubs: at('no-subs') };
  const pair = generateSigningKey();
  await writeFile(files.right, pair.privateKey);
  await writeFile(files.rightPublic, pair.publicKey);
  await writeFile(files.other, generateSigningKey().privateKey);
  await writeFile(files.noSubs, `${subOf('ada')}\nada@example.com\n`);
  return files;
}

export interface EraseStage {
  readonly source: SourceOfCase;
  readonly before: Contents;
}

/** Puts the vault up as the case has it. */
export async function setStage(world: GuardWorld, one: EraseCase, files: EraseFiles): Promise<EraseStage> {
  const { snapshot, around, isSigned } = one;
  const kind = snapshot === 'without-key' || snapshot === 'unfinished' ? 'good' : snapshot;
  const source = await world.sourceOf(kind, {
    protectedTag: around !== 'nothing',
    trigger: 'none',
    ...(isSigned && { signKey: files.right }),
    ...(snapshot === 'without-key' && { newestFor: LOST_KEY }),
  });
  await putBack(source);
  const { vault: folder, poolId, snapshotId } = source;
  if (snapshot === 'unfinished') await rm(join(folder, 'pools', poolId, 'snapshots', snapshotId, 'manifest.json'));
  const storage = await openLocalFolder(folder, { runtime: realRuntime, create: false });
  const vault = await openVault(storage, { create: false, runtime: realRuntime });
  if (one.ledger !== 'empty') {
    await rememberErased({ vault, runtime: realRuntime }, { subs: [subOf('ada')], pool: null });
  }
  if (one.ledger === 'damaged') await rm(join(folder, 'erasures', 'key.json'));
  if (one.lease === 'held') {
    await takeLease({ storage, runtime: realRuntime, target: parsePoolId(poolId), command: 'restore' });
  }
  return { source, before: await contentsOf(folder) };
}

const NAMES: { readonly [Names in EraseCase['names']]: readonly string[] } = {
  nobody: [],
  ada: ['--sub', subOf('ada')],
  'a-stranger': ['--sub', STRANGER],
  again: ['--again'],
  'ada-and-again': ['--sub', subOf('ada'), '--again'],
  'no-sub': ['--sub', subOf('ada'), '--sub', 'ada@example.com'],
  'no-sub-in-file': [],
};

export async function runErase(
  one: EraseCase,
  { source }: EraseStage,
  files: EraseFiles,
): Promise<CliHereResult & { readonly asked: number }> {
  const { names, pool, signs, verifies } = one;
  let asked = 0;
  const answer = (): string => {
    asked += 1;
    return 'n\r';
  };
  const pools = { any: [], own: ['--pool', source.poolId], unknown: ['--pool', 'eu-central-1_Unknown01'] };
  const args = [
    'erase',
    '--vault',
    source.vault,
    '--json',
    ...NAMES[names],
    ...pools[pool],
    ...(names === 'no-sub-in-file' ? ['--subs-from', files.noSubs] : []),
    ...(one.apply ? ['--apply'] : []),
    ...(signs === 'nothing' ? [] : ['--sign-key', files[signs]]),
    ...(verifies === 'nothing' ? [] : ['--verify-key', files.rightPublic, '--seen-file', `${source.vault}.seen`]),
  ];
  const result = await cliHere(args, one.around === 'nothing' ? undefined : answer);
  return { ...result, asked };
}
