import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collect } from '../../test/fakes/collect.ts';
import { presentUser, sampleContext, wantedUser } from '../../test/fakes/sample-plan.ts';
import { Workspace } from '../join/workspace.ts';
import type { Membership } from '../model/group.ts';
import { manualRuntime } from '../runtime/manual-runtime.ts';
import type { ActualUser, DesiredMembership, DesiredUser, DesiredValue } from './desired.ts';
import { matchUsers, type ActualValue, type KnownPair, type Match, type MatchOptions } from './match-users.ts';

interface Sides {
  readonly desired: readonly DesiredUser[];
  readonly actual: readonly ActualUser[];
  readonly memberships?: readonly DesiredMembership[] | undefined;
  readonly targetMemberships?: readonly Membership[];
  readonly pairs?: readonly KnownPair[];
  readonly memoryBytes?: number;
}

/** Instead of what `Sides` hands over. */
interface Readers {
  readonly desired?: DesiredValue['readUsers'];
  readonly desiredMemberships?: DesiredValue['readMemberships'];
  readonly actual?: ActualValue['readUsers'];
}

async function match(sides: Sides, options: Partial<MatchOptions> = {}, readers: Readers = {}): Promise<Match[]> {
  const workspace = new Workspace({
    runtime: manualRuntime(),
    expectedRecords: sides.desired.length,
    ...(sides.memoryBytes !== undefined && { memoryBytes: sides.memoryBytes }),
  });
  const handOver =
    <Item>(items: readonly Item[]) =>
    async (take: (item: Item) => Promise<void>) => {
      for (const item of items) await take(item);
    };
  const value: DesiredValue = {
    fingerprint: '',
    source: undefined,
    scope: sampleContext().scope,
    expectedUsers: sides.desired.length,
    groups: [],
    readUsers: readers.desired ?? handOver(sides.desired),
    readMemberships: readers.desiredMemberships ?? (sides.memberships && handOver(sides.memberships)),
    membershipKey: (user) => user.sub ?? user.username,
  };
  const users = sides.actual.map(({ groups: _groups, ...user }) => user);
  const actual = {
    readUsers: readers.actual ?? handOver(users),
    readMemberships: handOver(sides.targetMemberships ?? []),
  };
  try {
    return await collect(
      matchUsers(workspace, value, actual, {
        identity: { usernameAttributes: [], caseSensitive: true },
        samePool: false,
        adopt: false,
        knownPairs: async function* () {
          yield* sides.pairs ?? [];
        },
        ...options,
      }),
    );
  } finally {
    await workspace.close();
  }
}

const told = (matches: readonly Match[]): string[] =>
  matches
    .map((found) => {
      const names = ['desired' in found ? found.desired.username : '', 'actual' in found ? found.actual.username : ''];
      return [found.kind === 'conflict' ? found.conflict : found.kind, ...names].join(' ').trim();
    })
    .sort();

const subOf = (digit: string): string => `${digit.repeat(8)}-0000-4000-8000-000000000000`;
const wanted = (username: string, overrides: Partial<DesiredUser> = {}) =>
  wantedUser({ username, sub: subOf('a'), attributes: [], ...overrides });
const present = (username: string, overrides: Partial<ActualUser> = {}) =>
  presentUser({ username, sub: subOf('1'), attributes: [], ...overrides });

/** Users without an end, each when the event loop has turned once more. */
function endlessListing() {
  const listing = { taken: 0, hasEnded: false };
  const readUsers = async (take: (user: ActualUser) => Promise<void>): Promise<void> => {
    try {
      for (;;) {
        await new Promise(setImmediate);
        await take(present(`user-${listing.taken}`, { sub: `sub-${listing.taken}` }));
        listing.taken += 1;
      }
    } finally {
      listing.hasEnded = true;
    }
  };
  return { listing, readUsers };
}

