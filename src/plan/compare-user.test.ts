import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attribute } from '../model/user.ts';
import { comparableAttributes, compareAttributes, contactSafeWrites, groupChanges } from './compare-user.ts';

const names = fc.constantFrom(
  'email',
  'email_verified',
  'phone_number',
  'phone_number_verified',
  'given_name',
  '__proto__',
  'custom:x',
);
const values = fc.constantFrom('true', 'false', 'True', '', 'a', 'b');
const attributes = fc
  .uniqueArray(fc.tuple(names, values), { selector: ([name]) => name, maxLength: 7 })
  .map((pairs): readonly Attribute[] => pairs);

/** Does to a set of attributes what Cognito does with one call, and says which contacts would be sent a message. */
function write(stored: Map<string, string>, set: readonly Attribute[]): string[] {
  const given = new Map(set);
  const messages = ['email', 'phone_number'].filter(
    (contact) => given.has(contact) && given.get(`${contact}_verified`) !== 'true',
  );
  for (const [name, value] of given) stored.set(name, value);
  return messages;
}

describe('comparableAttributes', () => {
  it('leaves out what the service makes, and takes an empty value for an absent one', () => {
    const compared = comparableAttributes([
      ['sub', 'x'],
      ['identities', '[]'],
      ['cognito:user_status', 'CONFIRMED'],
      ['given_name', ''],
      ['__proto__', 'kept'],
    ]);
    expect([...compared]).toEqual([['__proto__', 'kept']]);
  });

  it('has a verified flag exactly where there is a contact', () => {
    const of = (...pairs: Attribute[]) => Object.fromEntries(comparableAttributes(pairs));
    expect(of(['email', 'a@b'])).toEqual({ email: 'a@b', email_verified: 'false' });
    expect(of(['email', 'a@b'], ['email_verified', 'True'])).toEqual({ email: 'a@b', email_verified: 'true' });
    expect(of(['email_verified', 'true'])).toEqual({});
  });
});

describe('compareAttributes', () => {
  it('finds nothing to change between a set and itself, in whatever order and case of flags', () => {
    fc.assert(
      fc.property(attributes, fc.constantFrom('exact' as const, 'given' as const), (set, mode) => {
        expect(compareAttributes(set, [...set].reverse(), mode).changes).toEqual([]);
      }),
    );
  });

  it('leaves alone what a blank cell leaves open', () => {
    const stored: Attribute[] = [
      ['email', 'a@b'],
      ['email_verified', 'true'],
      ['given_name', 'Ann'],
    ];
    expect(compareAttributes(stored, [['email', 'a@b']], 'given').changes).toEqual([]);
    expect(compareAttributes(stored, [], 'given').changes).toEqual([]);
    expect(compareAttributes(stored, [['email_verified', 'false']], 'given').changes).toEqual([
      { name: 'email_verified', before: 'true', after: 'false' },
    ]);
    expect(compareAttributes([['email', 'a@b']], [['email_verified', 'true']], 'given').changes).toEqual([
      { name: 'email_verified', before: 'false', after: 'true' },
    ]);
  });

  it('names changes in the order of their names', () => {
    const { changes } = compareAttributes(
      [['name', 'x']],
      [
        ['zoneinfo', 'z'],
        ['custom:x', '1'],
      ],
    );
    expect(changes.map(({ name }) => name)).toEqual(['custom:x', 'name', 'zoneinfo']);
  });

  it('never removes anything when blank means unspecified', () => {
    fc.assert(
      fc.property(attributes, attributes, (before, after) => {
        expect(
          compareAttributes(before, after, 'given').changes.filter((change) => change.after === undefined),
        ).toEqual([]);
      }),
    );
  });

  it('takes no verified flag over to a contact that changes', () => {
    const stored: Attribute[] = [
      ['email', 'old@b'],
      ['email_verified', 'true'],
    ];
    expect(Object.fromEntries(compareAttributes(stored, [['email', 'new@b']], 'given').wanted)).toEqual({
      email: 'new@b',
      email_verified: 'false',
    });
  });
});

describe('contactSafeWrites', () => {
  it('writes nothing of what is to go', () => {
    const comparison = compareAttributes([['custom:x', '1']], []);
    expect(comparison.changes).toEqual([{ name: 'custom:x', before: '1', after: undefined }]);
    expect(contactSafeWrites(comparison)).toEqual({ set: [], setLater: [] });
  });

  it('ends where it should without a contact ever going without its flag raised', () => {
    fc.assert(
      fc.property(attributes, attributes, (before, after) => {
        const comparison = compareAttributes(before, after);
        const { set, setLater } = contactSafeWrites(comparison);
        const stored = comparableAttributes(before);
        expect(write(stored, set)).toEqual([]);
        expect(write(stored, setLater)).toEqual([]);
        for (const { name, after: value } of comparison.changes) if (value === undefined) stored.delete(name);
        expect(comparableAttributes([...stored])).toEqual(comparableAttributes(after));
      }),
    );
  });

  it('writes a flag alone when only the flag differs', () => {
    const comparison = compareAttributes(
      [
        ['email', 'a@b'],
        ['email_verified', 'true'],
      ],
      [['email', 'a@b']],
    );
    expect(contactSafeWrites(comparison)).toEqual({ set: [['email_verified', 'false']], setLater: [] });
  });

  it('raises and lowers the flag of each contact that changes to an unverified one', () => {
    const comparison = compareAttributes(
      [],
      [
        ['email', 'a@b'],
        ['phone_number', '+491'],
        ['phone_number_verified', 'true'],
      ],
    );
    const { set, setLater } = contactSafeWrites(comparison);
    expect(Object.fromEntries(set)).toEqual({
      email: 'a@b',
      email_verified: 'true',
      phone_number: '+491',
      phone_number_verified: 'true',
    });
    expect(setLater).toEqual([['email_verified', 'false']]);
  });
});

describe('groupChanges', () => {
  it('names each group once', () => {
    expect(groupChanges(['a', 'b', 'b'], ['b', 'c', 'c'])).toEqual({ added: ['c'], removed: ['a'] });
  });

  it('names them in order', () => {
    expect(groupChanges(['z', 'y'], ['d', 'c'])).toEqual({ added: ['c', 'd'], removed: ['y', 'z'] });
  });
});
