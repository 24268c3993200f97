import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Membership } from '../model/group.ts';
import { USER_STATUSES, type User } from '../model/user.ts';
import { membershipCodec, userCodec } from './record-codec.ts';
import { scanMembership, scanUser, type Scan } from './scan-records.ts';

const text = fc.string({ unit: 'binary', maxLength: 12 });
const instant = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const user: fc.Arbitrary<User> = fc.record({
  attributes: fc.array(fc.tuple(text, text), { maxLength: 4 }),
  createdAt: instant,
  enabled: fc.boolean(),
  modifiedAt: instant,
  status: fc.constantFrom(...USER_STATUSES),
  sub: fc.oneof(fc.uuid(), text),
  username: text,
});
const membership: fc.Arbitrary<Membership> = fc.record({ group: text, sub: fc.uuid(), username: text });

const factsOf = ({ sub, status, enabled }: User) => ({ sub, status, enabled });
const pairOf = ({ group, sub }: Membership) => ({ group, sub });

/** Between other bytes, as a line stands in its part. */
function scanned<Facts>(scan: Scan<Facts>, line: string): Facts | undefined {
  const before = Buffer.from('{"a":1}\n');
  const bytes = Buffer.concat([before, Buffer.from(line), Buffer.from('\n"}]],{')]);
  return scan(bytes, before.length, before.length + Buffer.byteLength(line));
}

/** A line with some bytes exchanged, left out or put in, that is still UTF-8. */
function damaged(line: string, edits: readonly (readonly [at: number, kind: number, byte: number])[]): string {
  let characters = [...line];
  for (const [at, kind, byte] of edits) {
    const place = at % (characters.length + 1);
    const put = kind === 1 ? [] : [String.fromCharCode(byte)];
    characters = [...characters.slice(0, place), ...put, ...characters.slice(kind === 2 ? place : place + 1)];
  }
  return characters.join('').replaceAll('\n', ' ');
}

const edits = fc.array(
  fc.tuple(
    fc.nat(2_000),
    fc.nat(2),
    fc.oneof(fc.integer({ min: 0, max: 0x7f }), fc.constantFrom(...Buffer.from('{}[]",:\\u0tf'))),
  ),
  { minLength: 1, maxLength: 3 },
);

describe('a scanned line', () => {
  it('of a user says what the codec says', () => {
    fc.assert(
      fc.property(user, (value) => {
        const facts = scanned(scanUser, userCodec.encode(value));
        if (JSON.stringify(value.sub).length === value.sub.length + 2) expect(facts).toEqual(factsOf(value));
        else expect(facts).toBeUndefined();
      }),
    );
  });

  it('of a membership says what the codec says', () => {
    fc.assert(
      fc.property(membership, (value) => {
        const facts = scanned(scanMembership, membershipCodec.encode(value));
        if (JSON.stringify(value.group).length === value.group.length + 2) expect(facts).toEqual(pairOf(value));
        else expect(facts).toBeUndefined();
      }),
    );
  });

  it('that is damaged is taken only where the codec takes it, and for the same', () => {
    let taken = 0;
    fc.assert(
      fc.property(user, membership, edits, (someone, member, changes) => {
        const line = damaged(userCodec.encode(someone), changes);
        const facts = scanned(scanUser, line);
        if (facts) expect(factsOf(userCodec.decode(line))).toEqual(facts);
        const link = damaged(membershipCodec.encode(member), changes);
        const pair = scanned(scanMembership, link);
        if (pair) expect(pairOf(membershipCodec.decode(link))).toEqual(pair);
        taken += (facts ? 1 : 0) + (pair ? 1 : 0);
      }),
      { numRuns: 5_000 },
    );
    expect(taken).toBeGreaterThan(500);
  });

  it.each([
    ['an unknown field', (line: string) => line.replace('{', '{"a":1,')],
    ['a field twice', (line: string) => line.replace('{', '{"attributes":[],')],
    ['a control character', (line: string) => line.replace('one', 'o\u0001e')],
    ['an escape that JSON does not know', (line: string) => line.replace('one', '\\x')],
    ['half an escape', (line: string) => line.replace('one', '\\u12')],
    ['an unknown status', (line: string) => line.replace('CONFIRMED', 'CONFUSED')],
    ['something behind it', (line: string) => `${line} `],
    ['no end', (line: string) => line.slice(0, -1)],
    ['a date with a letter', (line: string) => line.replace('2026-', '202x-')],
    ['a pair of three', (line: string) => line.replace('"one"]', '"one","two"]')],
    ['a number for a boolean', (line: string) => line.replace('true', '1')],
  ])('is left to the codec with %s', (_name, change) => {
    const line = userCodec.encode({
      attributes: [['name', 'one']],
      createdAt: '2026-11-28T00:00:00.000Z',
      enabled: true,
      modifiedAt: '2026-11-28T00:00:00.000Z',
      status: 'CONFIRMED',
      sub: '0f0f0f0f-0000-4000-8000-000000000000',
      username: 'someone',
    });
    expect(scanned(scanUser, line)).toBeDefined();
    expect(change(line)).not.toBe(line);
    expect(scanned(scanUser, change(line))).toBeUndefined();
  });
});