describe('matchUsers between two pools', () => {
  it('ends the listing of one side where the other fails, before it tells of it', async () => {
    const { listing, readUsers } = endlessListing();
    const readBroken = async (): Promise<void> => {
      while (listing.taken < 3) await new Promise(setImmediate);
      throw new Error('a part is damaged');
    };
    // Its memberships end later than the other side stops.
    const memberships = async (): Promise<void> => {
      while (!listing.hasEnded) await new Promise(setImmediate);
      for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
    };
    const readers = { desired: readBroken, desiredMemberships: memberships, actual: readUsers };
    const matches = match({ desired: [], actual: [] }, {}, readers);
    await expect(matches).rejects.toThrow('a part is damaged');
    expect(listing.hasEnded).toBe(true);
    expect(listing.taken).toBeLessThanOrEqual(4);
  });

  it('pairs by username, and names who is missing and who is extra', async () => {
    const matches = await match({
      desired: [wanted('ann'), wanted('bob', { sub: subOf('b') })],
      actual: [present('ann'), present('eve', { sub: subOf('2') })],
    });
    expect(told(matches)).toEqual(['extra  eve', 'missing bob', 'pair ann ann']);
  });

  it('believes the map of an earlier run before any key', async () => {
    const desired = [wanted('ann'), wanted('bob', { sub: subOf('b') })];
    const actual = [present('bob'), present('renamed', { sub: subOf('2') })];
    const pairs = [
      { sourceSub: subOf('b'), targetSub: subOf('2') },
      { sourceSub: subOf('c'), targetSub: subOf('3') },
    ];
    expect(told(await match({ desired, actual, pairs }))).toEqual(['extra  bob', 'missing ann', 'pair bob renamed']);
  });

  it('falls back to the key where the mapped user is gone', async () => {
    const pairs = [{ sourceSub: subOf('a'), targetSub: subOf('9') }];
    expect(told(await match({ desired: [wanted('ann')], actual: [present('ann')], pairs }))).toEqual(['pair ann ann']);
  });

  it('believes no map that gives one target user to two', async () => {
    const desired = [wanted('ann'), wanted('bob', { sub: subOf('b') })];
    const pairs = ['a', 'b'].map((digit) => ({ sourceSub: subOf(digit), targetSub: subOf('1') }));
    expect(told(await match({ desired, actual: [present('bob')], pairs }))).toEqual(['missing ann', 'pair bob bob']);
  });

  it('takes the username of a row that brings no sub for no sub', async () => {
    const { sub: _sub, ...row } = wanted(subOf('1'));
    expect(told(await match({ desired: [row], actual: [present('eve')] }))).toEqual([
      'extra  eve',
      `missing ${subOf('1')}`,
    ]);
  });

  it('reports users who collide under the folding of the target, and touches nobody for them', async () => {
    const identity = { usernameAttributes: [], caseSensitive: false };
    const desired = [wanted('Ann'), wanted('ANN', { sub: subOf('b') })];
    expect(told(await match({ desired, actual: [present('ann')] }, { identity }))).toEqual([
      'duplicate-key ANN',
      'duplicate-key Ann',
    ]);
    expect(told(await match({ desired, actual: [] }))).toEqual(['missing ANN', 'missing Ann']);
  });

  it('lets a user who is never created take a key from nobody', async () => {
    const identity = { usernameAttributes: ['email'] as const, caseSensitive: true };
    const attributes = [['email', 'ann@x']] as const;
    const confirmed = wanted('ann', { attributes });
    const never = wanted('ann-2', { attributes, sub: subOf('b'), status: 'UNCONFIRMED' });
    expect(told(await match({ desired: [never, confirmed], actual: [] }, { identity }))).toEqual([
      'missing ann',
      'missing ann-2',
    ]);
    const actual = [present('uuid', { attributes })];
    expect(told(await match({ desired: [never, confirmed], actual }, { identity }))).toEqual([
      'missing ann-2',
      'pair ann uuid',
    ]);
  });

  it('reports users who share a key though none of them is ever created', async () => {
    const identity = { usernameAttributes: ['email'] as const, caseSensitive: true };
    const never = { attributes: [['email', 'ann@x']], status: 'UNCONFIRMED' } as const;
    const desired = [wanted('ann', never), wanted('ann-2', { ...never, sub: subOf('b') })];
    expect(told(await match({ desired, actual: [] }, { identity }))).toEqual([
      'duplicate-key ann',
      'duplicate-key ann-2',
    ]);
  });

  it('reads memberships of nobody, whether anybody is told or not', async () => {
    const memberships = [{ group: 'g', userKey: 'nobody' }];
    const orphans: number[] = [];
    const sides = { desired: [wanted('ann')], actual: [], memberships };
    expect(told(await match(sides))).toEqual(['missing ann']);
    await match(sides, { onOrphans: (count) => orphans.push(count) });
    expect(orphans).toEqual([1]);
  });

  it('pairs a row without a sub by its key in the pool that it came from, too', async () => {
    const { sub: _sub, ...row } = wanted('ann');
    expect(told(await match({ desired: [row], actual: [present('ann')] }, { samePool: true }))).toEqual([
      'pair ann ann',
    ]);
  });

  it('reports a key that several target users share', async () => {
    const identity = { usernameAttributes: ['email'] as const, caseSensitive: true };
    const attributes = [['email', 'ann@x']] as const;
    const actual = [present('u1', { attributes }), present('u2', { attributes, sub: subOf('2') })];
    expect(told(await match({ desired: [wanted('ann', { attributes })], actual }, { identity }))).toEqual([
      'ambiguous-target ann',
    ]);
  });

  it('keeps a user of a provider and a native one with the same e-mail apart', async () => {
    const identity = { usernameAttributes: ['email'] as const, caseSensitive: true };
    const attributes = [['email', 'ann@x']] as const;
    const actual = [present('Google_1', { attributes, status: 'EXTERNAL_PROVIDER' })];
    expect(told(await match({ desired: [wanted('ann', { attributes })], actual }, { identity }))).toEqual([
      'extra  Google_1',
      'missing ann',
    ]);
  });

  it('brings memberships to both sides, and counts those of nobody', async () => {
    let orphans = 0;
    const [found] = await match(
      {
        desired: [wanted('ann')],
        actual: [present('ann')],
        memberships: [
          { group: 'b', userKey: subOf('a') },
          { group: 'a', userKey: subOf('a') },
          { group: 'a', userKey: subOf('f') },
        ],
        targetMemberships: [
          { group: 'x', sub: subOf('1'), username: 'ann' },
          { group: 'x', sub: subOf('9'), username: 'gone' },
        ],
      },
      { onOrphans: (count) => (orphans += count) },
    );
    expect(found).toMatchObject({ desired: { groups: ['a', 'b'] }, actual: { groups: ['x'] } });
    expect(orphans).toBe(1);
  });

  it('says nothing of groups where the value does not speak of memberships', async () => {
    const { groups: _groups, ...silent } = wanted('ann');
    const [found] = await match({ desired: [silent], actual: [present('ann')] });
    expect(found?.kind === 'pair' && 'groups' in found.desired).toBe(false);
  });
});

