import { describe, expect, it } from 'vitest';
import { sampleScope } from '../../test/fakes/sample-plan.ts';
import { deletesGroups, namesUser, selectsGroup, selectsUser } from './scope.ts';

const ann = {
  username: 'ann',
  sub: '0a000000-0000-4000-8000-000000000001',
  attributes: [
    ['email', 'Ann@Example.com'],
    ['phone_number', '+4930123'],
  ],
  groups: ['a', 'b'],
} as const;
const bare = { username: 'bob', attributes: [] };

describe('namesUser', () => {
  it.each([ann.username, ann.sub, '+4930123', 'ann@example.com', 'ANN@EXAMPLE.COM'])('knows a user as %s', (key) => {
    expect(namesUser(key, ann)).toBe(true);
    expect(namesUser(key, bare)).toBe(false);
  });

  it.each(['Ann', 'an', 'example.com', '4930123', ''])('does not know a user as %j', (key) => {
    expect(namesUser(key, ann)).toBe(false);
  });

  it('compares a value that is no address to the letter', () => {
    expect(namesUser('ADA', { username: 'x', attributes: [['email', 'ada']] })).toBe(false);
  });
});

describe('a scope', () => {
  it('selects everybody, whom it names, and the members of the groups it names', () => {
    expect(selectsUser(sampleScope(), ann)).toBe(true);
    expect(selectsUser(sampleScope({ onlyUsers: ['bob', 'ann'] }), ann)).toBe(true);
    expect(selectsUser(sampleScope({ onlyUsers: ['bob'] }), ann)).toBe(false);
    expect(selectsUser(sampleScope({ onlyGroups: ['c', 'b'] }), ann)).toBe(true);
    expect(selectsUser(sampleScope({ onlyGroups: ['c'] }), ann)).toBe(false);
    expect(selectsUser(sampleScope({ onlyGroups: ['a'] }), bare)).toBe(false);
    expect(selectsUser(sampleScope({ onlyUsers: ['ann'], onlyGroups: ['c'] }), ann)).toBe(false);
    expect(selectsUser(sampleScope({ onlyUsers: ['bob'], onlyGroups: ['a'] }), ann)).toBe(false);
  });

  it('selects every group, or those it names', () => {
    expect(selectsGroup(sampleScope(), 'a')).toBe(true);
    expect(selectsGroup(sampleScope({ onlyGroups: ['a', 'b'] }), 'b')).toBe(true);
    expect(selectsGroup(sampleScope({ onlyGroups: ['a'] }), 'b')).toBe(false);
  });

  it('deletes groups only where it deletes, and not for single users', () => {
    expect(deletesGroups(sampleScope({ deletes: true }))).toBe(true);
    expect(deletesGroups(sampleScope({ deletes: true, onlyGroups: ['a'] }))).toBe(true);
    expect(deletesGroups(sampleScope())).toBe(false);
    expect(deletesGroups(sampleScope({ deletes: true, onlyUsers: ['ann'] }))).toBe(false);
  });
});
