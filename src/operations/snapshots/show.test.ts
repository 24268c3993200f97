import { beforeEach, describe, expect, it } from 'vitest';
import { memoryStorage } from '../../../test/fakes/memory-storage.ts';
import { sampleGroup, samplePool, sampleUser } from '../../../test/fakes/sample-pool.ts';
import { sampleSnapshot } from '../../../test/fakes/sample-snapshot.ts';
import { manualRuntime } from '../../runtime/manual-runtime.ts';
import type { SnapshotRef } from '../../snapshot/keys.ts';
import { openVault, type Vault } from '../../snapshot/vault.ts';
import { showSnapshot, showUser } from './show.ts';

const ANN = sampleUser(1, { username: '__proto__', attributes: [['email', 'Ann@Example.com']] });
const BOB = sampleUser(2, { username: 'bob', attributes: [['phone_number', '+4930123']] });
const TWIN = sampleUser(3, { username: 'twin', attributes: [['email', 'ann@example.com']] });

let vault: Vault;
let ref: SnapshotRef;

beforeEach(async () => {
  const runtime = manualRuntime();
  vault = await openVault(memoryStorage(), { create: true, runtime });
  const groups = [sampleGroup('b'), sampleGroup('a')];
  const members = new Map([
    ['a', [ANN.sub]],
    ['b', [ANN.sub, BOB.sub]],
  ]);
  ref = await sampleSnapshot({ vault, runtime }, { pool: samplePool(), users: [ANN, BOB, TWIN], groups, members });
});

describe('show', () => {
  it('tells what the manifest says', async () => {
    expect(await showSnapshot(vault, ref)).toMatchObject({ state: 'complete', manifest: { totals: { users: 3 } } });
  });

  it.each([
    ['username', '__proto__', ['__proto__']],
    ['sub', ANN.sub, ['__proto__']],
    ['phone number', '+4930123', ['bob']],
    ['e-mail address in any case', 'ANN@example.COM', ['__proto__', 'twin']],
  ])('finds a user by %s', async (_what, key, names) => {
    const found = await showUser(vault, { ref, key });
    expect(found.map(({ user }) => user.username)).toEqual(names);
  });

  it('tells the groups of a user', async () => {
    const [found] = await showUser(vault, { ref, key: '__proto__' });
    expect(found).toEqual({ user: ANN, groups: ['a', 'b'] });
  });

  it('says when there is no such user, without repeating the key', async () => {
    const error: unknown = await showUser(vault, { ref, key: 'carol@example.com' }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'user-not-found' });
    expect(String(error)).not.toContain('carol');
  });
});