describe('matchUsers with the snapshot’s own pool', () => {
  const own = { samePool: true };

  it('pairs by sub, whatever the key', async () => {
    expect(
      told(await match({ desired: [wanted('ann')], actual: [present('other', { sub: subOf('a') })] }, own)),
    ).toEqual(['pair ann other']);
  });

  it('reports a user deleted and created anew, unless that one is to be adopted', async () => {
    const sides = { desired: [wanted('ann')], actual: [present('ann')] };
    expect(told(await match(sides, own))).toEqual(['recreated-in-source ann']);
    expect(told(await match(sides, { ...own, adopt: true }))).toEqual(['pair ann ann']);
  });
});

describe('matchUsers on any two sides', () => {
  const names = fc.uniqueArray(
    fc.oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }), fc.constantFrom('__proto__', '\u0000a')),
    { maxLength: 40 },
  );

  it('accounts for every user exactly once, however little fits in memory', async () => {
    await fc.assert(
      fc.asyncProperty(names, names, fc.constantFrom(0, 2_000, 1_000_000), async (left, right, memoryBytes) => {
        const sub = (name: string, side: string): string => `${side}-${Buffer.from(name, 'utf16le').toString('hex')}`;
        const matches = await match({
          desired: left.map((name) => wanted(name, { sub: sub(name, 's') })),
          actual: right.map((name) => present(name, { sub: sub(name, 't') })),
          memoryBytes,
        });
        const both = left.filter((name) => right.includes(name));
        const expected = [
          ...both.map((name) => `pair ${name} ${name}`),
          ...left.filter((name) => !both.includes(name)).map((name) => `missing ${name}`),
          ...right.filter((name) => !both.includes(name)).map((name) => `extra  ${name}`),
        ];
        expect(told(matches)).toEqual(expected.map((text) => text.trim()).sort());
      }),
      { numRuns: 40 },
    );
  });
});
